"""A message taken apart into what it says of each person, or of each entry of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.segments import TRANSPORT

if TYPE_CHECKING:
    from plugins.hl7.events import Event
    from plugins.hl7.lexer import Lexed, Segment

_BEGINS = {"staff": "MFE", "places": "MFE", "bed": "NPU", "slot": "SCH"}
"""With which segment each part begins, of messages that are about no person."""


def split(lexed: Lexed, event: Event) -> list[list[Segment]]:
    """The segments about each; what stands before the first belongs to it. Raises ``ParseError`` when about nobody."""
    segments = lexed.segments
    if about_nobody(lexed, event):
        return _parts(segments, _BEGINS[event.about])
    people = persons(lexed)
    if event.pairs and len(people) != 2:
        raise ParseError("the message is about two people, each with a PID of its own", place="PID")
    return people


def about_nobody(lexed: Lexed, event: Event) -> bool:
    """Whether it is about staff, places, beds or time alone. With a PID a bed is somebody's."""
    if event.about in {"staff", "places"}:
        return True
    return event.about != "person" and not any(speaks(person, lexed) for person in lexed.all("PID"))


def persons(lexed: Lexed) -> list[list[Segment]]:
    """From PID to the next PID."""
    segments = lexed.segments
    starts = [at for at, segment in enumerate(segments) if segment.name == "PID"]
    if not starts:
        raise ParseError("the message has no PID segment, so it is about nobody", place="PID")
    if silent := {at for at in starts if not speaks(segments[at], lexed)}:
        segments = _without(segments, starts, silent)
    return _parts(segments, "PID")


def _parts(segments: list[Segment], name: str) -> list[list[Segment]]:
    starts = [at for at, segment in enumerate(segments) if segment.name == name]
    if not starts:
        raise ParseError("the message has no {segment} segment, so it is about nothing", place=name, segment=name)
    ends = [*starts[1:], len(segments)]
    starts[0] = 0
    return [segments[start:end] for start, end in zip(starts, ends, strict=True)]


def speaks(person: Segment, lexed: Lexed) -> bool:
    """Whether a PID says anything of anybody: PID-1 only counts, and ``""`` deletes nothing of nobody."""
    nothing = "".join(lexed.delimiters) + ' \t"'
    return any(raw.strip(nothing) for raw in person.raws[2:])


def _without(segments: list[Segment], people: list[int], silent: set[int]) -> list[Segment]:
    """The segments without PIDs that say nothing. Whom the segments behind such a one are about, nobody can know."""
    if len(silent) == len(people):
        raise ParseError("the PID segment says nothing, so the message is about nobody", place="PID")
    for at in silent:
        behind = segments[at + 1].name if at + 1 < len(segments) else "PID"
        if behind != "PID" and behind not in TRANSPORT:
            raise ParseError("segments follow a PID that says nothing, so they are about nobody", place="PID")
    return [segment for at, segment in enumerate(segments) if at not in silent]
