"""What SCH, RGS, AIS, AIG, AIL and AIP say together of an appointment: its key, its time, who and what takes part."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system
from plugins.hl7.datatypes.moment import instant
from plugins.hl7.datatypes.number import count
from plugins.hl7.datatypes.parts import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_MINUTES = {"MIN": 1, "M": 1, "MINUTE": 1, "MINUTES": 1, "分": 1, "分钟": 1, "H": 60, "HR": 60, "HOUR": 60, "小时": 60}
_LONGEST = 366 * 24 * 60
_BEGINS = {"AIS": 4, "AIG": 8, "AIL": 6, "AIP": 6}
"""Where a resource says when it is needed: offset, its units, duration and its units follow."""
_STATE = {
    "cancelled": "declined",
    "entered-in-error": "declined",
    "noshow": "declined",
    "pending": "needs-action",
    "waitlist": "needs-action",
}
"""Of a participant, by the status of the appointment; the others have accepted."""


def appointment_key(draft: Draft, segment: Segment) -> str:
    """The filler's number, else the placer's, with SCH-3; else whose it is and when, else the message."""
    for at in (2, 1):
        value = segment.get(at).strip()
        if value and value != '""':
            authority = authority_system(draft, *(segment.get(at, level) for level in (2, 3, 4)))
            return "|".join(filter(None, (authority, value, segment.get(3).strip())))
    begun = time_of(draft)[0]
    return f"{draft.person}|SCH|{begun or draft.key}"


def time_of(draft: Draft) -> tuple[str, str]:
    """From and to, as instants: by TQ1 or SCH-11, else by the first resource; the end by its duration if need be."""
    for first, last, minutes in _times(draft):
        begun, over = instant(first.strip(), draft.zone), instant(last.strip(), draft.zone)
        if begun and over and over < begun:
            over = None
        elif begun and not over and minutes:
            over = begun + timedelta(minutes=minutes)
        if begun or over:
            return _written(begun), _written(over)
    return "", ""


def _written(when: datetime | None) -> str:
    return when.isoformat() if when else ""


def _times(draft: Draft) -> Iterator[tuple[str, str, int]]:
    lasts = 0
    said = [segment for segment in draft.segments if segment.name == "SCH"]
    for segment in said[:1]:
        lasts = minutes_of(segment, 9, 10)
    for segment in draft.segments:
        if segment.name == "TQ1":
            yield segment.get(7), segment.get(8), lasts
    for segment in said[:1]:
        yield segment.get(11, 4), segment.get(11, 5), lasts
    for segment in draft.segments:
        if at := _BEGINS.get(segment.name):
            yield segment.get(at), "", minutes_of(segment, at + 3, at + 4) or lasts


def minutes_of(segment: Segment, amount: int, unit: int) -> int:
    """A duration in minutes; 0 when it is none, or more than a year. Without a unit it is minutes."""
    word = segment.get(unit).strip().upper()
    minutes = (count(segment.get(amount)) or 0) * (_MINUTES.get(word, 0) if word else 1)
    return minutes if minutes <= _LONGEST else 0


def taking_part(draft: Draft, segment: Segment, actor: Json | None, kind: Json | None) -> None:
    """Adds who or what a resource segment names, with its time."""
    at = _BEGINS[segment.name]
    status = draft.standard("appointment_status", segment, at + 6)
    taken_out = segment.get(2).strip() == "D"
    one: Json = {"type": [kind]} if kind else {}
    if actor:
        one["actor"] = actor
    one["status"] = "declined" if taken_out else _STATE.get(status.code if status else "", "accepted")
    if time := span_from(draft, segment, at):
        one["period"] = time
    known = draft.appointment
    if "Appointment" in known:
        listed(known["Appointment"], "participant").append(one)
    elif "Schedule" in known and actor:
        listed(known["Schedule"], "actor").append(actor)


def span_from(draft: Draft, segment: Segment, at: int) -> Json:
    """A Period of a start and a duration three fields behind it; empty without a start."""
    begun = instant(segment.get(at).strip(), draft.zone)
    if begun is None:
        return {}
    minutes = minutes_of(segment, at + 3, at + 4)
    return {"start": _written(begun)} | ({"end": _written(begun + timedelta(minutes=minutes))} if minutes else {})


def of_appointment(draft: Draft, segment: Segment) -> Targets:
    """The appointment, or the blocked time, a resource is for."""
    del segment
    draft.under = draft.appointment or draft.home()
    return draft.under


def said_of_resource(at: int) -> Callable[[Draft, Segment, Targets], bool]:
    """Reads a field that ``taking_part`` has used: the start, the duration or its units, the status."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        if "Appointment" not in targets:
            return False
        place = at - _BEGINS[segment.name]
        begun = instant(segment.get(_BEGINS[segment.name]).strip(), draft.zone) is not None
        if place == 0:
            return begun
        if place == 6:
            return draft.standard("appointment_status", segment, at) is not None
        return begun and bool(minutes_of(segment, _BEGINS[segment.name] + 3, _BEGINS[segment.name] + 4))

    return read


def state_of_patient(appointment: str) -> str:
    return "accepted" if appointment == "noshow" else _STATE.get(appointment, "accepted")
