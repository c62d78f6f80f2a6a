"""Entries of a directory: staff, places, beds and blocked time, which are nobody's record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.segments import ROOMS

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets

_ABOUT = {"staff": "STF", "places": "LOC", "bed": "NPU", "slot": "SCH"}
"""The segment that says who or what an entry is."""


def entry_of(draft: Draft) -> Targets:
    """What an entry is about, before anything of it is read. Raises ``ParseError`` when it does not say."""
    name = _ABOUT[draft.event.about]
    segment = next((segment for segment in draft.segments if segment.name == name), None)
    if segment is None:
        raise ParseError("the message has no {segment} segment, so it is about nothing", place=name, segment=name)
    return ROOMS[name].opens(draft, segment)
