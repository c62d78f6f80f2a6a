"""What follows for one claim from how alike it is to others: joined, asked about, or a person of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from msgspec.structs import replace

from hub.identity.normalise import Description
from hub.identity.scoring.comparison import Comparison, compare, told
from hub.identity.scoring.finding import Finding
from hub.identity.scoring.levels import HOUSEHOLD, OTHER_GIVEN, WHOLE, is_name, one_home
from hub.identity.scoring.model import Model
from hub.identity.scoring.promising import promising
from hub.identity.scoring.sufficing import lacking

_T = TypeVar("_T")
Verdict = Literal["same", "ask", "new"]

_EXACT = ("exact", "words_same")
_A_DAY, _A_MOTHER = ("exact", "same_month"), ("same_number", "same_name")
_OF_RENAMED = OTHER_GIVEN - {"none", "no_word"}


@dataclass(frozen=True, slots=True)
class Candidate:
    claim: str
    person: str
    description: Description


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    compared: tuple[tuple[Candidate, Comparison], ...] = ()
    """The best of each person that matters, the best first: the one joined, or those asked about."""
    why: str = ""
    """The rule that decided: ``number``, ``score``, ``margin``, ``twin`` …"""


@dataclass(slots=True)
class _Person:
    """The best of a person's claims, and what any of them forbids."""

    candidate: Candidate
    comparison: Comparison
    bits: float
    vetoes: set[str]
    claims: list[tuple[Candidate, Comparison]] = field(default_factory=list)

    @property
    def pair(self) -> tuple[Candidate, Comparison]:
        return self.candidate, self.comparison


def judge(mine: Description, candidates: Sequence[Candidate], model: Model) -> Judgement:
    """``candidates`` may hold several claims of a person; what one of them contradicts holds for the person."""
    people = _people(mine, promising(mine, candidates, model), model)
    if not people:
        return Judgement("new", why="score" if candidates else "nobody_alike")
    in_doubt = [each for each in people if _holds_id(each) and not _sure(each)]
    if in_doubt and len(in_doubt) == sum(map(_holds_id, people)):
        return _by_other_than_number(mine, in_doubt, people, model)
    return _decided(people, model)


def beside(mine: Description, holders: Iterable[Description]) -> Description:
    """Who else of the home of those that hold its ID number it may be: without that number and what it told.

    Relatives lend each other their cards, and a card fills in birth date and sex.
    """
    others = list(holders)
    numbers = {number for other in others for number in other.id_numbers}
    lent = [number for number in mine.id_numbers if number in numbers]
    filled_in = any(mine.birth == told(number) for number in lent)
    return replace(
        mine,
        id_numbers=tuple(number for number in mine.id_numbers if number not in numbers),
        birth="" if filled_in else mine.birth,
        sex="" if filled_in else mine.sex,
        phones=_union(mine.phones, *(other.phones for other in others)),
        addresses=_union(mine.addresses, *(other.addresses for other in others)),
    )


def at_home(mine: Description, candidates: Iterable[Candidate], model: Model) -> Description | None:
    """What else to look for candidates by: as at home with those that hold its ID number under another name.

    None for nearly every claim.
    """
    if not mine.id_numbers:
        return None
    everyone = list(candidates)
    holders = [one for one in everyone if set(one.description.id_numbers) & set(mine.id_numbers)]
    if not holders or any(_confirmed(compare(mine, one.description, model)) for one in holders):
        return None
    persons = {one.person for one in holders}
    return beside(mine, (one.description for one in everyone if one.person in persons))


def _union(*parts: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(value for part in parts for value in part))


def _people(mine: Description, candidates: Iterable[Candidate], model: Model) -> list[_Person]:
    """The best first; a phone that somebody else surely has as well is the family's and says nothing."""
    compared = [(one, compare(mine, one.description, model)) for one in candidates]
    if any(_of_family(comparison) for _, comparison in compared):
        compared = [(one, _without_phone(comparison)) for one, comparison in compared]
    found: dict[str, _Person] = {}
    for one, comparison in compared:
        bits = comparison.bits
        known = found.setdefault(one.person, _Person(one, comparison, bits, set()))
        known.vetoes.update(comparison.vetoes)
        known.claims.append((one, comparison))
        if (-bits, one.claim) < (-known.bits, known.candidate.claim):
            known.candidate, known.comparison, known.bits = one, comparison, bits
    for person in found.values():
        _lift(person)
    return sorted(found.values(), key=lambda each: (-each.bits, each.candidate.claim))


