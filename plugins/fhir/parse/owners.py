"""Whose a resource is: by the element that FHIR has for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hub import SEARCH_PARAMETERS, Json

KNOWN = frozenset(SEARCH_PARAMETERS)
"""Types the record keeps."""
_ENDED = {
    **dict.fromkeys(("AllergyIntolerance", "Condition"), "verificationStatus"),
    **dict.fromkeys(("RelatedPerson", "Organization", "Practitioner", "PractitionerRole", "HealthcareService",
                     "Schedule"), "active"),
}  # fmt: skip
_ERROR = "entered-in-error"
_VERIFICATION = {
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
}
_NO_STATUS = {"Location": "inactive", "Medication": _ERROR, "Account": _ERROR}


@lru_cache(maxsize=256)
def _paths(type_: str) -> tuple[tuple[str, ...], ...]:
    """Where a type names its person: ``("subject",)``, ``("participant", "actor")``."""
    parameters = SEARCH_PARAMETERS[type_].values()
    places = (place for one in parameters if one.kind == "person" for place in one.expression.split(" | "))
    return tuple(dict.fromkeys(tuple(place.partition(" as ")[0].split(".")[1:]) for place in places))


@lru_cache(maxsize=256)
def is_personal(type_: str) -> bool:
    """Whether it can be part of somebody's record: staff, places and their calendars are not."""
    return bool(_paths(type_)) or type_ == "Binary"


def owners(resource: Json) -> Iterator[Any]:
    """The References that may lead to its person, as they were sent."""
    for path in _paths(resource["resourceType"]):
        found: list[Any] = [resource]
        for name in path:
            found = [inner for one in found if isinstance(one, dict) for inner in _listed(one.get(name))]
        yield from found


def as_deleted(type_: str) -> Json:
    """A resource is not removed: it says that it was entered in error, or is in use no more."""
    element = _ENDED.get(type_, "status")
    if element == "active":
        return {"resourceType": type_, "active": False}
    if element == "verificationStatus":
        return {"resourceType": type_, element: {"coding": [{"system": _VERIFICATION[type_], "code": _ERROR}]}}
    return {"resourceType": type_, "status": _NO_STATUS.get(type_, _ERROR)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
