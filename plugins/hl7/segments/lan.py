"""LAN, a language a member of the staff speaks."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import language
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, ignores, keeps, maps
from plugins.hl7.segments.staff import in_office, of_staff

ROOM = Room(
    "LAN",
    "Language Detail",
    (
        ignores(1, "Set ID LAN", "a counter within the message"),
        maps(2, "Language Code", "Practitioner.communication[]", language),
        keeps(3, "Language Ability Code", *CONCEPT),
        keeps(4, "Language Proficiency Code", *CONCEPT),
    ),
    of_staff,
    in_office,
)
