"""BLC, blood that was used."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, QUANTITY
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import at_home

ROOM = Room(
    "BLC",
    "Blood Code",
    (
        keeps(1, "Blood Product Code", *CONCEPT),
        keeps(2, "Blood Amount", *QUANTITY),
    ),
    at_home,
)
