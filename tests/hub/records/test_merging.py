"""How an update changes what was known."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.records.merging import filled, merged, retold, retold_late

ID = "urn:oid:2.16.156.10011.1.3"
WARD_NUMBER, CARD = {"system": "ward", "value": "P71"}, {"system": "card", "value": "C1"}
RESIDENT = {"system": ID, "value": "1", "type": {"coding": [{"code": "NNCHN"}]}}

SCALARS = st.integers(0, 3) | st.text("ab", max_size=1)
BODIES = st.dictionaries(
    st.sampled_from(["status", "period", "valueString", "valueQuantity", "_valueString", "note"]),
    SCALARS | st.dictionaries(st.sampled_from(["start", "end"]), SCALARS, min_size=1),
)


def test_objects_merge_by_key_lists_are_replaced_none_deletes() -> None:
    old = {"period": {"start": "a", "end": "b"}, "note": [1, 2], "status": "x", "priority": {"text": "p"}}
    update = {"period": {"end": None}, "note": [3], "status": None}
    assert merged(old, update) == {"period": {"start": "a"}, "note": [3], "priority": {"text": "p"}}
    assert old["note"] == [1, 2]


def test_a_value_is_never_mixed_with_another() -> None:
    old = {
        "code": {"coding": [{"code": "1"}], "text": "one"},
        "performer": {"reference": "Practitioner/1", "display": "王医生"},
        "quantity": {"value": 5, "unit": "g"},
    }
    update: dict[str, Any] = {
        "code": {"text": "two"},
        "performer": {"reference": "Practitioner/2"},
        "quantity": {"value": 6},
    }
    assert merged(old, update) == update


def test_an_element_of_another_type_takes_the_place_of_its_siblings() -> None:
    old = {"valueQuantity": {"value": 5}, "_valueQuantity": {"id": "x"}, "effectiveDateTime": "2024", "code": 1}
    update = {"valueString": "阳性", "effectivePeriod": {"start": "2024"}}
    assert merged(old, update) == update | {"code": 1}
    assert filled(old, update) == old


def test_a_primitive_extension_stays_with_its_element() -> None:
    assert merged({"valueString": "a"}, {"_valueString": {"id": "x"}}) == {
        "valueString": "a",
        "_valueString": {"id": "x"},
    }


@given(BODIES, BODIES)
def test_the_older_laid_beneath_is_the_newer_laid_above(older: dict[str, Any], newer: dict[str, Any]) -> None:
    older, newer = merged({}, older), merged({}, newer)
    assert filled(newer, older) == merged(older, newer)


@given(BODIES, BODIES)
def test_the_same_update_twice_changes_nothing_more(old: dict[str, Any], update: dict[str, Any]) -> None:
    once = merged(merged({}, old), update)
    assert merged(once, update) == once


def numbers(*identifiers: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Patient", "identifier": list(identifiers)}


def test_a_number_whose_system_a_newer_message_does_not_name_stays_in_its_place() -> None:
    known = numbers(RESIDENT, WARD_NUMBER)
    for update in (numbers(WARD_NUMBER), numbers(WARD_NUMBER, RESIDENT), numbers(), {}):
        assert retold(known, update) == known


def test_another_number_of_the_same_system_takes_the_place_of_the_old_one() -> None:
    corrected = {"system": ID, "value": "2", "type": {"text": "01"}}
    assert retold(numbers(RESIDENT, WARD_NUMBER), numbers(CARD, corrected)) == numbers(corrected, WARD_NUMBER, CARD)


def test_numbers_of_one_system_and_two_types_do_not_replace_each_other() -> None:
    inner, outer = ({"system": "s", "value": code, "type": {"coding": [{"code": code}]}} for code in ("MR", "PI"))
    assert retold(numbers(inner), numbers(outer)) == numbers(inner, outer)
    assert retold(numbers(inner, outer), numbers({"system": "s", "value": "3"})) == numbers(
        {"system": "s", "value": "3"}
    )


def test_an_empty_number_replaces_none_and_an_explicit_none_deletes_all() -> None:
    assert RESIDENT in retold(numbers(RESIDENT), numbers({"system": ID, "value": ""}))["identifier"]
    assert retold(numbers(RESIDENT), {"resourceType": "Patient", "identifier": None}) == {"resourceType": "Patient"}


def test_an_older_message_adds_only_numbers_of_systems_that_are_not_known() -> None:
    older = numbers({"system": ID, "value": "0"}, CARD)
    assert retold_late(numbers(RESIDENT), older) == numbers(RESIDENT, CARD)
    assert retold_late({"resourceType": "Patient"}, older) == older


@given(st.lists(st.sampled_from([RESIDENT, WARD_NUMBER, CARD, {"system": ID, "value": "2"}]), max_size=4), st.data())
def test_numbers_told_twice_change_nothing_more(known: list[dict[str, Any]], data: st.DataObject) -> None:
    update = numbers(*data.draw(st.permutations([*known, CARD])))
    once = retold(numbers(*known), update)
    assert retold(once, update) == once
