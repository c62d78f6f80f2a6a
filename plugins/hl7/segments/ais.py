"""AIS, a service of an appointment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import instant
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads
from plugins.hl7.segments.appointments import minutes_of, of_appointment, span_from

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_STATUS = {"cancelled": "revoked", "entered-in-error": "entered-in-error", "fulfilled": "completed"}
"""Of the service, by the status of the appointment."""


def _open(draft: Draft, segment: Segment) -> Targets:
    """The service is a request of its own, on which the appointment is based."""
    known = of_appointment(draft, segment)
    if "Appointment" not in known:
        return known
    what = segment.get(3) or segment.get(3, 2) or segment.get(1)
    key = f"{draft.appointed}|{what}"
    draft.under = {"ServiceRequest": draft.add("ServiceRequest", key), **known}
    listed(known["Appointment"], "basedOn").append({"reference": f"ServiceRequest/{key}"})
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    request = targets.get("ServiceRequest")
    if request is None:
        return
    status = _STATUS.get(targets["Appointment"].get("status", ""), "active")
    taken_out = segment.get(2).strip() == "D"
    request |= {"status": "revoked" if taken_out else status, "intent": "filler-order", "subject": draft.subject}
    default(request, "code", {"text": "unknown"})
    if visit := draft.encounter():
        request["encounter"] = visit
    if time := span_from(draft, segment, 4):
        request["occurrencePeriod"] = time


def _timed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    return "ServiceRequest" in targets and instant(segment.get(4).strip(), draft.zone) is not None


def _lasts(draft: Draft, segment: Segment, targets: Targets) -> bool:
    return _timed(draft, segment, targets) and minutes_of(segment, 7, 8) > 0


ROOM = Room(
    "AIS",
    "Appointment Information",
    (
        ignores(1, "Set ID AIS", "a counter within the message"),
        keeps(2, "Segment Action Code"),
        maps(
            3,
            "Universal Service Identifier",
            "ServiceRequest.code Appointment.serviceType[] Slot.serviceType[]",
            concept,
        ),
        reads(4, "Start Date/Time", "ServiceRequest.occurrencePeriod", _timed),
        keeps(5, "Start Date/Time Offset", *NUMBER),
        keeps(6, "Start Date/Time Offset Units", *CONCEPT),
        reads(7, "Duration", "ServiceRequest.occurrencePeriod", _lasts),
        reads(8, "Duration Units", "ServiceRequest.occurrencePeriod", _lasts),
        keeps(9, "Allow Substitution Code", *CONCEPT),
        keeps(10, "Filler Status Code", *CONCEPT),
        maps(11, "Placer Supplemental Service Information", "ServiceRequest.orderDetail[]", concept),
        maps(12, "Filler Supplemental Service Information", "ServiceRequest.orderDetail[]", concept),
    ),
    _open,
    _close,
)
