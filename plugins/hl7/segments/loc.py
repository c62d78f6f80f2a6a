"""LOC, a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import of_table, text
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.datatypes.staffed import organization
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, keeps, maps, takes
from plugins.hl7.segments.places import place_named

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    targets = place_named(draft, segment, 1)
    if draft.event.about == "places":
        draft.base = targets
    return targets


def _placed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """LOC-1: the place, and those around it."""
    del draft
    return "Location" in targets and len(segment.repetitions(1)) == 1


ROOM = Room(
    "LOC",
    "Location Identification",
    (
        takes(1, "Primary Key Value LOC", "Location.name", _placed),
        maps(2, "Location Description", "Location.description", text),
        maps(3, "Location Type LOC", "Location.type[]", of_table("0260")),
        maps(4, "Organization Name LOC", "Location.managingOrganization", organization),
        maps(5, "Location Address", "Location.address", address),
        maps(6, "Location Phone", "Location.telecom[]", contact("work")),
        keeps(7, "License Number", *CONCEPT),
        keeps(8, "Location Equipment", *CONCEPT),
        keeps(9, "Location Service Code", *CONCEPT),
    ),
    _open,
)
