"""Looks through the base for what the rules would decide otherwise today: duplicates not seen, joins that look wrong.

A page of claims at a time, in the order in which they came to be described: as much memory for many claims as for few,
and a walk that was interrupted goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, func, or_, select

from hub import schema
from hub.database import Connection, Database, Statement, any_of
from hub.errors import Refused
from hub.identity.agreement import evidence_of, numbers_of
from hub.identity.asked import asked_about, asked_about_numbers
from hub.identity.candidates import Candidates, unpack
from hub.identity.claims import Claims
from hub.identity.graph import Decision, about
from hub.identity.newborns import CHILD_OF
from hub.identity.normalise import Description
from hub.identity.questions import DUPLICATE, SHARED
from hub.identity.scoring import Comparison, Model, compare, judge
from hub.identity.settled import DOUBTFUL
from hub.identity.twins import are_twins
from hub.model import Json
from hub.review import Question, open_review

PAGE = 200
MANY = 3
"""Persons with one number: two may be one person seen twice, which is asked about as such."""

_likeness, _claim, _number = schema.likeness, schema.claim, schema.claim_identifier
_NEXT = Statement(
    select(_likeness.c.number, _likeness.c.claim, _likeness.c.form, _likeness.c.person)
    .where(_likeness.c.number > bindparam("after"))
    .order_by(_likeness.c.number)
    .limit(bindparam("up_to"))
)
_OF_PERSONS = Statement(select(_claim.c.id, _claim.c.person).where(any_of(_claim.c.person, "persons")))
_SHARED = Statement(
    select(_number.c.value, _number.c.system, func.count(func.distinct(_claim.c.person)))
    .select_from(_number.join(_claim, _claim.c.id == _number.c.claim))
    .where(
        ~_number.c.system.startswith(CHILD_OF, autoescape=True),  # children of one mother have hers all alike
        or_(
            _number.c.value > bindparam("value"),
            and_(_number.c.value == bindparam("value"), _number.c.system > bindparam("system")),
        ),
    )
    .group_by(_number.c.value, _number.c.system)
    .having(func.count(func.distinct(_claim.c.person)) >= bindparam("many"))
    .order_by(_number.c.value, _number.c.system)
    .limit(PAGE)
)
_ASKED = Statement(select(schema.review.c.key).where(any_of(schema.review.c.key, "keys")))
_FIRST_HOLDER = Statement(
    select(_number.c.claim)
    .select_from(_number.join(_claim, _claim.c.id == _number.c.claim))
    .where(_number.c.value == bindparam("value"), _number.c.system == bindparam("system"))
    .order_by(_claim.c.number, _claim.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Doubt:
    kind: str
    claims: tuple[str, ...]
    detail: Json
    """Names of fields, levels and systems, and bits; never what they say."""

    @property
    def key(self) -> str:
        """As the rules ask about the same claims, so that nothing is asked twice."""
        return "/".join((self.kind, *sorted(self.claims)))


@dataclass(slots=True)
class Walk:
    """Where a look through the base is; ``after`` is the last likeness looked at."""

    after: int = 0
    claims: int = 0
    whole: bool = False
    pairs: set[frozenset[str]] = field(default_factory=set)
    """Persons told of as alike: each claim of both would tell of them again."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One claim of the page."""

    claim: str
    person: str
    description: Description


@dataclass(slots=True)
class _Page:
    """What is known of the persons of a page."""

    claims: Mapping[str, Sequence[str]]
    """By person."""
    described: Mapping[str, Description]
    apart: Collection[frozenset[str]]
    """Pairs that somebody decided not to be one person."""
    said: Collection[frozenset[str]]
    """Pairs that a person or a sender said to be one."""


def audit(database: Database, model: Model, walk: Walk, limit: int | None = None) -> Iterator[Doubt]:
    """Of so many claims at most; ``walk`` follows."""
    left = limit
    while not walk.whole and left != 0:
        with database.read() as connection:
            rows = connection.rows(_NEXT, after=walk.after, up_to=PAGE if left is None else min(PAGE, left))
            seen = [_Seen(claim, person, unpack(bytes(form))) for _, claim, form, person in rows]
            found = _unasked(connection, _look(connection, seen, model, walk))
        walk.claims += len(rows)
        walk.after = rows[-1][0] if rows else walk.after
        walk.whole = not rows
        left = None if left is None else left - len(rows)
        yield from found


def shared_numbers(database: Database, many: int = MANY) -> Iterator[Doubt]:
    """Numbers that so many persons have, though one alone should; asked about with the first of their claims."""
    value = system = ""
    rows: Sequence[tuple[str, str, int]] = [("", "", 0)]
    while rows:
        with database.read() as connection:
            rows = connection.rows(_SHARED, value=value, system=system, many=many)
            for value, system, persons in rows:
                claims = connection.row(_FIRST_HOLDER, value=value, system=system)
                doubt = Doubt(SHARED, tuple(claims or ()), {"system": system, "persons": persons})
                yield from _unasked(connection, [doubt])


def ask_about(connection: Connection, doubts: Iterable[Doubt]) -> int:
    """Opens a review for each that was not asked about before; how many those were."""
    claims, opened = Claims(connection), 0
    for doubt in doubts:
        known = claims.each(doubt.claims)
        if len(known) == len(doubt.claims) > 0:
            first = known[0]
            question = Question(doubt.kind, doubt.key, first.feed, first.entry, doubt.claims, doubt.detail)
            opened += open_review(connection, question)
    return opened


