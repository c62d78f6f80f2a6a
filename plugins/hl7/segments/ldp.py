"""LDP, what a department does in a place."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import of_table
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.keeping import CONCEPT, MOMENT
from plugins.hl7.rows import Room, ignores, keeps, maps
from plugins.hl7.segments.places import of_place
from plugins.hl7.segments.staff import department

ROOM = Room(
    "LDP",
    "Location Department",
    (
        ignores(1, "Primary Key Value LDP", "says again what LOC-1 says"),
        maps(2, "Location Department", "Location.managingOrganization", department),
        maps(3, "Location Service", "Location.type[]", of_table("0069")),
        maps(4, "Specialty Type", "Location.type[]", of_table("0265")),
        keeps(5, "Valid Patient Classes", *CONCEPT),
        keeps(6, "Active/Inactive Flag"),
        keeps(7, "Activation Date LDP", *MOMENT),
        keeps(8, "Inactivation Date LDP", *MOMENT),
        keeps(9, "Inactivated Reason"),
        keeps(10, "Visiting Hours"),
        maps(11, "Contact Phone", "Location.telecom[]", contact("work")),
        keeps(12, "Location Cost Center", *CONCEPT),
    ),
    of_place,
)
