"""Numbers that say nothing when claims are compared, and those that say two are numbered twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from hub.identity.normalise import STRENGTH, Description, Number, Patient
from hub.identity.scoring import Candidate, keys


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
