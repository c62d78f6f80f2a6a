"""PRT, who took part."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.datatypes.staffed import organization, place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, ENTITY, MOMENT
from plugins.hl7.rows import Room, keeps, maps
from plugins.hl7.segments.roles import role_by, take_part

ROOM = Room(
    "PRT",
    "Participation Information",
    (
        keeps(1, "Participation Instance ID", *ENTITY),
        keeps(2, "Action Code"),
        keeps(3, "Action Reason", *CONCEPT),
        maps(4, "Participation", "PractitionerRole.code[]", concept),
        maps(5, "Participation Person", "PractitionerRole.practitioner", practitioner),
        maps(6, "Participation Person Provider Type", "PractitionerRole.specialty[]", concept),
        keeps(7, "Participant Organization Unit Type", *CONCEPT),
        maps(8, "Participation Organization", "PractitionerRole.organization", organization),
        maps(9, "Participant Location", "PractitionerRole.location[]", place),
        keeps(10, "Participation Device", *ENTITY),
        maps(11, "Participation Begin Date/Time Arrival Time", "PractitionerRole.period.start", moment),
        maps(12, "Participation End Date/Time Departure Time", "PractitionerRole.period.end", moment),
        keeps(13, "Participation Qualitative Duration", *CONCEPT),
        keeps(14, "Participation Address", *ADDRESS),
        maps(15, "Participant Telecommunication Address", "PractitionerRole.telecom[]", contact("")),
        keeps(16, "Participant Device Identifier", *ENTITY),
        keeps(17, "Participant Device Manufacture Date", *MOMENT),
        keeps(18, "Participant Device Expiry Date", *MOMENT),
        keeps(19, "Participant Device Lot Number"),
        keeps(20, "Participant Device Serial Number"),
        keeps(21, "Participant Device Donation Identification", *ENTITY),
        keeps(22, "Participation Device Type", *CONCEPT),
        keeps(23, "Preferred Method of Contact", *CONCEPT),
        keeps(24, "Contact Identifiers"),
    ),
    role_by(4, 5, 8, 9, 10),
    take_part,
)
