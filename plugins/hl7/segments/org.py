"""ORG, the unit a member of the staff belongs to."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import identifier
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, ignores, keeps, maps
from plugins.hl7.segments.staff import department, in_office, of_staff

ROOM = Room(
    "ORG",
    "Practitioner Organization Unit",
    (
        ignores(1, "Set ID ORG", "a counter within the message"),
        maps(2, "Organization Unit Code", "PractitionerRole.organization", department),
        keeps(3, "Organization Unit Type Code", *CONCEPT),
        keeps(4, "Primary Org Unit Indicator"),
        maps(5, "Practitioner Org Unit Identifier", "PractitionerRole.identifier[]", identifier),
        maps(6, "Health Care Provider Type Code", "PractitionerRole.code[]", concept),
        maps(7, "Health Care Provider Classification Code", "PractitionerRole.specialty[]", concept),
        maps(8, "Health Care Provider Area of Specialization Code", "PractitionerRole.specialty[]", concept),
        keeps(9, "Effective Date Range"),
        keeps(10, "Employment Status Code", *CONCEPT),
        keeps(11, "Board Approval Indicator"),
        keeps(12, "Primary Care Physician Indicator"),
        keeps(13, "Cost Center Code", *CONCEPT),
        maps(14, "Communication Information", "PractitionerRole.telecom[]", contact("work")),
    ),
    of_staff,
    in_office,
)
