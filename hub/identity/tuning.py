"""What the site's own data and its people's answers say about the weights: learned, measured, and what would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, or_, select, true

from hub import schema
from hub.database import Connection, Statement
from hub.identity.candidates import Candidates
from hub.identity.graph import BY_RULE
from hub.identity.normalise import Description
from hub.identity.questions import DUPLICATE
from hub.identity.sampling import STRANGERS, Sample, population
from hub.identity.scoring import Candidate, Model, judge
from hub.identity.scoring.counting import counted
from hub.identity.scoring.judging import Verdict
from hub.identity.scoring.learning import Learned, bounds, learn
from hub.records.json import decode

PAIRS = 100_000
PAGE, MOST = 1_000, 50_000

_decision, _review = schema.decision, schema.review
_DECISIONS = Statement(
    select(_decision.c.id, _decision.c.kind, _decision.c.one, _decision.c.other, _decision.c.entry)
    .where(
        _decision.c.active == true(),
        _decision.c.id < bindparam("before"),
        or_(_decision.c.kind == "same", _decision.c.kind == "not_same"),
        or_(_decision.c.entry.is_(None), _decision.c.decided_by == BY_RULE),
    )
    .order_by(_decision.c.id.desc())
    .limit(PAGE)
)
_OPEN = Statement(
    select(_review.c.id, _review.c.claims)
    .where(_review.c.status != "closed", _review.c.kind == bindparam("kind"), _review.c.id < bindparam("before"))
    .order_by(_review.c.id.desc())
    .limit(PAGE)
)

Pair = tuple[str, str]
"""Two claims."""


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``, and between which bounds the true share lies in 95 of 100 cases (Wilson)."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float]:
        return bounds(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Quality:
    """On pairs of which a person has said whether they are one: the hard ones, so it is not the quality of all."""

    precision: Share
    """Of those the rules would join, how many are one person."""
    recall: Share
    """Of those that are one person, how many the rules would join."""
    asked: Share
    """Of all, how many a person would be asked about again."""


@dataclass(frozen=True, slots=True)
class Tuned:
    learned: Learned
    before: Quality
    after: Quality
    joins: Counter[Verdict]
    """The rules' newest joins by likeness or number, as the learned weights would decide them."""
    reviews: Counter[Verdict]
    """The newest open questions whether two are one, likewise."""

    @property
    def model(self) -> Model:
        return self.learned.model


def tune(connection: Connection, model: Model, pairs: int = PAIRS) -> Tuned:
    """Learns from the base and weighs it against what people have answered. Changes nothing."""
    sample = Sample(connection)
    people = max(model.population, population(connection))
    start = replace(model, frequency=counted(sample.names()), population=people)
    learned = learn(sample.pairs(pairs), sample.strangers(pairs * STRANGERS), start)
    said = list(_said(connection))
    answered = [(pair, kind == "same") for pair, kind, by_person in said if by_person]
    joined = [pair for pair, kind, by_person in said if kind == "same" and not by_person]
    return Tuned(
        learned,
        quality(connection, answered, model),
        quality(connection, answered, learned.model),
        Counter(verdict for _, verdict in verdicts(connection, joined, learned.model)),
        Counter(verdict for _, verdict in verdicts(connection, _open(connection), learned.model)),
    )


def quality(connection: Connection, answered: Sequence[tuple[Pair, bool]], model: Model) -> Quality:
    same = dict(answered)
    found = list(verdicts(connection, [pair for pair, _ in answered], model))
    joined = [pair for pair, verdict in found if verdict == "same"]
    right = sum(same[pair] for pair in joined)
    return Quality(
        Share(right, len(joined)),
        Share(right, sum(same[pair] for pair, _ in found)),
        Share(sum(verdict == "ask" for _, verdict in found), len(found)),
    )


def verdicts(connection: Connection, pairs: Iterable[Pair], model: Model) -> Iterator[tuple[Pair, Verdict]]:
    """What the rules would do with two claims if there were nobody else; without those that are not described."""
    page: list[Pair] = []
    for pair in pairs:
        page.append(pair)
        if len(page) == PAGE:
            yield from _verdicts(connection, page, model)
            page = []
    yield from _verdicts(connection, page, model)


def _verdicts(connection: Connection, pairs: Sequence[Pair], model: Model) -> Iterator[tuple[Pair, Verdict]]:
    described = Candidates(connection).described({claim for pair in pairs for claim in pair})
    for pair in pairs:
        one, other = described.get(pair[0]), described.get(pair[1])
        if one is not None and other is not None:
            yield pair, verdict(one, other, model)


def verdict(one: Description, other: Description, model: Model) -> Verdict:
    return judge(one, [Candidate("other", "other", other)], model).verdict


def _said(connection: Connection) -> Iterator[tuple[Pair, str, bool]]:
    """The newest decisions of rules and of people: two claims, same or not, and whether a person said so."""
    before, left = 2**62, MOST
    while left > 0 and (rows := connection.rows(_DECISIONS, before=before)):
        for id_, kind, one, other, entry in rows:
            before = id_
            yield (one, other), kind, entry is None
        left -= len(rows)


def _open(connection: Connection) -> Iterator[Pair]:
    before, left = 2**62, MOST
    while left > 0 and (rows := connection.rows(_OPEN, kind=DUPLICATE, before=before)):
        for id_, claims in rows:
            before = id_
            first, *others = decode(claims)
            yield from ((first, other) for other in others)
        left -= len(rows)
