"""ROL, who has a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.datatypes.staffed import organization, place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT
from plugins.hl7.rows import Room, keeps, maps

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_MEMBER = {
    "Patient": "generalPractitioner",
    "Encounter": "participant",
    "ServiceRequest": "performer",
    "Observation": "performer",
    "Immunization": "performer",
    "Procedure": "performer",
}
"""Where a resource names those who took part."""


def _open(draft: Draft, segment: Segment) -> Targets:
    """A role is a resource of its own, and part of what stands before it."""
    who = "".join(segment.raw(at) for at in (4, 13, 14))
    key = f"{segment.get(3) if segment.name == 'ROL' else segment.get(4)}|{who}"
    above = draft.under or draft.home()
    draft.role_of = next(iter(above.items()))
    draft.role = key
    return {"PractitionerRole": draft.add("PractitionerRole", key), **above}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    kind, body = draft.role_of
    role = targets["PractitionerRole"]
    reference = {"reference": f"PractitionerRole/{draft.role}"}
    if name := role.get("practitioner", {}).get("display"):
        reference["display"] = name
    member: Json = reference
    if kind == "Encounter":
        member = {"individual": reference}
        if "code" in role:
            member["type"] = role["code"]
        if "period" in role:
            member["period"] = role["period"]
    elif kind in {"Immunization", "Procedure"}:
        member = {"actor": reference}
        if "code" in role:
            member["function"] = role["code"][0]
    if kind in _MEMBER:
        body.setdefault(_MEMBER[kind], []).append(member)


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
    _open,
    _close,
)
