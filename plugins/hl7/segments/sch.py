"""SCH, an appointment; or time that is blocked (S23, S24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.datatypes.coded import of_table
from plugins.hl7.datatypes.identified import filled, numbered, placed
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, ENTITY, NUMBER, PLACE
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.appointments import appointment_key, minutes_of, state_of_patient, time_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    key = appointment_key(draft, segment)
    if draft.event.about == "slot":
        return _slot(draft, key)
    draft.under = draft.appointment = {"Appointment": draft.add("Appointment", key)}
    draft.appointed = key
    return draft.under


def _slot(draft: Draft, key: str) -> Targets:
    """FHIR's blocked time is a Slot of the Schedule of whom and what it is about."""
    slot, schedule = draft.add("Slot", key), draft.add("Schedule", key)
    slot |= {"schedule": {"reference": f"Schedule/{key}"}, "status": draft.event.appointment}
    draft.under = draft.appointment = {"Slot": slot, "Schedule": schedule}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    one = next(iter(targets.values()))
    one |= {name: time for name, time in zip(("start", "end"), time_of(draft), strict=True) if time}
    if "Slot" in targets:
        if not {"start", "end"} <= one.keys():
            raise ParseError("blocked time needs a start and an end", place="SCH-11")
        if not any(segment.name in {"AIG", "AIL", "AIP"} for segment in draft.segments):
            targets["Schedule"]["actor"] = [{"display": "unknown"}]
        return
    said = draft.standard("appointment_status", segment, 25)
    one["status"] = draft.event.appointment if draft.event.states or not said else said.code
    default(one, "status", "booked")
    patient: Json = {"actor": draft.subject, "status": state_of_patient(one["status"])}
    listed(one, "participant").insert(0, patient)


def _status(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """SCH-25, unless the event has the last word."""
    return (
        "Appointment" in targets and not draft.event.states and bool(draft.standard("appointment_status", segment, 25))
    )


def _lasts(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """SCH-9 with its unit in SCH-10; of a Slot the end says it."""
    del draft
    minutes = minutes_of(segment, 9, 10)
    if "Appointment" not in targets or not minutes:
        return False
    targets["Appointment"]["minutesDuration"] = minutes
    return True


def _contact(role: str) -> Callable[[Repetition, Draft], Json | None]:
    """XCN -> a participant of a role: who asked, who gave, who wrote the appointment."""

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = practitioner(rep, draft)
        return found and {"type": [{"text": role}], "actor": found, "status": "accepted"}

    return read


ROOM = Room(
    "SCH",
    "Scheduling Activity Information",
    (
        maps(1, "Placer Appointment ID", "Appointment.identifier[] Slot.identifier[]", placed),
        maps(2, "Filler Appointment ID", "Appointment.identifier[] Slot.identifier[]", filled),
        keeps(3, "Occurrence Number", *NUMBER),
        keeps(4, "Placer Order Group Number", *ENTITY),
        keeps(5, "Schedule ID", *CONCEPT),
        keeps(6, "Event Reason", *CONCEPT),
        maps(7, "Appointment Reason", "Appointment.reasonCode[] Slot.serviceType[]", of_table("0276")),
        maps(8, "Appointment Type", "Appointment.appointmentType Slot.appointmentType", of_table("0277")),
        reads(9, "Appointment Duration", "Appointment.minutesDuration", _lasts),
        reads(10, "Appointment Duration Units", "Appointment.minutesDuration", _lasts),
        keeps(11, "Appointment Timing Quantity"),
        maps(12, "Placer Contact Person", "Appointment.participant[]", _contact("placer contact")),
        keeps(13, "Placer Contact Phone Number", *CONTACT),
        keeps(14, "Placer Contact Address", *ADDRESS),
        keeps(15, "Placer Contact Location", *PLACE),
        maps(16, "Filler Contact Person", "Appointment.participant[]", _contact("filler contact")),
        keeps(17, "Filler Contact Phone Number", *CONTACT),
        keeps(18, "Filler Contact Address", *ADDRESS),
        keeps(19, "Filler Contact Location", *PLACE),
        maps(20, "Entered by Person", "Appointment.participant[]", _contact("enterer")),
        keeps(21, "Entered by Phone Number", *CONTACT),
        keeps(22, "Entered by Location", *PLACE),
        keeps(23, "Parent Placer Appointment ID", *ENTITY),
        keeps(24, "Parent Filler Appointment ID", *ENTITY),
        reads(25, "Filler Status Code", "Appointment.status", _status, codes="appointment_status"),
        maps(26, "Placer Order Number", "Appointment.basedOn[]", numbered),
        maps(27, "Filler Order Number", "Appointment.basedOn[]", numbered),
        keeps(28, "Alternate Placer Order Group Number", *ENTITY),
    ),
    _open,
    _close,
)