class Audits:
    """What ``hub identity audit --open`` has performed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def operations(self) -> dict[str, Callable[..., Json]]:
        return {"ask_about_doubts": self.ask}

    def ask(self, by: str, doubts: Sequence[Json]) -> Json:  # noqa: ARG002 - by is for the audit
        """``doubts`` hold kind, claims and detail; what was asked before is not asked again."""
        found = [Doubt(one["kind"], tuple(one["claims"]), one["detail"]) for one in doubts]
        if strange := {one.kind for one in found} - {DUPLICATE, DOUBTFUL, SHARED}:
            raise Refused("audit does not ask about {kind}", kind=min(strange))
        return {"opened": self._database.serially(lambda connection: ask_about(connection, found))}


def _unasked(connection: Connection, doubts: Iterable[Doubt]) -> list[Doubt]:
    """Without what has been asked about, answered or not."""
    found = {doubt.key: doubt for doubt in doubts}
    for (key,) in connection.rows(_ASKED, keys=sorted(found)):
        found.pop(key, None)
    return list(found.values())


def _look(connection: Connection, seen: Sequence[_Seen], model: Model, walk: Walk) -> Iterator[Doubt]:
    candidates = Candidates(connection)
    page = _page(connection, candidates, seen)
    for one in seen:
        for other, doubt in _duplicates(candidates, one, page, model, walk.pairs):
            if not _known_to_be_two(connection, candidates, page.claims[one.person], other, model):
                yield doubt
        yield from _doubtful(connection, one, page, model)


def _page(connection: Connection, candidates: Candidates, seen: Sequence[_Seen]) -> _Page:
    claims: dict[str, list[str]] = {}
    for claim, person in connection.rows(_OF_PERSONS, persons=sorted({one.person for one in seen})):
        claims.setdefault(person, []).append(claim)
    everyone = sorted(claim for ids in claims.values() for claim in ids)
    joined = [claim for ids in claims.values() if len(ids) > 1 for claim in ids]
    decisions = about(connection, everyone)
    return _Page(
        claims,
        candidates.described(joined),
        {_pair(one) for one in decisions if one.kind == "not_same"},
        {_pair(one) for one in decisions if one.kind == "same" and not one.of_rule},
    )


def _pair(decision: Decision) -> frozenset[str]:
    return frozenset((decision.one, decision.other))


def _duplicates(
    candidates: Candidates, one: _Seen, page: _Page, model: Model, told: set[frozenset[str]]
) -> Iterator[tuple[str, Doubt]]:
    """Another person that the rules would join this claim with, or ask about, if it came today; and the doubt."""
    own = page.claims[one.person]
    near = [each for each in candidates.near(one.description, set(own)) if each.person != one.person]
    judgement = judge(one.description, near, model)
    if judgement.verdict == "new":
        return
    for other, comparison in judgement.compared:
        persons = frozenset((one.person, other.person))
        if (
            comparison.bits < model.thresholds.ask
            or persons in told
            or any(frozenset((mine, other.claim)) in page.apart for mine in own)
        ):
            continue
        told.add(persons)
        detail = {"rule": judgement.why, **evidence_of(comparison, model)}
        yield other.person, Doubt(DUPLICATE, tuple(sorted((one.claim, other.claim))), detail)


def _known_to_be_two(
    connection: Connection, candidates: Candidates, mine: Sequence[str], other: str, model: Model
) -> bool:
    """Or asked about: whatever the question was called, whichever claims of the two it named, or what they share."""
    theirs = [claim for claim, _ in connection.rows(_OF_PERSONS, persons=[other])]
    if asked_about(connection, mine, theirs):
        return True
    told = candidates.described([*mine, *theirs])
    ours, others = ([told[claim] for claim in of if claim in told] for of in (mine, theirs))
    if are_twins(ours, others, model):
        return True
    one, another = ({number for each in all_ for number in numbers_of(each)} for all_ in (ours, others))
    return asked_about_numbers(connection, one & another)


def _doubtful(connection: Connection, one: _Seen, page: _Page, model: Model) -> Iterator[Doubt]:
    """A claim that nothing else of its person supports, or that something in it contradicts."""
    others = [claim for claim in page.claims[one.person] if claim != one.claim and claim in page.described]
    if not others or any(frozenset((one.claim, other)) in page.said for other in others):
        return
    compared = {other: compare(one.description, page.described[other], model) for other in others}
    opposed = [other for other in others if "two_id_numbers" in compared[other].vetoes]
    best = max(others, key=lambda other: (compared[other].bits, other))
    if opposed:
        mine, theirs = _with_number(one.description, others, page), set(opposed)
        if asked_about(connection, {one.claim, *mine}, theirs):
            return
        worst = min(opposed, key=lambda other: (compared[other].bits, other))
        yield _doubt(one.claim, worst, compared[worst], model)
    elif (
        compared[best].bits < model.thresholds.ask
        and one.claim != one.person
        and not asked_about(connection, [one.claim], others)
    ):
        yield _doubt(one.claim, best, compared[best], model)


def _with_number(of: Description, claims: Iterable[str], page: _Page) -> set[str]:
    """Claims of the same person that say the same ID number."""
    return {claim for claim in claims if set(of.id_numbers) & set(page.described[claim].id_numbers)}


def _doubt(claim: str, other: str, comparison: Comparison, model: Model) -> Doubt:
    return Doubt(DOUBTFUL, tuple(sorted((claim, other))), evidence_of(comparison, model))
