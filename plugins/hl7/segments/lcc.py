"""LCC, what a place is charged by."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.places import of_place

ROOM = Room(
    "LCC",
    "Location Charge Code",
    (
        ignores(1, "Primary Key Value LCC", "says again what LOC-1 says"),
        keeps(2, "Location Department", *CONCEPT),
        keeps(3, "Accommodation Type", *CONCEPT),
        keeps(4, "Charge Code", *CONCEPT),
    ),
    of_place,
)
