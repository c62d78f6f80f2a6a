"""RXE, a medicine order as the pharmacy encoded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, MOMENT, NUMBER, PLACE, PRACTITIONER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import (
    a_day,
    amount,
    amount_unit,
    coded_organization,
    intent,
    open_prescription,
    prescription_number,
    put_together,
    rate,
    strength,
    supply,
    whole,
    with_number,
)
from plugins.hl7.segments.quantity import TOLD_BESIDE, told_at_once

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.under = open_prescription(draft, None, segment)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    request = targets["MedicationRequest"]
    request.setdefault("status", "unknown")
    request["intent"] = intent(draft, segment)
    put_together(draft)


def _requester(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXE-13, unless ORC-12 has named who ordered it."""
    found = [one for rep in segment.repetitions(13) if (one := practitioner(rep, draft))]
    known = targets["MedicationRequest"].setdefault("requester", found[0]) if found else None
    return len(found) == 1 and known == found[0]


ROOM = Room(
    "RXE",
    "Pharmacy/Treatment Encoded Order",
    (
        takes(1, "Quantity/Timing", "*.timing", told_at_once(1), also=TOLD_BESIDE, codes="request_priority"),
        maps(2, "Give Code", "MedicationRequest.medicationCodeableConcept", concept),
        reads(3, "Give Amount Minimum", "Dosage.doseAndRate.doseQuantity", amount(3, 4, 5)),
        reads(4, "Give Amount Maximum", "Dosage.doseAndRate.doseRange", amount(3, 4, 5)),
        takes(5, "Give Units", "Dosage.doseAndRate.doseQuantity", amount_unit(3, 4)),
        maps(6, "Give Dosage Form", "Medication.form", concept),
        maps(7, "Provider's Administration Instructions", "Dosage.additionalInstruction[]", concept),
        keeps(8, "Deliver-To Location"),
        maps(9, "Substitution Status", "MedicationRequest.substitution.allowedCodeableConcept", of_table("0167")),
        reads(
            10,
            "Dispense Amount",
            "MedicationRequest.dispenseRequest.quantity",
            supply("dispenseRequest", "quantity", 10, 11),
        ),
        takes(11, "Dispense Units", "MedicationRequest.dispenseRequest.quantity", with_number(10)),
        maps(12, "Number of Refills", "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed", whole),
        takes(13, "Ordering Provider's DEA Number", "MedicationRequest.requester", _requester),
        keeps(14, "Pharmacist/Treatment Supplier's Verifier ID", *PRACTITIONER),
        maps(15, "Prescription Number", "MedicationRequest.identifier[]", prescription_number),
        keeps(16, "Number of Refills Remaining", *NUMBER),
        keeps(17, "Number of Refills/Doses Dispensed", *NUMBER),
        keeps(18, "Date/Time of Most Recent Refill or Dose Dispensed", *MOMENT),
        maps(19, "Total Daily Dose", "Dosage.maxDosePerPeriod", a_day),
        keeps(20, "Needs Human Review"),
        keeps(21, "Special Dispensing Instructions", *CONCEPT),
        keeps(22, "Give Per Time Unit"),
        reads(23, "Give Rate Amount", "Dosage.doseAndRate.rateQuantity", rate(23, 24)),
        takes(24, "Give Rate Units", "Dosage.doseAndRate.rateQuantity", with_number(23)),
        reads(25, "Give Strength", "Medication.ingredient.strength", strength(25, 26, 33, 34)),
        takes(26, "Give Strength Units", "Medication.ingredient.strength", with_number(25)),
        maps(27, "Give Indication", "MedicationRequest.reasonCode[]", concept),
        keeps(28, "Dispense Package Size", *NUMBER),
        keeps(29, "Dispense Package Size Unit", *CONCEPT),
        keeps(30, "Dispense Package Method"),
        keeps(31, "Supplementary Code", *CONCEPT),
        keeps(32, "Original Order Date/Time", *MOMENT),
        reads(33, "Give Drug Strength Volume", "Medication.ingredient.strength", with_number(25)),
        takes(34, "Give Drug Strength Volume Units", "Medication.ingredient.strength", with_number(25)),
        keeps(35, "Controlled Substance Schedule", *CONCEPT),
        keeps(36, "Formulary Status"),
        keeps(37, "Pharmaceutical Substance Alternative", *CONCEPT),
        keeps(38, "Pharmacy of Most Recent Fill", *CONCEPT),
        reads(
            39,
            "Initial Dispense Amount",
            "MedicationRequest.dispenseRequest.initialFill.quantity",
            supply("dispenseRequest", "initialFill", 39, 11),
        ),
        maps(40, "Dispensing Pharmacy", "MedicationRequest.dispenseRequest.performer", coded_organization),
        keeps(41, "Dispensing Pharmacy Address", *ADDRESS),
        keeps(42, "Deliver-to Patient Location", *PLACE),
        keeps(43, "Deliver-to Address", *ADDRESS),
        keeps(44, "Pharmacy Order Type"),
        keeps(45, "Pharmacy Phone Number", *CONTACT),
    ),
    _open,
    _close,
)
