"""RXR, how and where a dose enters the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by, of_table
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, keeps, maps
from plugins.hl7.segments.medicines import of_medicine, put_together

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """A further way of an order or dispense is a dosage of its own; a dose that was given went one way."""
    if "route" in draft.medicine.get("Dosage", {}):
        draft.medicine["Dosage"] = {}
    return of_medicine(draft, segment)


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if targets is draft.medicine and targets:
        put_together(draft)


ROOM = Room(
    "RXR",
    "Pharmacy/Treatment Route",
    (
        maps(
            1,
            "Route",
            "Immunization.route Dosage.route MedicationAdministration.dosage.route",
            concept_by("route", f"{V2}0162"),
        ),
        maps(
            2,
            "Administration Site",
            "Immunization.site Dosage.site MedicationAdministration.dosage.site",
            of_table("0163"),
        ),
        keeps(3, "Administration Device", *CONCEPT),
        maps(4, "Administration Method", "Dosage.method MedicationAdministration.dosage.method", of_table("0165")),
        maps(5, "Routing Instruction", "Dosage.additionalInstruction[]", concept),
        keeps(6, "Administration Site Modifier", *CONCEPT),
    ),
    _open,
    _close,
)
