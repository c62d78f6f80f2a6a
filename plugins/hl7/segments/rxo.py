"""RXO, a medicine as it was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, ENTITY, PLACE, PRACTITIONER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import (
    a_day,
    amount,
    amount_unit,
    coded_organization,
    days,
    intent,
    noted,
    open_prescription,
    put_together,
    rate,
    strength,
    supply,
    whole,
    with_number,
)

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
    """RXO-14, unless ORC-12 has named who ordered it."""
    found = [one for rep in segment.repetitions(14) if (one := practitioner(rep, draft))]
    known = targets["MedicationRequest"].setdefault("requester", found[0]) if found else None
    return len(found) == 1 and known == found[0]


ROOM = Room(
    "RXO",
    "Pharmacy/Treatment Order",
    (
        maps(1, "Requested Give Code", "MedicationRequest.medicationCodeableConcept", concept),
        reads(
            2,
            "Requested Give Amount Minimum",
            "Dosage.doseAndRate.doseQuantity",
            amount(2, 3, 4),
            also="Dosage.doseAndRate.doseRange.low",
        ),
        reads(3, "Requested Give Amount Maximum", "Dosage.doseAndRate.doseRange", amount(2, 3, 4)),
        takes(
            4,
            "Requested Give Units",
            "Dosage.doseAndRate.doseQuantity",
            amount_unit(2, 3),
            also="Dosage.doseAndRate.doseRange",
        ),
        maps(5, "Requested Dosage Form", "Medication.form", concept),
        maps(6, "Provider's Pharmacy/Treatment Instructions", "MedicationRequest.note[]", noted("RXO-6")),
        maps(7, "Provider's Administration Instructions", "Dosage.additionalInstruction[]", concept),
        keeps(8, "Deliver-To Location"),
        maps(9, "Allow Substitutions", "MedicationRequest.substitution.allowedCodeableConcept", of_table("0161")),
        keeps(10, "Requested Dispense Code", *CONCEPT),
        reads(
            11,
            "Requested Dispense Amount",
            "MedicationRequest.dispenseRequest.quantity",
            supply("dispenseRequest", "quantity", 11, 12),
        ),
        takes(12, "Requested Dispense Units", "MedicationRequest.dispenseRequest.quantity", with_number(11)),
        maps(13, "Number of Refills", "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed", whole),
        takes(14, "Ordering Provider's DEA Number", "MedicationRequest.requester", _requester),
        keeps(15, "Pharmacist/Treatment Supplier's Verifier ID", *PRACTITIONER),
        keeps(16, "Needs Human Review"),
        keeps(17, "Requested Give Per Time Unit"),
        reads(18, "Requested Give Strength", "Medication.ingredient.strength", strength(18, 19, 25, 26)),
        takes(19, "Requested Give Strength Units", "Medication.ingredient.strength", with_number(18)),
        maps(20, "Indication", "MedicationRequest.reasonCode[]", concept),
        reads(21, "Requested Give Rate Amount", "Dosage.doseAndRate.rateQuantity", rate(21, 22)),
        takes(22, "Requested Give Rate Units", "Dosage.doseAndRate.rateQuantity", with_number(21)),
        maps(23, "Total Daily Dose", "Dosage.maxDosePerPeriod", a_day),
        keeps(24, "Supplementary Code", *CONCEPT),
        reads(25, "Requested Drug Strength Volume", "Medication.ingredient.strength", with_number(18)),
        takes(26, "Requested Drug Strength Volume Units", "Medication.ingredient.strength", with_number(18)),
        keeps(27, "Pharmacy Order Type"),
        maps(28, "Dispensing Interval", "MedicationRequest.dispenseRequest.dispenseInterval", days),
        keeps(29, "Medication Instance Identifier", *ENTITY),
        keeps(30, "Segment Instance Identifier", *ENTITY),
        keeps(31, "Mood Code", *CONCEPT),
        maps(32, "Dispensing Pharmacy", "MedicationRequest.dispenseRequest.performer", coded_organization),
        keeps(33, "Dispensing Pharmacy Address", *ADDRESS),
        keeps(34, "Deliver-to Patient Location", *PLACE),
        keeps(35, "Deliver-to Address", *ADDRESS),
        keeps(36, "Pharmacy Phone Number", *CONTACT),
    ),
    _open,
    _close,
)
