"""When and how often something is to be done (TQ1 and the TQ of older versions) as a FHIR Timing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2, coding
from plugins.hl7.datatypes.moment import clock, span
from plugins.hl7.datatypes.number import count, decimal
from plugins.hl7.datatypes.parts import extended, leftovers, parts, sub

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

UCUM = "http://unitsofmeasure.org"
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "wk": 604_800}
_EVERY = re.compile(r"Q([1-9][0-9]?)([SMHDWL])")
_LETTERS = {"S": "s", "M": "min", "H": "h", "D": "d", "W": "wk", "L": "mo"}
_A_DAY = {"QD": 1, "BID": 2, "TID": 3, "QID": 4}
_LENGTH = re.compile(r"([SMHDWL])([1-9][0-9]{0,4})")
"""A duration as TQ-3 writes it: ``D7`` is seven days."""


def unit_of_time(code: str) -> str:
    """UCUM's unit for what senders write (``day``, ``Hr``, ``天``); empty where it is none."""
    known = table("time_unit").get(code.strip().casefold())
    return known.code if known else ""


def pattern(rep: Repetition, draft: Draft) -> Json | None:
    """RPT -> Timing: its code, and what a repeat can say of it; the rest is kept with it. None without a code."""
    c = parts(rep, draft)
    if not c[0]:
        return None
    used = {1: 3}
    timing = coded(draft, c[0], sub(rep, 1, 2), sub(rep, 1, 3))
    repeat = timing.get("repeat", {})
    period, unit = decimal(c[4]), _unit(rep, 6)
    if period and unit:
        repeat = {"frequency": 1, "period": period, "periodUnit": unit}
        used |= {5: 1, 6: 3}
    if when := table("event_of_day").get(c[7]):
        repeat["when"] = [when.code]
        used[8] = 1
        early_or_late = _minutes(c[8], _unit(rep, 10))
        if early_or_late is not None:
            repeat["offset"] = early_or_late
            used |= {9: 1, 10: 3}
    if repeat:
        timing["repeat"] = repeat
    return extended(timing, leftovers(rep, draft, "RPT", used))


def _unit(rep: Repetition, component: int) -> str:
    return unit_of_time(sub(rep, component, 1)) or unit_of_time(sub(rep, component, 2))


def coded(draft: Draft, code: str, text: str = "", system: str = "") -> Json:
    """A pattern's code -> Timing; ``Q6H``, ``BID`` and their like as a repeat too, in the same words."""
    found = coding(draft, code, text, system)
    if "system" not in found:
        found = {"system": f"{V2}0335", **found}
    read: Json = {"code": {"coding": [found]} | ({"text": text} if text else {})}
    name = code.upper()
    if every := _EVERY.fullmatch(name):
        read["repeat"] = {"frequency": 1, "period": int(every[1]), "periodUnit": _LETTERS[every[2]]}
    elif times := _A_DAY.get(name):
        read["repeat"] = {"frequency": times, "period": 1, "periodUnit": "d"}
    return read


def length(rep: Repetition, draft: Draft) -> Json | None:
    """CQ with a unit of time -> Duration; None when it is no length of time."""
    c = parts(rep, draft)
    value, unit = decimal(c[0]), _unit(rep, 2)
    if value is None or value <= 0 or not unit:
        return None
    return {"value": value, "unit": sub(rep, 2, 2) or c[1], "system": UCUM, "code": unit}


def minutes(rep: Repetition, draft: Draft) -> int | None:
    """CQ -> whole minutes."""
    return _minutes(parts(rep, draft)[0], _unit(rep, 2))


def _minutes(text: str, unit: str) -> int | None:
    value = decimal(text)
    if value is None or value < 0 or unit not in _SECONDS:
        return None
    found = value * _SECONDS[unit] / 60
    return int(found) if found == int(found) else None


def at_once(rep: Repetition, draft: Draft) -> Json | None:
    """TQ -> Timing, of what says when and how often; the rest is kept with it. None when nothing does."""
    c = parts(rep, draft)
    used: dict[int, int] = dict.fromkeys((1, 6, 7, 8), 9)
    timing: Json = coded(draft, c[1]) if c[1] else {}
    repeat: Json = timing.get("repeat", {})
    if c[1]:
        used[2] = 1
    if times := _clocks(sub(rep, 2, 2)):
        repeat["timeOfDay"] = times
        used[2] = 2
    bounds = span(c[3], c[4], draft)
    if bounds:
        repeat["boundsPeriod"] = bounds
        used |= {at: 1 for at, name in ((4, "start"), (5, "end")) if name in bounds}
    if (found := _LENGTH.fullmatch(c[2])) and len(bounds) != 1:
        repeat |= _lasts(int(found[2]), _LETTERS[found[1]], between=bool(bounds))
        used[3] = 1
    if times_in_all := count(c[11]):
        repeat["count"] = times_in_all
        used[12] = 1
    if repeat:
        timing["repeat"] = repeat
    return extended(timing, leftovers(rep, draft, "TQ", used)) if timing else None


def _clocks(text: str) -> list[str]:
    """TQ-2.2: times of day with commas between; none when one of them is no time."""
    found = [clock(time.replace(":", "")) for time in text.split(",")] if text else []
    return [time for time in found if time] if all(found) else []


def _lasts(value: int, unit: str, *, between: bool) -> Json:
    """TQ-3: how long it goes on. Between two days that is said already: there it is how long each time takes."""
    if between:
        return {"duration": value, "durationUnit": unit}
    return {"boundsDuration": {"value": value, "unit": unit, "system": UCUM, "code": unit}}
