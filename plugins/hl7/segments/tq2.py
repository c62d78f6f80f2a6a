"""TQ2, how orders follow on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import ENTITY, NUMBER, QUANTITY
from plugins.hl7.rows import Room, ignores, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.order or draft.under or draft.home()


ROOM = Room(
    "TQ2",
    "Timing/Quantity Relationship",
    (
        ignores(1, "Set ID TQ2", "a counter within the message"),
        keeps(2, "Sequence/Results Flag"),
        keeps(3, "Related Placer Number", *ENTITY),
        keeps(4, "Related Filler Number", *ENTITY),
        keeps(5, "Related Placer Group Number", *ENTITY),
        keeps(6, "Sequence Condition Code"),
        keeps(7, "Cyclic Entry/Exit Indicator"),
        keeps(8, "Sequence Condition Time Interval", *QUANTITY),
        keeps(9, "Cyclic Group Maximum Number of Repeats", *NUMBER),
        keeps(10, "Special Service Request Relationship"),
    ),
    _open,
)
