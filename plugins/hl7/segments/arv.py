"""ARV, what may not be shown to everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, PERIOD
from plugins.hl7.rows import Room, ignores, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.home()


ROOM = Room(
    "ARV",
    "Access Restriction",
    (
        ignores(1, "Set ID", "a counter within the message"),
        keeps(2, "Access Restriction Action Code", *CONCEPT),
        keeps(3, "Access Restriction Value", *CONCEPT),
        keeps(4, "Access Restriction Reason", *CONCEPT),
        keeps(5, "Special Access Restriction Instructions"),
        keeps(6, "Access Restriction Date Range", *PERIOD),
    ),
    _open,
)
