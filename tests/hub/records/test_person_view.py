"""What a person's common view makes of numbers that were given up."""

from __future__ import annotations

from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.person_view import Said, compose

WARD, CLINIC = "urn:oid:2.999.1", "urn:oid:2.999.2"


def said(claim: str, *numbers: tuple[str, str], feed: str = "hospital", retired: bool = False) -> Said:
    identifiers = [{"system": system, "value": value} for system, value in numbers]
    return Said(claim, feed, {"resourceType": "Patient", "identifier": identifiers}, 0, retired)


def uses(view: Json) -> dict[str, str]:
    return {one["value"]: one.get("use", "") for one in view["identifier"]}


def test_the_number_a_merge_retires_is_an_old_one() -> None:
    kept, gone = said("a", (WARD, "R1")), said("b", (WARD, "R2"), retired=True)
    assert uses(compose("a", [kept, gone], frozenset())) == {"R1": "", "R2": "old"}


def test_numbers_that_nothing_took_the_place_of_stay_in_use() -> None:
    kept = said("a", (WARD, "R1"), (ID_NUMBER_SYSTEM, "110101199003070070"))
    gone = said("b", (WARD, "R1"), (CLINIC, "C7"), (ID_NUMBER_SYSTEM, "11010119900307002X"), retired=True)
    assert set(uses(compose("a", [kept, gone], frozenset())).values()) == {""}


def test_another_feeds_number_retires_nothing() -> None:
    kept, gone = said("a", (WARD, "R1"), feed="clinic"), said("b", (WARD, "R2"), retired=True)
    assert uses(compose("a", [kept, gone], frozenset())) == {"R1": "", "R2": ""}
