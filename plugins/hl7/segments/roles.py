"""Who took part and where, as members of visits, doses and procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2
from plugins.hl7.datatypes.staffed import place, practitioner

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_PART = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_TEMPORARY = "http://hl7.org/fhir/uv/v2mappings/StructureDefinition/temporary-location"


_MEMBER = {
    "Patient": "generalPractitioner",
    "Encounter": "participant",
    "ServiceRequest": "performer",
    "Observation": "performer",
    "Immunization": "performer",
    "Procedure": "performer",
}
"""Where a resource names those who took part."""


def role_by(role: int, *who: int) -> Callable[[Draft, Segment], Targets]:
    """Opens a PractitionerRole: a resource of its own (PRT, ROL), and part of what stands before it."""

    def begin(draft: Draft, segment: Segment) -> Targets:
        draft.role = f"{segment.get(role)}|{''.join(map(segment.raw, who))}"
        above = draft.under or draft.home()
        draft.role_of = next(iter(above.items()))
        return {"PractitionerRole": draft.add("PractitionerRole", draft.role), **above}

    return begin


def take_part(draft: Draft, segment: Segment, targets: Targets) -> None:
    """Closes a PractitionerRole: what stands before it names it."""
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


def in_role(role: str) -> Callable[[Repetition, Draft], Json | None]:
    """XCN -> Encounter.participant."""

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = practitioner(rep, draft)
        return found and {"type": [{"coding": [{"system": _PART, "code": role}]}], "individual": found}

    return read


def at_place(status: str, *, temporary: bool = False) -> Callable[[Repetition, Draft], Json | None]:
    """PL -> Encounter.location."""

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = place(rep, draft)
        if found is None:
            return None
        read: Json = {"location": found, "status": status}
        if temporary:
            read["extension"] = [{"url": _TEMPORARY, "valueBoolean": True}]
        return read

    return read


def acted(function: str, who: Json) -> Json:
    """A performer of a dose, by HL7 table 0443."""
    return {"function": {"coding": [{"system": f"{V2}0443", "code": function}]}, "actor": who}
