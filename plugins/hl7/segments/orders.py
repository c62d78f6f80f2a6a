"""Orders, reports and doses: which ORC belongs to which, and what they are known by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system, entity
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.segments.medicines import open_administration, open_dispense, open_prescription
from plugins.hl7.segments.numbers import order_number

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
    """The ServiceRequest of an OBR, and the DiagnosticReport on it where there is one."""
    code = detail.get(4) or detail.get(4, 2)
    number = order_number(draft, common, detail)
    key = f"{number}|{code}" if number else f"{draft.person}|{code}|{detail.get(7) or draft.key}|{detail.get(1)}"
    request = draft.add("ServiceRequest", key)
    if draft.order_key != key:
        draft.order_key, draft.order = key, {"ServiceRequest": request}
        if not draft.event.orders or detail.raw(25) or detail.raw(22):
            report = draft.order["DiagnosticReport"] = draft.add("DiagnosticReport", key)
            report["basedOn"] = [{"reference": f"ServiceRequest/{key}"}]
        draft.medicine, draft.dose = {}, ""
        if draft.event.specimen_first and draft.specimen:
            _done_on(draft)
        else:
            draft.specimen = ""
        for body in draft.order.values():
            body["subject"] = draft.subject
            if visit := draft.encounter():
                body["encounter"] = visit
    return draft.order


def open_numbered(draft: Draft, common: Segment) -> Targets:
    """The ServiceRequest of an ORC with a number and no OBR: of a charge, or of when a dose was to be given."""
    number = order_number(draft, common, None)
    if not number:
        return {}
    request = draft.add("ServiceRequest", number)
    request |= {"intent": "order", "subject": draft.subject}
    if visit := draft.encounter():
        request["encounter"] = visit
    return {"ServiceRequest": request}


def _done_on(draft: Draft) -> None:
    """The order is for the specimen that stands before it."""
    for body in draft.order.values():
        listed(body, "specimen").append({"reference": f"Specimen/{draft.specimen}"})
    listed(draft.resources["Specimen", draft.specimen], "request").append(
        {"reference": f"ServiceRequest/{draft.order_key}"}
    )


def common_behind(draft: Draft) -> Segment | None:
    """The ORC that stands behind the order being read, before the next order or specimen."""
    for segment in draft.segments[draft.at + 1 :]:
        if segment.name == "ORC":
            return segment
        if segment.name in {"OBR", "SPM", "OBX"}:
            return None
    return None


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
    """The Immunization of an RXA; the MedicationAdministration where the message is about medicines."""
    if draft.event.medicines:
        return open_administration(draft, common, detail)
    vaccine, when = detail.get(5) or detail.get(5, 2), detail.get(3)
    number = order_number(draft, common, None)
    key = f"{number}|{vaccine}" if number else f"{draft.person}|{vaccine}|{when}"
    if draft.dose != key:
        draft.dose, draft.order, draft.order_key, draft.specimen, draft.medicine = key, {}, "", "", {}
    dose = draft.add("Immunization", key)
    dose["patient"] = draft.subject
    if visit := draft.encounter():
        dose["encounter"] = visit
    return {"Immunization": dose}


def group(rep: Repetition, draft: Draft) -> Json | None:
    """ORC-4: what orders of one sheet share."""
    return entity(rep, draft, "PGN")


DETAILS: dict[str, Callable[[Draft, Segment | None, Segment], Targets]] = {
    "OBR": open_order,
    "RXA": open_dose,
    "RXD": open_dispense,
    "RXE": open_prescription,
    "RXG": open_prescription,
    "RXO": open_prescription,
}
"""What may follow an ORC and say what is ordered, and the resources that makes."""
