"""EVN, what happened and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, MOMENT, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.home()


ROOM = Room(
    "EVN",
    "Event Type",
    (
        ignores(1, "Event Type Code", "says again what MSH-9 says"),
        ignores(2, "Recorded Date/Time", "the time the record carries as recorded"),
        keeps(3, "Date/Time Planned Event", *MOMENT),
        keeps(4, "Event Reason Code", *CONCEPT),
        keeps(5, "Operator ID", *PRACTITIONER),
        keeps(6, "Event Occurred", *MOMENT),
        keeps(7, "Event Facility"),
    ),
    _open,
)
