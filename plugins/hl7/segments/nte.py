"""NTE, a note on the segment before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.parts import extended, listed
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import MOMENT
from plugins.hl7.rows import Room, ignores, keeps, reads, takes

if TYPE_CHECKING:
    from typing import Any

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_WITH_NOTES = frozenset(
    {
        "AllergyIntolerance",
        "Condition",
        "Immunization",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "Observation",
        "Procedure",
        "ServiceRequest",
        "Specimen",
    }
)


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    noted = {kind: body for kind, body in draft.under.items() if kind in _WITH_NOTES}
    return noted or draft.under or draft.home()


def _note(draft: Draft, segment: Segment, targets: Targets) -> bool:
    words = "\n".join(rep.get() for rep in segment.repetitions(3)).strip()
    kind, body = next(iter(targets.items()))
    if kind == "Appointment" and words:
        body["comment"] = "\n".join(filter(None, (body.get("comment"), words)))
        return True
    if kind not in _WITH_NOTES or not words:
        return False
    note: Json = {}
    for rep in segment.repetitions(5)[:1]:
        if author := practitioner(rep, draft):
            note["authorReference"] = author
    if when := date_time(segment.get(6), draft.zone):
        note["time"] = when
    note["text"] = words
    kind_of = [one for rep in segment.repetitions(4) if (one := concept(rep, draft))]
    extended(
        note,
        [
            {"url": "http://hl7.org/fhir/StructureDefinition/annotationType", "valueCodeableConcept": one}
            for one in kind_of
        ],
    )
    listed(body, "note").append(note)
    return True


def _with_the_note(at: int) -> Any:
    """Reads a field that ``_note`` has used."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        if next(iter(targets)) not in _WITH_NOTES or not segment.get(3):
            return False
        used = {4: concept, 5: practitioner}.get(at)
        found = segment.repetitions(at)
        if used is None:
            return date_time(segment.get(at), draft.zone) is not None
        return (at != 5 or len(found) == 1) and used(found[0], draft) is not None

    return read


ROOM = Room(
    "NTE",
    "Notes and Comments",
    (
        ignores(1, "Set ID NTE", "a counter within the message"),
        keeps(2, "Source of Comment"),
        takes(3, "Comment", "*.note.text", _note, also="Appointment.comment"),
        takes(4, "Comment Type", "*.note.extension", _with_the_note(4)),
        takes(5, "Entered by", "*.note.authorReference", _with_the_note(5)),
        reads(6, "Entered Date/Time", "*.note.time", _with_the_note(6)),
        keeps(7, "Effective Start Date", *MOMENT),
        keeps(8, "Expiration Date", *MOMENT),
    ),
    _open,
)
