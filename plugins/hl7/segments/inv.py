"""INV, what stands ready of a substance: a reagent, what is in a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER
from plugins.hl7.rows import Room, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.under or draft.home()


ROOM = Room(
    "INV",
    "Inventory Detail",
    (
        keeps(1, "Substance Identifier", *CONCEPT),
        keeps(2, "Substance Status", *CONCEPT),
        keeps(3, "Substance Type", *CONCEPT),
        keeps(4, "Inventory Container Identifier", *CONCEPT),
        keeps(5, "Container Carrier Identifier", *CONCEPT),
        keeps(6, "Position on Carrier", *CONCEPT),
        keeps(7, "Initial Quantity", *NUMBER),
        keeps(8, "Current Quantity", *NUMBER),
        keeps(9, "Available Quantity", *NUMBER),
        keeps(10, "Consumption Quantity", *NUMBER),
        keeps(11, "Quantity Units", *CONCEPT),
        keeps(12, "Expiration Date/Time", *MOMENT),
        keeps(13, "First Used Date/Time", *MOMENT),
        keeps(14, "On Board Stability Duration"),
        keeps(15, "Test/Fluid Identifier", *CONCEPT),
        keeps(16, "Manufacturer Lot Number"),
        keeps(17, "Manufacturer Identifier", *CONCEPT),
        keeps(18, "Supplier Identifier", *CONCEPT),
        keeps(19, "On Board Stability Time", *NUMBER),
        keeps(20, "Target Value", *NUMBER),
    ),
    _open,
)
