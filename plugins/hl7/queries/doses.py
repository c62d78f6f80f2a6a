"""Immunization -> ORC, RXA, RXR, and OBX for what was told with the dose."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from plugins.hl7.building import components, segment
from plugins.hl7.datatypes.coded import V2
from plugins.hl7.queries.written import own_table
from plugins.hl7.segments.rxa import UNKNOWN_AMOUNT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub import Json
    from plugins.hl7.building import Component, Field, Repetition
    from plugins.hl7.delimiters import Delimiters
    from plugins.hl7.queries.written import Words

_GIVEN, _ORDERED = "AP", "OP"
_STATES = {"not-done": "RE", "completed": "CP"}


def dose(found: Json, told: Sequence[Json], words: Words, delimiters: Delimiters) -> str:
    """The group of one dose; ``told`` are the Observations with it."""
    lines = [_orc(found, words, delimiters), _rxa(found, words, delimiters), _rxr(found, words, delimiters)]
    lines += [_obx(one, number, words, delimiters) for number, one in enumerate(told, 1)]
    return "".join(lines)


def _orc(found: Json, words: Words, delimiters: Delimiters) -> str:
    fields = _kept(found, "ORC", words) | {
        1: "RE",
        2: _number(found, "PLAC", words),
        3: _number(found, "FILL", words),
        9: words.time(found.get("recorded", "")),
        12: _performers(found, _ORDERED, words),
    }
    return segment("ORC", _said(fields), delimiters)


def _rxa(found: Json, words: Words, delimiters: Delimiters) -> str:
    amount: Json = found.get("doseQuantity", {})
    fields = _kept(found, "RXA", words)
    fields = {6: UNKNOWN_AMOUNT} | fields | {
        1: "0",
        2: "1",
        3: words.time(found.get("occurrenceDateTime", "")),
        5: words.concept(found.get("vaccineCode")),
        9: _notes(found, words),
        10: _performers(found, _GIVEN, words),
        11: words.place(found.get("location")),
        15: found.get("lotNumber", ""),
        16: words.time(found.get("expirationDate", "")),
        17: words.maker(found.get("manufacturer")),
        18: words.concept(found.get("statusReason")),
        19: [words.concept(one) for one in found.get("reasonCode", ())],
        20: _state(found),
    }  # fmt: skip
    if "value" in amount:
        fields |= {6: amount.get("comparator", "") + number(amount["value"]), 7: _unit(amount, words)}
    return segment("RXA", _said(fields), delimiters)


def _rxr(found: Json, words: Words, delimiters: Delimiters) -> str:
    fields = _kept(found, "RXR", words) | {
        1: words.concept(found.get("route"), "route", own_table("0162")),
        2: words.concept(found.get("site"), "", own_table("0163")),
    }
    said = _said(fields)
    return segment("RXR", said, delimiters) if said else ""


def _obx(found: Json, at: int, words: Words, delimiters: Delimiters) -> str:
    kind, value, unit = _value(found, words)
    part = next((one["valueString"] for one in found.get("extension", ()) if one["url"] == "urn:hub:v2:OBX-4"), "")
    fields = _kept(found, "OBX", words) | {
        1: str(at),
        2: kind,
        3: words.concept(found.get("code")),
        4: part,
        5: value,
        6: unit,
        11: words.code(found.get("status", ""), "observation_status") or "F",
        14: words.time(found.get("effectiveDateTime", "")),
        17: words.concept(found.get("method")),
    }
    return segment("OBX", _said(fields), delimiters)


def _value(found: Json, words: Words) -> tuple[str, Field, Field]:
    """OBX-2, OBX-5 and OBX-6."""
    if quantity := found.get("valueQuantity"):
        told = number(quantity["value"])
        if compared := quantity.get("comparator"):
            return "SN", (compared, told), _unit(quantity, words)
        return "NM", told, _unit(quantity, words)
    if concept := found.get("valueCodeableConcept"):
        return "CE", words.concept(concept), ""
    if when := found.get("valueDateTime"):
        return ("TS" if "T" in when else "DT"), words.time(when), ""
    text = str(found.get("valueString", ""))
    return ("ST" if text else ""), [*text.split("\n")] if text else "", ""


def number(value: Any) -> str:
    """As many digits as it was told with, never as ``1E+2``."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _unit(amount: Json, words: Words) -> Repetition:
    code, text = amount.get("code", ""), amount.get("unit", "")
    system = words.domains.coding_name(amount["system"], "", words.draft) if "system" in amount else ""
    return components({1: code, 2: "" if text == code else text, 3: system})


def _number(found: Json, kind: str, words: Words) -> Repetition:
    """The placer's or filler's order number (EI)."""
    for one in found.get("identifier", ()):
        if any(coding.get("code") == kind for coding in one.get("type", {}).get("coding", ())):
            issuer: Component = words.domains.issuer(one.get("system", ""))
            levels = (issuer, "", "") if isinstance(issuer, str) else issuer
            return components({1: one.get("value", ""), 2: levels[0], 3: levels[1], 4: levels[2]})
    return ""


def _performers(found: Json, function: str, words: Words) -> list[Repetition]:
    return [words.practitioner(one.get("actor")) for one in found.get("performer", ()) if _acts(one, function)]


def _acts(performer: Json, function: str) -> bool:
    codes = performer.get("function", {}).get("coding", ())
    return any((one.get("system"), one.get("code")) == (f"{V2}0443", function) for one in codes)


def _notes(found: Json, words: Words) -> Field:
    origin = found.get("reportOrigin")
    notes: Iterable[Json] = found.get("note", ())
    told: list[Repetition] = [words.concept(origin)] if origin else []
    return told + [components({2: one.get("text", "")}) for one in notes]


def _state(found: Json) -> str:
    return _STATES.get(found.get("status", ""), "CP")


def _kept(found: Json, name: str, words: Words) -> dict[int, Field]:
    return words.kept(found, name)


def _said(fields: dict[int, Field]) -> dict[int, Field]:
    return {at: value for at, value in fields.items() if value and value != [""]}
