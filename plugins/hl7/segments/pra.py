"""PRA, what a practitioner may do."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import of_table
from plugins.hl7.keeping import CONCEPT, MOMENT
from plugins.hl7.rows import Room, ignores, keeps, maps
from plugins.hl7.segments.staff import in_office, number_of_staff, of_staff, specialty

ROOM = Room(
    "PRA",
    "Practitioner Detail",
    (
        ignores(1, "Primary Key Value PRA", "says again what STF-1 says"),
        keeps(2, "Practitioner Group", *CONCEPT),
        maps(3, "Practitioner Category", "PractitionerRole.code[]", of_table("0186")),
        keeps(4, "Provider Billing"),
        maps(5, "Specialty", "PractitionerRole.specialty[]", specialty),
        maps(6, "Practitioner ID Numbers", "Practitioner.identifier[]", number_of_staff),
        keeps(7, "Privileges"),
        keeps(8, "Date Entered Practice", *MOMENT),
        keeps(9, "Institution", *CONCEPT),
        keeps(10, "Date Left Practice", *MOMENT),
        keeps(11, "Government Reimbursement Billing Eligibility", *CONCEPT),
        ignores(12, "Set ID PRA", "a counter within the message"),
    ),
    of_staff,
    in_office,
)
