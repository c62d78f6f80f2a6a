"""What LOC and the segments behind it say together of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.datatypes.staffed import place

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def place_named(draft: Draft, segment: Segment, at: int) -> Targets:
    """The Location a PL names, as what the entry is about. Raises ``ParseError`` when it names none."""
    found = next((one for rep in segment.repetitions(at) if (one := place(rep, draft))), None)
    if found is None:
        raise ParseError("the entry does not say which place it is about", place=f"{segment.name}-{at}")
    key = found["reference"].partition("/")[2]
    draft.under = {"Location": draft.own("Location", key)}
    return draft.under


def of_place(draft: Draft, segment: Segment) -> Targets:
    """The entry; a segment that stands elsewhere is kept where it stands."""
    del segment
    return draft.base or draft.home()
