"""How an update changes what was known."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.records.merging import filled, merged

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
