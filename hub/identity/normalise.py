"""What identity compares: names in one spelling, and the numbers strong enough to match by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub.model.person import (
    HEALTH_CARD_SYSTEM,
    HEALTH_RECORD_SYSTEM,
    ID_NUMBER_SYSTEM,
    id_number_fault,
    normal_id_number,
)
from hub.records.indexing import fold

Patient = Mapping[str, Any]
Number = tuple[str, str]
"""System and normalised value."""

STRENGTH = (ID_NUMBER_SYSTEM, HEALTH_RECORD_SYSTEM, HEALTH_CARD_SYSTEM)
"""Strongest first."""

_SHORTEST = {HEALTH_RECORD_SYSTEM: 12, HEALTH_CARD_SYSTEM: 6}
"""The last eight digits of a health-record number, which some forms carry, are not it."""
_LONGEST = 64


def names(patient: Patient) -> frozenset[str]:
    """Folded: no blanks, widths or case, one middle dot."""
    found = (
        fold(name.get("text") or name.get("family", "") + "".join(name.get("given") or ()))
        for name in patient.get("name") or ()
    )
    return frozenset(filter(None, found))


def strong_numbers(patient: Patient) -> tuple[Number, ...]:
    """Numbers that one person alone should have; empty, faulty and invented ones are none."""
    found = ((one.get("system", ""), one.get("value") or "") for one in patient.get("identifier") or ())
    return tuple(dict.fromkeys((system, _normal(system, value)) for system, value in found if _strong(system, value)))


def faulty_id_numbers(patient: Patient) -> tuple[str, ...]:
    """What is wrong with each resident's number that cannot be right."""
    found = (
        id_number_fault(one["value"])
        for one in patient.get("identifier") or ()
        if one.get("system") == ID_NUMBER_SYSTEM and one.get("value")
    )
    return tuple(filter(None, found))


def id_numbers(patient: Patient) -> frozenset[str]:
    return frozenset(value for system, value in strong_numbers(patient) if system == ID_NUMBER_SYSTEM)


def _strong(system: str, value: str) -> bool:
    if system == ID_NUMBER_SYSTEM:
        return id_number_fault(value) is None
    shortest = _SHORTEST.get(system)
    return shortest is not None and shortest <= len(_normal(system, value)) <= _LONGEST and len(set(value)) > 1


def _normal(system: str, value: str) -> str:
    return normal_id_number(value) if system == ID_NUMBER_SYSTEM else re.sub(r"\s", "", value).upper()
