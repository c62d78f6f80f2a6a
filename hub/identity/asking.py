"""Who somebody could be, for whoever asks: the persons a claim so described would be joined with or asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import exp2, floor
from typing import Literal

from msgspec.structs import replace
from sqlalchemy import bindparam, select

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.identity.candidates import Candidates
from hub.identity.normalise import Description, Number, Patient, describe
from hub.identity.scoring import Candidate, Model, Thresholds, judge
from hub.model.person import ID_NUMBER_SYSTEM

Grade = Literal["certain", "probable", "possible"]
MOST_NUMBERS = 20
"""Of one question."""
MOST_PERSONS = 200
"""That one number is looked up for: more have it in common than it could tell apart."""
PLACES = 4
RULED_OUT = frozenset(("two_id_numbers", "birth_order", "sex_of_newborn"))
"""What two of one person never have."""

_claim, _resource, _token = schema.claim, schema.resource, schema.search_token
_HOLDERS = Statement(
    select(_resource.c.person)
    .join(_token, _token.c.rid == _resource.c.rid)
    .where(_token.c.name == "Patient.identifier", _token.c.value == bindparam("value"))
    .where(_token.c.system == bindparam("system"), _resource.c.person.is_not(None))
    .distinct()
    .limit(MOST_PERSONS + 1)
)
_CLAIMS = Statement(select(_claim.c.id, _claim.c.person).where(any_of(_claim.c.person, "persons")))


@dataclass(frozen=True, slots=True)
class Likely:
    """One person who may be meant."""

    person: str
    grade: Grade
    score: float
    """The probability that this person is meant and nobody else: of all together 1 at most."""


@dataclass(frozen=True, slots=True)
class Alike:
    persons: tuple[Likely, ...] = ()
    """The likeliest first, each once; who can be ruled out is not among them."""
    several: bool = False
    """More than one would be certain if there were not the others, and none is."""
    blind: bool = False
    """All that is known of whom is asked for fits too many: others may be meant, too."""

    @property
    def certain(self) -> Likely | None:
        return next((one for one in self.persons if one.grade == "certain"), None)


def alike(connection: Connection, patient: Patient, model: Model) -> Alike:
    """As the rules would decide on a claim that says this, but that any number of its issuer's own counts, too.

    A number says nothing by itself: of its holders those are certain whose name or birth date agrees.
    """
    mine = describe(patient)
    known = Candidates(connection)
    searched = known.search(mine)
    holding = _holders(connection, patient, mine)
    persons = {candidate.person for candidate in searched.candidates if _near(mine, [candidate], model)}
    asked = _Asked(mine, holding, model)
    found = [asked.judged(each) for each in _claims(connection, known, persons | holding.keys())]
    together = judge(*asked.beside([candidate for one in found for candidate in one.claims]), model)
    joined = together.compared[0][0].person if together.verdict == "same" else ""
    meant = [one for one in found if one.verdict != "new"]
    certain = next((one for one in meant if one.person == joined and one.stands_out(meant)), None)
    scores = _scores([one.weight for one in meant])
    likely = [one.as_likely(one is certain, score) for one, score in zip(meant, scores, strict=True)]
    likely.sort(key=lambda one: (one.grade != "certain", -one.score, one.person))
    several = certain is None and sum(one.verdict == "same" for one in meant) > 1
    return Alike(tuple(likely), several, searched.blind)


def _scores(weights: Sequence[float]) -> list[float]:
    """Of bits for each person; that it is none of them weighs one. Cut, not rounded, so that the sum stays below 1."""
    most = max((0.0, *weights))
    shares = [exp2(bits - most) for bits in weights]
    whole = exp2(-most) + sum(shares)
    return [floor(share / whole * 10**PLACES) / 10**PLACES for share in shares]


def _near(mine: Description, candidates: Sequence[Candidate], model: Model) -> bool:
    return judge(mine, candidates, model).verdict != "new"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One person beside whom is asked for, as if there were nobody else."""

    person: str
    claims: Sequence[Candidate]
    verdict: str
    bits: float
    """log2 of how much likelier it is this person than somebody unknown."""
    vetoes: Collection[str]
    limits: Thresholds

    @property
    def weight(self) -> float:
        """Who can hardly be meant weighs little, however much a household shares."""
        ruled_out = self.verdict != "same" and not RULED_OUT.isdisjoint(self.vetoes)
        return min(self.bits, self.limits.ask) if ruled_out else self.bits

    def stands_out(self, among: Iterable[_Judged]) -> bool:
        """Nobody else is nearly as likely."""
        return all(self.weight - other.weight >= self.limits.margin for other in among if other is not self)

    def as_likely(self, certain: bool, score: float) -> Likely:
        probable = self.verdict == "same" or (self.bits >= self.limits.link and not self.vetoes)
        return Likely(self.person, "certain" if certain else "probable" if probable else "possible", score)


