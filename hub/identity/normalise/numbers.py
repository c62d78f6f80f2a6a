"""The numbers that one person alone has, each in one spelling and under one name of its kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from hub.identity.normalise.names import whole_text
from hub.identity.normalise.spelling import fold
from hub.model import Json
from hub.model.id_number import id_number_fault, normal_id_number
from hub.model.person import HEALTH_CARD_SYSTEM, HEALTH_RECORD_SYSTEM, ID_NUMBER_SYSTEM, MOTHER_EXTENSION

Patient = Mapping[str, Any]
Number = tuple[str, str]
"""System and normalised value."""

STRENGTH = (ID_NUMBER_SYSTEM, HEALTH_RECORD_SYSTEM, HEALTH_CARD_SYSTEM)
"""Strongest first."""

_SHORTEST = {HEALTH_RECORD_SYSTEM: 12, HEALTH_CARD_SYSTEM: 6}
"""The last eight digits of a health-record number, which some forms carry, are not it."""
_LONGEST = 64
_DOUBTFUL = frozenset({"checksum_error", "bad_date", "future_date"})
_MISTAKEN = str.maketrans("OQIL|×✕╳χ*", "00111XXXXX")
"""Read or typed for a digit, or for the X at the end."""
_INSIDE = re.compile(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9X])")
_CUT = re.compile(r"[0-9]{16}[0-9X]|[0-9]{18}[0-9X]")
"""A digit too few or too many."""


def names(patient: Patient) -> frozenset[str]:
    """Folded: no blanks, widths or case, one middle dot."""
    return frozenset(filter(None, (fold(whole_text(name)) for name in patient.get("name") or ())))


def strong_numbers(patient: Patient) -> tuple[Number, ...]:
    """Numbers that one person alone should have; empty, faulty and invented ones are none."""
    return tuple(dict.fromkeys(filter(None, map(_strong_number, patient.get("identifier") or ()))))


def id_numbers(patient: Patient) -> frozenset[str]:
    return frozenset(value for system, value in strong_numbers(patient) if system == ID_NUMBER_SYSTEM)


def written_id_numbers(identifiers: Iterable[Json]) -> list[str]:
    return [str(one["value"]) for one in identifiers if one.get("system") == ID_NUMBER_SYSTEM and one.get("value")]


def faultless(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normal_id_number(value) for value in written if id_number_fault(value) is None))


def doubtful(written: Iterable[str]) -> tuple[str, ...]:
    """Of the right shape, or nearly, with a fault: what may be a mistyped number; never a placeholder."""
    return tuple(dict.fromkeys(filter(None, map(_doubtful, written))))


def _doubtful(written: str) -> str:
    fault = id_number_fault(written)
    if fault in _DOUBTFUL:
        return normal_id_number(written)
    return _suggested(written) if fault == "shape" else ""


@lru_cache(maxsize=65_536)
def _suggested(written: str) -> str:
    """With ``O`` read as 0, without what stands around it, or with a digit lost: only a guess."""
    number = normal_id_number(written)
    if found := _INSIDE.search(number) or _INSIDE.search(number.translate(_MISTAKEN)):
        return "" if id_number_fault(found[0]) == "placeholder" else found[0]
    cut = number.translate(_MISTAKEN)
    return cut if _CUT.fullmatch(cut) and len(set(cut)) > 3 else ""


def mothers_numbers(patient: Patient, feed: str) -> tuple[Number, ...]:
    """Of the sender's own numbers the system has the feed before it: elsewhere they are others' numbers."""
    found: list[Number] = []
    for extension in patient.get("extension") or ():
        one = extension.get("valueIdentifier")
        if one and one.get("value") and extension.get("url") == MOTHER_EXTENSION:
            system = one.get("system") or ""
            if number := _strong_number(one) or _told_bare(one["value"]):
                found.append(number)
            elif system not in STRENGTH and not is_made_up(own := tidy(one["value"])):
                found.append((f"{feed} {system}", own))
    return tuple(dict.fromkeys(found))


def _told_bare(value: str) -> Number | None:
    """Eighteen digits with a right check digit are a resident's number, whatever system the sender gives them."""
    return (ID_NUMBER_SYSTEM, normal_id_number(value)) if len(value) > 17 and not id_number_fault(value) else None


def _strong_number(identifier: Json) -> Number | None:
    system, value = identifier.get("system") or "", identifier.get("value") or ""
    if system == ID_NUMBER_SYSTEM:
        return (system, normal_id_number(value)) if value and id_number_fault(value) is None else None
    return record_or_card(system, value) if system in _SHORTEST else None


@lru_cache(maxsize=65_536)
def tidy(value: str) -> str:
    """Half-width, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


@lru_cache(maxsize=65_536)
def record_or_card(system: str, value: str) -> Number | None:
    number = tidy(value)
    return (system, number) if _SHORTEST[system] <= len(number) <= _LONGEST and not is_made_up(number) else None


@lru_cache(maxsize=65_536)
def is_made_up(number: str) -> bool:
    """Typed to fill the field: one character again and again, a run of digits, words, hardly anything."""
    digits = [int(sign) for sign in number if sign in "0123456789"]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    run = len(digits) > 5 and len(digits) == len(number.removesuffix("X")) and len(steps) == 1
    return run or not digits or len(set(number)) == 1 or not any(digits)
