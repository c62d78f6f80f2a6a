"""RXD, a medicine as it was dispensed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, text
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.staffed import place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, ENTITY, NUMBER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import (
    a_day,
    coded_organization,
    noted,
    open_dispense,
    prescription_number,
    put_together,
    strength,
    supply,
    with_number,
)

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_TAKEN_BACK = {
    "CA": "cancelled",
    "CR": "cancelled",
    "OC": "cancelled",
    "DC": "stopped",
    "DR": "stopped",
    "OD": "stopped",
}


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.under = open_dispense(draft, None, segment)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    """An RXD tells of what was dispensed, unless its ORC takes that back."""
    del segment
    control = draft.common.get(1) if draft.common else ""
    dispensed = "completed" if "whenHandedOver" in targets["MedicationDispense"] else "unknown"
    targets["MedicationDispense"]["status"] = _TAKEN_BACK.get(control, dispensed)
    put_together(draft)


def _by(rep: Repetition, draft: Draft) -> Json | None:
    found = practitioner(rep, draft)
    return found and {"actor": found}


def _prescription(rep: Repetition, draft: Draft) -> Json | None:
    number = prescription_number(rep, draft)
    return number and {"type": "MedicationRequest", "identifier": number}


ROOM = Room(
    "RXD",
    "Pharmacy/Treatment Dispense",
    (
        keeps(1, "Dispense Sub-ID Counter"),
        maps(2, "Dispense/Give Code", "MedicationDispense.medicationCodeableConcept", concept),
        maps(3, "Date/Time Dispensed", "MedicationDispense.whenHandedOver", moment),
        reads(4, "Actual Dispense Amount", "MedicationDispense.quantity", supply("quantity", "", 4, 5)),
        takes(5, "Actual Dispense Units", "MedicationDispense.quantity", with_number(4)),
        maps(6, "Actual Dosage Form", "Medication.form", concept),
        maps(7, "Prescription Number", "MedicationDispense.authorizingPrescription[]", _prescription),
        keeps(8, "Number of Refills Remaining", *NUMBER),
        maps(9, "Dispense Notes", "MedicationDispense.note[]", noted("RXD-9")),
        maps(10, "Dispensing Provider", "MedicationDispense.performer[]", _by),
        keeps(11, "Substitution Status"),
        maps(12, "Total Daily Dose", "Dosage.maxDosePerPeriod", a_day),
        maps(13, "Dispense-to Location", "MedicationDispense.destination", place),
        keeps(14, "Needs Human Review"),
        maps(15, "Special Dispensing Instructions", "Dosage.additionalInstruction[]", concept),
        reads(16, "Actual Strength", "Medication.ingredient.strength", strength(16, 17, 28, 29)),
        takes(17, "Actual Strength Unit", "Medication.ingredient.strength", with_number(16)),
        maps(18, "Substance Lot Number", "Medication.batch.lotNumber", text),
        maps(19, "Substance Expiration Date", "Medication.batch.expirationDate", moment),
        maps(20, "Substance Manufacturer Name", "Medication.manufacturer", coded_organization),
        keeps(21, "Indication", *CONCEPT),
        keeps(22, "Dispense Package Size", *NUMBER),
        keeps(23, "Dispense Package Size Unit", *CONCEPT),
        keeps(24, "Dispense Package Method"),
        keeps(25, "Supplementary Code", *CONCEPT),
        keeps(26, "Initiating Location", *CONCEPT),
        keeps(27, "Packaging/Assembly Location", *CONCEPT),
        reads(28, "Actual Drug Strength Volume", "Medication.ingredient.strength", with_number(16)),
        takes(29, "Actual Drug Strength Volume Units", "Medication.ingredient.strength", with_number(16)),
        keeps(30, "Dispense to Pharmacy", *CONCEPT),
        keeps(31, "Dispense to Pharmacy Address", *ADDRESS),
        keeps(32, "Pharmacy Order Type"),
        maps(33, "Dispense Type", "MedicationDispense.type", concept),
        keeps(34, "Pharmacy Phone Number", *CONTACT),
        keeps(35, "Dispense Tag Identifier", *ENTITY),
    ),
    _open,
    _close,
)
