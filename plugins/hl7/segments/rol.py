"""ROL, who has a part."""

from __future__ import annotations

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.datatypes.staffed import organization, place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT
from plugins.hl7.rows import Room, keeps, maps
from plugins.hl7.segments.roles import role_by, take_part

ROOM = Room(
    "ROL",
    "Role",
    (
        maps(1, "Role Instance ID", "PractitionerRole.identifier[]", entity),
        keeps(2, "Action Code"),
        maps(3, "Role ROL", "PractitionerRole.code[]", concept_by("participation", f"{V2}0443")),
        maps(4, "Role Person", "PractitionerRole.practitioner", practitioner),
        maps(5, "Role Begin Date/Time", "PractitionerRole.period.start", moment),
        maps(6, "Role End Date/Time", "PractitionerRole.period.end", moment),
        keeps(7, "Role Duration", *CONCEPT),
        keeps(8, "Role Action Reason", *CONCEPT),
        maps(9, "Provider Type", "PractitionerRole.specialty[]", concept),
        maps(10, "Organization Unit Type", "PractitionerRole.code[]", concept),
        keeps(11, "Office Home Address Birthplace", *ADDRESS),
        maps(12, "Phone", "PractitionerRole.telecom[]", contact("")),
        maps(13, "Person's Location", "PractitionerRole.location[]", place),
        maps(14, "Organization", "PractitionerRole.organization", organization),
    ),
    role_by(3, 4, 13, 14),
    take_part,
)
