"""LCH, a quality of a place."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, ENTITY
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.places import of_place

ROOM = Room(
    "LCH",
    "Location Characteristic",
    (
        ignores(1, "Primary Key Value LCH", "says again what LOC-1 says"),
        keeps(2, "Segment Action Code"),
        keeps(3, "Segment Unique Key", *ENTITY),
        keeps(4, "Location Characteristic ID", *CONCEPT),
        keeps(5, "Location Characteristic Value LCH", *CONCEPT),
    ),
    of_place,
)
