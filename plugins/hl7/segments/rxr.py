"""RXR, how and where a dose entered the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept_by, of_table
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, keeps, maps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.under or draft.home()


ROOM = Room(
    "RXR",
    "Pharmacy/Treatment Route",
    (
        maps(1, "Route", "Immunization.route", concept_by("route", f"{V2}0162")),
        maps(2, "Administration Site", "Immunization.site", of_table("0163")),
        keeps(3, "Administration Device", *CONCEPT),
        keeps(4, "Administration Method", *CONCEPT),
        keeps(5, "Routing Instruction", *CONCEPT),
        keeps(6, "Administration Site Modifier", *CONCEPT),
    ),
    _open,
)
