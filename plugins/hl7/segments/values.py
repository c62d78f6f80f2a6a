"""OBX-5: the value[x] a result's value means by its declared type (OBX-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import clock, moment, period
from plugins.hl7.datatypes.number import between, measured, quantity, structured

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_WORDS = frozenset({"ST", "TX", "FT", ""})
_NUMBERS = frozenset({"NM", "NR", "SN"})


def value_of(kind: str, reps: list[Repetition], unit: Json, draft: Draft) -> Json:
    """Members for an Observation: one ``value[x]``, or ``component`` for several; empty when it cannot be read."""
    if not reps:
        return {}
    if kind in _WORDS:
        return _words(reps)
    if len(reps) == 1:
        return _one(kind, reps[0], unit, draft)
    found = [_one(kind, rep, unit, draft) for rep in reps]
    return {"component": found} if all(found) else {}


def is_only_text(kind: str, value: Json) -> bool:
    """Whether a number, or a structure of numbers, could only be taken for a text."""
    return kind in _NUMBERS and any("valueString" in one for one in (value, *value.get("component", ())))


def _words(reps: list[Repetition]) -> Json:
    """Texts; several are lines of one."""
    words = "\n".join("^".join(rep.components()) if rep.raw != '""' else "" for rep in reps).strip()
    return {"valueString": words} if words else {}


def _one(kind: str, rep: Repetition, unit: Json, draft: Draft) -> Json:
    if rep.raw == '""':
        return {}
    read = _READERS.get(kind)
    if read is not None:
        name, convert = read
        value = convert(rep, draft)
        return {name: value} if value else {}
    return _measured(kind, rep, unit, draft) or {}


def _measured(kind: str, rep: Repetition, unit: Json, draft: Draft) -> Json | None:
    if kind == "NM":
        value = measured(rep.get(), unit)
        text = rep.get().strip()
        return {"valueQuantity": value} if value else {"valueString": text} if text else None
    if kind == "SN":
        return structured(rep, draft, unit) or {"valueString": " ".join(filter(None, rep.components()))}
    if kind == "NR":
        bounds = between(rep, draft, unit)
        return {"valueRange": bounds} if bounds else {"valueString": " - ".join(rep.components())}
    if kind == "TM":
        time = clock(rep.get())
        return {"valueTime": time} if time else None
    text = "^".join(rep.components()).strip()
    return {"valueString": text} if text else None


_READERS: dict[str, tuple[str, Callable[[Repetition, Draft], object]]] = {
    "CE": ("valueCodeableConcept", concept),
    "CF": ("valueCodeableConcept", concept),
    "CNE": ("valueCodeableConcept", concept),
    "CWE": ("valueCodeableConcept", concept),
    "IS": ("valueCodeableConcept", concept),
    "ID": ("valueCodeableConcept", concept),
    "CQ": ("valueQuantity", quantity),
    "DR": ("valuePeriod", period),
    "DT": ("valueDateTime", moment),
    "DTM": ("valueDateTime", moment),
    "TS": ("valueDateTime", moment),
}
