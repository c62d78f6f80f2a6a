"""Numbers that say nothing when claims are compared, and those that say two are numbered twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace

from hub.identity.agreement import is_namesake_of_one_day, is_tied
from hub.identity.claims import Known
from hub.identity.normalise import STRENGTH, Description, Number, Patient
from hub.identity.rules import Rules
from hub.identity.scoring import Candidate, compare, keys
from hub.identity.scoring.levels import one_home
from hub.identity.verdicts import Matched

_ONE = ("equal", "equal_with_fault", "one_edit", "transposed")
"""Levels of ID numbers that are one."""


def numbered_twice(mine: Matched, theirs: Sequence[tuple[Known, Description]], rules: Rules) -> str:
    """Why one sender or issuer has two numbers for what likeness calls one person: mostly because they are two.

    Children who have no names yet are twins more often than not; others need more than name and birth date, without a
    slip, or to be known to a verified register by these. Empty where nothing speaks against it.
    """
    of_feed = [said for one, said in theirs if one.feed == mine.known.feed]
    if not mine.description.names and not all(said.names for said in of_feed):
        return "newborns"
    if not (of_feed or any(of_one_issuer(one.patient, mine.known.patient) for one, _ in theirs)):
        return ""
    levels = [(one.feed, compare(mine.description, said, rules.model).levels) for one, said in theirs]
    if any(each.get("id_number") in _ONE or _is_one(each) for _, each in levels):
        return ""
    registered = any(feed in rules.verified and is_namesake_of_one_day(each) for feed, each in levels)
    return "" if registered else "one_issuer"


def _is_one(levels: Mapping[str, str]) -> bool:
    """Name and birth date are one, and so is the home, or another number; or a child without a name got one."""
    if "name" not in levels:
        return is_tied(levels)
    alike = levels["name"] in ("exact", "words_same") and levels.get("birth") == "exact"
    return levels.get("paper") == "same" or (alike and one_home(levels))


def of_one_issuer(one: Patient, other: Patient) -> bool:
    """Whoever issues numbers of a system has given the two different ones, and none that both have."""
    mine, theirs = _issued(one), _issued(other)
    return bool({system for system, _ in mine} & {system for system, _ in theirs}) and mine.isdisjoint(theirs)


def _issued(patient: Patient) -> set[Number]:
    told = ((each.get("system") or "", each.get("value") or "") for each in patient.get("identifier") or ())
    return {(system, value) for system, value in told if system and value and system not in STRENGTH}


def without_faults(description: Description, found: Iterable[Candidate]) -> tuple[Description, list[Candidate]]:
    """A number that cannot be right is nobody's, and typed by two it says nothing: it neither leads nor counts."""
    found = list(found)
    faults = {number for each in found for number in each.description.doubtful}.intersection(description.doubtful)
    if not faults:
        return description, found
    kept = replace(description, doubtful=tuple(number for number in description.doubtful if number not in faults))
    told = frozenset(keys(kept))
    return kept, [each for each in found if not told.isdisjoint(keys(each.description))]


def without(description: Description, numbers: Collection[Number]) -> Description:
    """As if it had not told these numbers."""
    if not numbers:
        return description
    values = {value for _, value in numbers}
    kept = tuple(value for value in description.id_numbers if value not in values)
    papers = tuple(paper for paper in description.papers if paper not in numbers)
    return replace(description, id_numbers=kept, papers=papers)


def without_id_numbers(description: Description) -> Description:
    return replace(description, id_numbers=())
