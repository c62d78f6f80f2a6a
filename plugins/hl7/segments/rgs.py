"""RGS, resources that go together."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.appointments import of_appointment

ROOM = Room(
    "RGS",
    "Resource Group",
    (
        ignores(1, "Set ID RGS", "a counter within the message"),
        keeps(2, "Segment Action Code"),
        keeps(3, "Resource Group ID", *CONCEPT),
    ),
    of_appointment,
)
