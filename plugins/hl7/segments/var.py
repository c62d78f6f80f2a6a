"""VAR, what went otherwise than planned with the problem, goal or pathway before it."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, ENTITY, MOMENT, PRACTITIONER
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import under_or_home

ROOM = Room(
    "VAR",
    "Variance",
    (
        keeps(1, "Variance Instance ID", *ENTITY),
        keeps(2, "Documented Date/Time", *MOMENT),
        keeps(3, "Stated Variance Date/Time", *MOMENT),
        keeps(4, "Variance Originator", *PRACTITIONER),
        keeps(5, "Variance Classification", *CONCEPT),
        keeps(6, "Variance Description"),
    ),
    under_or_home,
)
