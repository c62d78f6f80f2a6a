"""Who took part and where, as members of visits, doses and procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2
from plugins.hl7.datatypes.staffed import place, practitioner

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_PART = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_TEMPORARY = "http://hl7.org/fhir/uv/v2mappings/StructureDefinition/temporary-location"


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
