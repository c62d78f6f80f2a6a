"""Orders, reports and doses: which ORC belongs to which, and what they are known by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system, entity

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def following(draft: Draft) -> Segment | None:
    """The detail segment that the ORC being read introduces, before the next ORC."""
    for at in range(draft.at + 1, len(draft.segments)):
        name = draft.segments[at].name
        if name in DETAILS:
            return draft.segments[at]
        if name == "ORC":
            return None
    return None


def open_order(draft: Draft, common: Segment | None, detail: Segment) -> Targets:
    """The ServiceRequest of an OBR and the DiagnosticReport on it."""
    code = detail.get(4) or detail.get(4, 2)
    number = order_number(draft, common, detail)
    key = f"{number}|{code}" if number else f"{draft.person}|{code}|{detail.get(7) or draft.key}|{detail.get(1)}"
    request, report = draft.add("ServiceRequest", key), draft.add("DiagnosticReport", key)
    if draft.order_key != key:
        draft.order_key, draft.order = key, {"ServiceRequest": request, "DiagnosticReport": report}
        draft.specimen = draft.dose = ""
        for body in (request, report):
            body["subject"] = draft.subject
            if visit := draft.encounter():
                body["encounter"] = visit
        report["basedOn"] = [{"reference": f"ServiceRequest/{key}"}]
    return draft.order


def specimen_key(draft: Draft, segment: Segment) -> str:
    """What a specimen is known by: SPM-2, the placer's number before the filler's, else its place in the order."""
    for component in (1, 2):
        if number := segment.get(2, component):
            authority = [segment.get(2, component, level) for level in (2, 3, 4)]
            return f"{authority_system(draft, *authority)}|{number}"
    return f"{draft.order_key or draft.person}|{segment.get(1)}"


def specimen_after(draft: Draft) -> Segment | None:
    """The SPM of the order being read, before the next order."""
    for at in range(draft.at + 1, len(draft.segments)):
        name = draft.segments[at].name
        if name == "SPM":
            return draft.segments[at]
        if name in {"ORC", "OBR"}:
            return None
    return None


def open_dose(draft: Draft, common: Segment | None, detail: Segment) -> Targets:
    """The Immunization of an RXA."""
    vaccine, when = detail.get(5) or detail.get(5, 2), detail.get(3)
    number = order_number(draft, common, None)
    key = f"{number}|{vaccine}" if number else f"{draft.person}|{vaccine}|{when}"
    if draft.dose != key:
        draft.dose, draft.order, draft.order_key, draft.specimen = key, {}, "", ""
    dose = draft.add("Immunization", key)
    dose["patient"] = draft.subject
    if visit := draft.encounter():
        dose["encounter"] = visit
    return {"Immunization": dose}


def order_number(draft: Draft, common: Segment | None, detail: Segment | None) -> str:
    """The placer's number, else the filler's, with whose it is; empty without either."""
    for at in (2, 3):
        for segment in (common, detail):
            value = segment.get(at) if segment else ""
            if segment and value and value != '""':
                authority = authority_system(draft, *(segment.get(at, level) for level in (2, 3, 4)))
                return f"{authority}|{value}"
    return ""


def group(rep: Repetition, draft: Draft) -> Json | None:
    """ORC-4: what orders of one sheet share."""
    return entity(rep, draft, "PGN")


DETAILS: dict[str, Callable[[Draft, Segment | None, Segment], Targets]] = {"OBR": open_order, "RXA": open_dose}
"""What may follow an ORC and say what is ordered, and the resources that makes."""
