"""AIG, equipment and anything else an appointment needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import code_system, concept
from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, reads, takes
from plugins.hl7.segments.appointments import of_appointment, said_of_resource, taking_part

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del targets
    found = next((one for rep in segment.repetitions(3) if (one := concept(rep, draft))), {})
    kind = next((one for rep in segment.repetitions(4) if (one := concept(rep, draft))), None)
    number = segment.get(3).strip()
    words = found.get("text") or number
    actor: dict[str, object] = {"display": words} if found and words else {}
    if number:
        system = code_system(draft, segment.get(3, 3)) or f"urn:hub:{draft.feed}"
        actor["identifier"] = {"system": system, "value": number}
    if actor or kind:
        taking_part(draft, segment, actor or None, kind)


def _named(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """AIG-3 in one repetition: the code names a thing, so it is its number."""
    del draft
    return not targets.keys().isdisjoint({"Appointment", "Schedule"}) and len(segment.repetitions(3)) == 1


def _kind(draft: Draft, segment: Segment, targets: Targets) -> bool:
    kinds = segment.repetitions(4)
    return "Appointment" in targets and len(kinds) == 1 and concept(kinds[0], draft) is not None


ROOM = Room(
    "AIG",
    "Appointment Information General Resource",
    (
        ignores(1, "Set ID AIG", "a counter within the message"),
        keeps(2, "Segment Action Code"),
        reads(3, "Resource ID", "Appointment.participant.actor", _named, also="Schedule.actor"),
        takes(4, "Resource Type", "Appointment.participant.type", _kind),
        keeps(5, "Resource Group", *CONCEPT),
        keeps(6, "Resource Quantity", *NUMBER),
        keeps(7, "Resource Quantity Units", *CONCEPT),
        reads(8, "Start Date/Time", "Appointment.participant.period", said_of_resource(8)),
        keeps(9, "Start Date/Time Offset", *NUMBER),
        keeps(10, "Start Date/Time Offset Units", *CONCEPT),
        reads(11, "Duration", "Appointment.participant.period", said_of_resource(11)),
        reads(12, "Duration Units", "Appointment.participant.period", said_of_resource(12)),
        keeps(13, "Allow Substitution Code", *CONCEPT),
        reads(
            14, "Filler Status Code", "Appointment.participant.status", said_of_resource(14), codes="appointment_status"
        ),
    ),
    of_appointment,
    _close,
)
