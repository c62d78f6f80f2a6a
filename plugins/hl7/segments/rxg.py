"""RXG, one giving of a medicine that is to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table, text
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.keeping import ADDRESS, CONCEPT, ENTITY, PLACE
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import (
    amount,
    amount_unit,
    coded_organization,
    intent,
    noted,
    open_prescription,
    put_together,
    rate,
    strength,
    supply,
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


ROOM = Room(
    "RXG",
    "Pharmacy/Treatment Give",
    (
        ignores(1, "Give Sub-ID Counter", "a counter within the order, by which the giving is known"),
        keeps(2, "Dispense Sub-ID Counter"),
        takes(3, "Quantity/Timing", "*.timing", told_at_once(3), also=TOLD_BESIDE, codes="request_priority"),
        maps(4, "Give Code", "MedicationRequest.medicationCodeableConcept", concept),
        reads(5, "Give Amount Minimum", "Dosage.doseAndRate.doseQuantity", amount(5, 6, 7)),
        reads(6, "Give Amount Maximum", "Dosage.doseAndRate.doseRange", amount(5, 6, 7)),
        takes(7, "Give Units", "Dosage.doseAndRate.doseQuantity", amount_unit(5, 6)),
        maps(8, "Give Dosage Form", "Medication.form", concept),
        maps(9, "Administration Notes", "MedicationRequest.note[]", noted("RXG-9")),
        maps(10, "Substitution Status", "MedicationRequest.substitution.allowedCodeableConcept", of_table("0167")),
        keeps(11, "Dispense-To Location"),
        keeps(12, "Needs Human Review"),
        maps(13, "Special Administration Instructions", "Dosage.additionalInstruction[]", concept),
        keeps(14, "Give Per Time Unit"),
        reads(15, "Give Rate Amount", "Dosage.doseAndRate.rateQuantity", rate(15, 16)),
        takes(16, "Give Rate Units", "Dosage.doseAndRate.rateQuantity", with_number(15)),
        reads(17, "Give Strength", "Medication.ingredient.strength", strength(17, 18, 23, 24)),
        takes(18, "Give Strength Units", "Medication.ingredient.strength", with_number(17)),
        maps(19, "Substance Lot Number", "Medication.batch.lotNumber", text),
        maps(20, "Substance Expiration Date", "Medication.batch.expirationDate", moment),
        maps(21, "Substance Manufacturer Name", "Medication.manufacturer", coded_organization),
        maps(22, "Indication", "MedicationRequest.reasonCode[]", concept),
        reads(23, "Give Drug Strength Volume", "Medication.ingredient.strength", with_number(17)),
        takes(24, "Give Drug Strength Volume Units", "Medication.ingredient.strength", with_number(17)),
        keeps(25, "Give Barcode Identifier", *CONCEPT),
        keeps(26, "Pharmacy Order Type"),
        maps(27, "Dispense to Pharmacy", "MedicationRequest.dispenseRequest.performer", coded_organization),
        keeps(28, "Dispense to Pharmacy Address", *ADDRESS),
        keeps(29, "Deliver-to Patient Location", *PLACE),
        keeps(30, "Deliver-to Address", *ADDRESS),
        keeps(31, "Give Tag Identifier", *ENTITY),
        reads(
            32,
            "Dispense Amount",
            "MedicationRequest.dispenseRequest.quantity",
            supply("dispenseRequest", "quantity", 32, 33),
        ),
        takes(33, "Dispense Units", "MedicationRequest.dispenseRequest.quantity", with_number(32)),
    ),
    _open,
    _close,
)
