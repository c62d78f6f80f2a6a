"""LRL, what a place has to do with another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.staffed import place
from plugins.hl7.keeping import CONCEPT, ENTITY, ORGANIZATION
from plugins.hl7.rows import Room, ignores, keeps, takes
from plugins.hl7.segments.places import of_place

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _around(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """LRL-6 of kind PAR: the place around it; of any other kind a place it has to do with."""
    found = [one for rep in segment.repetitions(6) if (one := place(rep, draft))]
    if "Location" not in targets or len(found) != 1 or segment.get(4).strip() != "PAR":
        return False
    targets["Location"]["partOf"] = found[0]
    return True


ROOM = Room(
    "LRL",
    "Location Relationship",
    (
        ignores(1, "Primary Key Value LRL", "says again what LOC-1 says"),
        keeps(2, "Segment Action Code"),
        keeps(3, "Segment Unique Key", *ENTITY),
        keeps(4, "Location Relationship ID", *CONCEPT),
        keeps(5, "Organizational Location Relationship Value", *ORGANIZATION),
        takes(6, "Patient Location Relationship Value", "Location.partOf", _around),
    ),
    of_place,
)