@dataclass(frozen=True, slots=True)
class _Asked:
    mine: Description
    holding: dict[str, tuple[Number, ...]]
    """By person, the numbers asked for that are theirs, whoever issued them."""
    model: Model

    def judged(self, claims: Sequence[Candidate]) -> _Judged:
        mine, shown = self.beside(claims)
        found = judge(mine, shown, self.model)
        bits, vetoes = max(
            ((comparison.bits, comparison.vetoes) for _, comparison in found.compared), default=(float("-inf"), ())
        )
        return _Judged(claims[0].person, claims, found.verdict, bits, vetoes, self.model.thresholds)

    def beside(self, claims: Sequence[Candidate]) -> tuple[Description, list[Candidate]]:
        """Both sides as they are compared: what one of them is known by counts as a paper of both."""
        persons = {candidate.person for candidate in claims}
        numbers = tuple(dict.fromkeys(number for person in persons for number in self.holding.get(person, ())))
        mine = replace(self.mine, papers=_more(self.mine.papers, numbers)) if numbers else self.mine
        return mine, [self._with_numbers(candidate) for candidate in claims]

    def _with_numbers(self, candidate: Candidate) -> Candidate:
        numbers = self.holding.get(candidate.person)
        if not numbers:
            return candidate
        description = replace(candidate.description, papers=_more(candidate.description.papers, numbers))
        return Candidate(candidate.claim, candidate.person, description)


def _more(papers: tuple[Number, ...], numbers: Iterable[Number]) -> tuple[Number, ...]:
    return tuple(dict.fromkeys((*papers, *numbers)))


def _holders(connection: Connection, patient: Patient, mine: Description) -> dict[str, tuple[Number, ...]]:
    """Who has which of the numbers that are no papers; one without issuer or value, or of one sign, is nobody's."""
    found: dict[str, list[Number]] = {}
    papers = {system for system, _ in mine.papers}
    given = [(one.get("system") or "", one.get("value") or "") for one in patient.get("identifier") or ()]
    for system, value in given[:MOST_NUMBERS]:
        if not system or len(set(value)) < 2 or system == ID_NUMBER_SYSTEM or system in papers:
            continue
        rows = connection.rows(_HOLDERS, system=system, value=value)
        if len(rows) <= MOST_PERSONS:
            for (person,) in rows:
                found.setdefault(person, []).append((system, value))
    return {person: tuple(numbers) for person, numbers in found.items()}


def _claims(connection: Connection, known: Candidates, persons: Iterable[str]) -> list[list[Candidate]]:
    """All claims of each person: what one of them contradicts holds for the person."""
    whose: dict[str, str] = dict(connection.rows(_CLAIMS, persons=sorted(persons)))
    described = known.described(sorted(whose))
    found: dict[str, list[Candidate]] = {}
    for claim, description in described.items():
        found.setdefault(whose[claim], []).append(Candidate(claim, whose[claim], description))
    return [found[person] for person in sorted(found)]