def _lift(person: _Person) -> None:
    """What one claim of a person forbids because it is misspelt itself, another one allows."""
    told = [comparison.levels for _, comparison in person.claims]
    if any(levels.get("id_number") == "equal" for levels in told):
        person.vetoes.discard("two_id_numbers")
    if any(one.levels.get("sex") == "same" and "sex_of_newborn" not in one.vetoes for _, one in person.claims):
        person.vetoes.discard("sex_of_newborn")
    if any(levels.get("paper") == "same" for levels in told):
        person.vetoes.difference_update(("order_unknown", "twin"))
    if _holds_id(person):
        person.vetoes.discard("twin")
    if any(levels.get("name") in _EXACT for levels in told):
        person.vetoes.difference_update(("twin", "relatives_id"))


def _of_family(comparison: Comparison) -> bool:
    """One phone, and another name and another birth date."""
    levels = comparison.levels
    return levels.get("phone") == "same" and levels.get("name") in OTHER_GIVEN and levels.get("birth") == "other"


def _without_phone(comparison: Comparison) -> Comparison:
    if comparison.level("phone") != "same":
        return comparison
    kept = [found for found in comparison.findings if found.field not in ("phone", "household")]
    return replace(comparison, findings=(*kept, Finding("phone", "shared", 0.0)))


def _decided(people: Sequence[_Person], model: Model) -> Judgement:
    confirmed = [each for each in people if _sure(each)]
    return _by_number(confirmed, people, model) if confirmed else _by_score(people, model)


def _sure(person: _Person) -> bool:
    return any(_holds_number(comparison) and _confirmed(comparison) for _, comparison in person.claims)


def _holds_id(person: _Person) -> bool:
    return any(comparison.level("id_number") == "equal" for _, comparison in person.claims)


def _holds_number(comparison: Comparison) -> bool:
    levels = comparison.levels
    return levels.get("id_number") == "equal" or levels.get("paper") == "same"


def _confirmed(comparison: Comparison) -> bool:
    """The name agrees, or one of them has none and the birth date or the mother agrees."""
    levels = comparison.levels
    name = levels.get("name", "")
    if not name:
        return levels.get("birth") in _A_DAY or levels.get("mother") in _A_MOTHER
    return name in WHOLE or ((is_name(name) or name == "surname_differs") and levels.get("birth") != "other")


def _by_number(confirmed: Sequence[_Person], people: Sequence[_Person], model: Model) -> Judgement:
    """An ID number goes before other papers."""
    best, *others = [each for each in confirmed if _holds_id(each)] or confirmed
    rivals = [
        each
        for each in others
        if best.bits - each.bits < model.thresholds.margin and not _may_be_one(best, each, model)
    ]
    if rivals:
        return Judgement("ask", tuple(each.pair for each in (best, *rivals)), "several_hold_the_number")
    if best.vetoes:
        return Judgement("ask", (best.pair,), min(best.vetoes))
    if people[0] is not best and not _may_be_one(people[0], best, model) and _better_named(people[0], best):
        return Judgement("ask", (people[0].pair, best.pair), "margin")
    return Judgement("same", (best.pair,), "number")


def _better_named(one: _Person, other: _Person) -> bool:
    return one.comparison.level("name") in _EXACT and other.comparison.level("name") not in _EXACT


def _settled(best: _Person, other: _Person, model: Model) -> bool:
    """Nothing is to be chosen: the two may be one person, or are brothers and sisters whom the name tells apart."""
    if _may_be_one(best, other, model):
        return True
    ahead = _personal_bits(best) - _personal_bits(other)
    return bool(best.comparison.level("name")) and ahead >= model.thresholds.margin and _siblings(best, other, model)


def _may_be_one(one: _Person, other: _Person, model: Model) -> bool:
    """Two persons that nothing tells apart are no choice: either is right, if they are one."""
    between = compare(one.candidate.description, other.candidate.description, model)
    return not between.vetoes and between.bits >= model.thresholds.ask and is_name(between.level("name"))


def _by_other_than_number(
    mine: Description, in_doubt: Sequence[_Person], people: Sequence[_Person], model: Model
) -> Judgement:
    """Its ID number is of somebody of another name: a relative's, or one's own who has been renamed."""
    holders = {each.candidate.person for each in in_doubt}
    others = [one for each in people if each.candidate.person not in holders for one, _ in each.claims]
    at_home = beside(mine, (one.description for each in in_doubt for one, _ in each.claims))
    found = _decided(_people(at_home, others, model), model)
    namesakes = [comparison for _, comparison in found.compared if _at_home(comparison)]
    if found.verdict == "same" and namesakes:
        return Judgement("same", found.compared, "relatives_id")
    best = in_doubt[0]
    if not namesakes and len(in_doubt) == 1 and _renamed(best):
        return Judgement("same", (best.pair,), "number_and_birth")
    return Judgement("ask", (*(each.pair for each in in_doubt), *found.compared), "relatives_id")


