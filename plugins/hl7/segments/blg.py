"""BLG, how an order is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, IDENTIFIER
from plugins.hl7.rows import Room, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.order or draft.under or draft.home()


ROOM = Room(
    "BLG",
    "Billing",
    (
        keeps(1, "When to Charge"),
        keeps(2, "Charge Type"),
        keeps(3, "Account ID", *IDENTIFIER),
        keeps(4, "Charge Type Reason", *CONCEPT),
    ),
    _open,
)
