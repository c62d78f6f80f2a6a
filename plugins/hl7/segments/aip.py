"""AIP, who gives an appointment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, reads, takes
from plugins.hl7.segments.appointments import of_appointment, said_of_resource, taking_part

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del targets
    kind = next((one for rep in segment.repetitions(4) if (one := concept(rep, draft))), None)
    for rep in segment.repetitions(3):
        if found := practitioner(rep, draft):
            taking_part(draft, segment, found, kind)


def _staffed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """AIP-3, and AIP-4 with it: each of them takes part."""
    known = not targets.keys().isdisjoint({"Appointment", "Schedule"})
    return known and all(practitioner(rep, draft) for rep in segment.repetitions(3))


def _kind(draft: Draft, segment: Segment, targets: Targets) -> bool:
    return _staffed(draft, segment, targets) and bool(segment.raw(3)) and len(segment.repetitions(4)) == 1


ROOM = Room(
    "AIP",
    "Appointment Information Personnel Resource",
    (
        ignores(1, "Set ID AIP", "a counter within the message"),
        keeps(2, "Segment Action Code"),
        takes(3, "Personnel Resource ID", "Appointment.participant.actor", _staffed, also="Schedule.actor"),
        takes(4, "Resource Type", "Appointment.participant.type", _kind),
        keeps(5, "Resource Group", *CONCEPT),
        reads(6, "Start Date/Time", "Appointment.participant.period", said_of_resource(6)),
        keeps(7, "Start Date/Time Offset", *NUMBER),
        keeps(8, "Start Date/Time Offset Units", *CONCEPT),
        reads(9, "Duration", "Appointment.participant.period", said_of_resource(9)),
        reads(10, "Duration Units", "Appointment.participant.period", said_of_resource(10)),
        keeps(11, "Allow Substitution Code", *CONCEPT),
        reads(
            12, "Filler Status Code", "Appointment.participant.status", said_of_resource(12), codes="appointment_status"
        ),
    ),
    of_appointment,
    _close,
)