def _at_home(comparison: Comparison) -> bool:
    """Its whole name, in the home of the number's holder or with its own birth date."""
    levels = comparison.levels
    name, its_day = levels.get("name", ""), levels.get("birth") in _A_DAY
    return (name in WHOLE and (one_home(levels) or its_day)) or (is_name(name) and one_home(levels) and its_day)


def _renamed(person: _Person) -> bool:
    """Another given name, with the surname, the birth date and the sex: nobody else at home bears the name."""
    levels = person.comparison.levels
    return (
        not person.vetoes
        and levels.get("name") in _OF_RENAMED
        and levels.get("birth") not in (None, "other")
        and levels.get("sex") != "other"
        and levels.get("paper") != "other"
    )


def _by_score(people: Sequence[_Person], model: Model) -> Judgement:
    limits = model.thresholds
    alike = [each for each in people if each.bits >= limits.ask]
    if not alike:
        return Judgement("new", why="score")
    best, asked = _most_reliable(alike, model), tuple(each.pair for each in alike)
    if best.bits < limits.link or not _personal(best.comparison):
        return Judgement("ask", asked, "score")
    vetoes = best.vetoes
    if "order_unknown" in vetoes and _last_of_the_twins(best, alike):
        vetoes = vetoes - {"order_unknown"}
    if vetoes:
        return Judgement("ask", asked, min(vetoes))
    if why := lacking([comparison for _, comparison in best.claims], model):
        return Judgement("ask", asked, why)
    if any(_rivals(best, each, limits.margin) and not _settled(best, each, model) for each in alike):
        return Judgement("ask", asked, "margin")
    return Judgement("same", (best.pair,), "score")


def _most_reliable(alike: Sequence[_Person], model: Model) -> _Person:
    """The best; or one that is better but for what the best one's household shares with it: a twin.

    Or one that may be the same person and has an ID number without fault.
    """
    limits, best = model.thresholds, next((each for each in alike if not _is_sibling(each)), alike[0])
    good = [each for each in alike[1:] if each.bits >= limits.link and not each.vetoes]
    for each in good:
        if _personal_bits(each) - _personal_bits(best) >= limits.margin and _siblings(best, each, model):
            best = each
    if best.candidate.description.id_numbers and not best.vetoes:
        return best
    for each in good:
        known = bool(each.candidate.description.id_numbers) and _personal_bits(each) >= _personal_bits(best)
        if known and _may_be_one(best, each, model):
            return each
    return best


def _siblings(one: _Person, other: _Person, model: Model) -> bool:
    """Of one birthday and surname."""
    levels = compare(one.candidate.description, other.candidate.description, model).levels
    return levels.get("birth") == "exact" and levels.get("name", "none") != "none"


def _rivals(best: _Person, other: _Person, margin: float) -> bool:
    """So nearly as good; or in all that is not the household's, which twins share."""
    if other is best or _excluded(other):
        return False
    personal = _personal_bits(best) - _personal_bits(other)
    if not best.comparison.level("name") and other.comparison.level("birth") == "exact" and _of_one_home(other):
        return personal < margin
    if other.vetoes and personal >= margin:
        return False
    return best.bits - other.bits < margin or personal <= -margin


def _of_one_home(person: _Person) -> bool:
    return any(one_home(comparison.levels) for _, comparison in person.claims)


def _personal_bits(person: _Person) -> float:
    return sum(found.bits for found in person.comparison.findings if found.field not in HOUSEHOLD)


def _excluded(person: _Person) -> bool:
    return not person.vetoes.isdisjoint(("birth_order", "sex_of_newborn"))


def _is_sibling(person: _Person) -> bool:
    """Another child of the birth, with an ID number of its own."""
    return _excluded(person) and "two_id_numbers" in person.vetoes


def _last_of_the_twins(best: _Person, alike: Sequence[_Person]) -> bool:
    """Each other one of the birth is another child: of two the one that is left, or the one that bears the name."""
    others = [each for each in alike if each is not best and each.comparison.level("birth") == "exact"]
    if not others or _excluded(best) or best.comparison.level("birth") != "exact":
        return False
    named = best.comparison.level("name") in _EXACT
    known = all(_excluded(each) or (named and each.vetoes & {"two_id_numbers", "twin"}) for each in others)
    return known and (named or len(others) == 1)


def _personal(comparison: Comparison) -> bool:
    """More than a household shares: the given name or the birth date."""
    levels = comparison.levels
    return is_name(levels.get("name", "")) or levels.get("birth") not in (None, "other")
