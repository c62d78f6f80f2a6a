"""FT1, a charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table
from plugins.hl7.datatypes.identified import bare, filled
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.datatypes.number import decimal, quantity
from plugins.hl7.datatypes.parts import default, listed, parts, sub
from plugins.hl7.datatypes.staffed import organization, practitioner
from plugins.hl7.keeping import CONCEPT, IDENTIFIER, NUMBER, PLACE
from plugins.hl7.lexer import NULL
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.accounts import account_of
from plugins.hl7.segments.medicines import prescription_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_STATUS = {"CG": "billable", "CD": "not-billable", "PY": "not-billable", "AJ": "not-billable"}
"""FT1-6 (HL7 table 0017): a charge; a credit, a payment and an adjustment are no item to bill."""


def _open(draft: Draft, segment: Segment) -> Targets:
    whose = draft.account or draft.visit or draft.person
    number = segment.get(2).strip() or f"{draft.key}|{segment.get(1) or draft.nth('FT1')}"
    key = f"{whose}|FT1|{number}"
    draft.under = {"ChargeItem": draft.add("ChargeItem", key)}
    if segment.raw(29).strip() in {"", NULL}:
        return draft.under
    listed(draft.under["ChargeItem"], "service").append({"reference": f"MedicationDispense/{key}"})
    return {**draft.under, "MedicationDispense": draft.add("MedicationDispense", key)}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    charge = targets["ChargeItem"]
    charge |= {"subject": draft.subject, "status": _STATUS.get(segment.get(6).strip().upper(), "unknown")}
    default(charge, "code", {"text": segment.get(8).strip() or "unknown"})
    if draft.account:
        charge["account"] = [account_of(draft)]
    if dispense := targets.get("MedicationDispense"):
        # The charge does not say whether the medicine was handed out.
        dispense |= {"subject": draft.subject, "status": "unknown"}
        default(dispense, "medicationCodeableConcept", {"text": "unknown"})
    if visit := draft.encounter():
        for body in targets.values():
            body["context"] = visit


def _when(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """FT1-4: a moment, or from and to."""
    first, last = segment.get(4).strip(), segment.get(4, 2).strip()
    start, end = date_time(first, draft.zone), date_time(last, draft.zone)
    if not start or (last and not end):
        return False
    if end and end != start:
        targets["ChargeItem"]["occurrencePeriod"] = {"start": start, "end": end}
    else:
        targets["ChargeItem"]["occurrenceDateTime"] = start
    return len(segment.repetitions(4)) == 1


def _amount(draft: Draft, segment: Segment, targets: Targets) -> bool:
    value = decimal(segment.get(10))
    if value is None:
        return False
    del draft
    targets["ChargeItem"]["quantity"] = {"value": value}
    return True


def _price(rep: Repetition, draft: Draft) -> Json | None:
    """CP -> Money: amount and currency of its first component."""
    value = decimal(rep.get())
    if value is None or any(parts(rep, draft)[1:]):
        return None
    currency = sub(rep, 1, 2)
    return {"value": value} | ({"currency": currency} if currency else {})


def _did(role: str) -> Callable[[Repetition, Draft], Json | None]:
    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = practitioner(rep, draft)
        return found and {"function": {"text": role}, "actor": found}

    return read


def _described(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """FT1-8 is the text of the code, or all there is."""
    del draft
    words = segment.get(8).strip()
    if not words:
        return False
    default(targets["ChargeItem"], "code", {})["text"] = words
    return True


def _procedure(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """FT1-25: what was done, as a Procedure of its own, which the charge is for."""
    found = [one for rep in segment.repetitions(25) if (one := concept(rep, draft))]
    if len(found) != 1:
        return False
    code = segment.get(25) or segment.get(25, 2)
    key = f"{draft.visit or draft.person}|{code}|{segment.get(4)}"
    done = draft.add("Procedure", key)
    done |= {"subject": draft.subject, "status": "completed", "code": found[0]}
    if visit := draft.encounter():
        done["encounter"] = visit
    if when := date_time(segment.get(4).strip(), draft.zone):
        done["performedDateTime"] = when
    listed(targets["ChargeItem"], "service").append({"reference": f"Procedure/{key}"})
    return True


def _prescription(rep: Repetition, draft: Draft) -> Json | None:
    number = prescription_number(rep, draft)
    return number and {"type": "MedicationRequest", "identifier": number}


def _where(rep: Repetition, draft: Draft) -> Json | None:
    """FT1-13: a department."""
    found, code = concept(rep, draft), rep.get().strip()
    name = found and (found.get("text") or code)
    if not name:
        return None
    return {"display": name} | ({"identifier": {"system": f"urn:hub:{draft.feed}", "value": code}} if code else {})


ROOM = Room(
    "FT1",
    "Financial Transaction",
    (
        ignores(1, "Set ID FT1", "a counter within the message"),
        maps(2, "Transaction ID", "ChargeItem.identifier[]", bare("TID")),
        keeps(3, "Transaction Batch ID"),
        takes(4, "Transaction Date", "ChargeItem.occurrenceDateTime", _when, also="ChargeItem.occurrencePeriod"),
        maps(5, "Transaction Posting Date", "ChargeItem.enteredDate", moment),
        keeps(6, "Transaction Type", "valueCodeableConcept", of_table("0017")),
        maps(7, "Transaction Code", "ChargeItem.code", concept),
        reads(8, "Transaction Description", "ChargeItem.code.text", _described),
        keeps(9, "Transaction Description Alt"),
        reads(10, "Transaction Quantity", "ChargeItem.quantity", _amount),
        maps(11, "Transaction Amount Extended", "ChargeItem.priceOverride", _price),
        keeps(12, "Transaction Amount Unit", "valueMoney", _price),
        maps(13, "Department Code", "ChargeItem.costCenter", _where),
        keeps(14, "Health Plan ID", *CONCEPT),
        keeps(15, "Insurance Amount", "valueMoney", _price),
        keeps(16, "Assigned Patient Location", *PLACE),
        keeps(17, "Fee Schedule", *CONCEPT),
        keeps(18, "Patient Type", *CONCEPT),
        maps(19, "Diagnosis Code FT1", "ChargeItem.reason[]", concept),
        maps(20, "Performed by Code", "ChargeItem.performer[]", _did("performer")),
        maps(21, "Ordered by Code", "ChargeItem.performer[]", _did("orderer")),
        keeps(22, "Unit Cost", "valueMoney", _price),
        maps(23, "Filler Order Number", "ChargeItem.identifier[]", filled),
        maps(24, "Entered by Code", "ChargeItem.enterer", practitioner),
        takes(25, "Procedure Code", "ChargeItem.service", _procedure),
        keeps(26, "Procedure Code Modifier", *CONCEPT),
        keeps(27, "Advanced Beneficiary Notice Code", *CONCEPT),
        keeps(28, "Medically Necessary Duplicate Procedure Reason", *CONCEPT),
        maps(
            29,
            "NDC Code",
            "ChargeItem.productCodeableConcept MedicationDispense.medicationCodeableConcept",
            concept,
        ),
        keeps(30, "Payment Reference ID", *IDENTIFIER),
        keeps(31, "Transaction Reference Key", *NUMBER),
        maps(32, "Performing Facility", "ChargeItem.performingOrganization", organization),
        maps(33, "Ordering Facility", "ChargeItem.requestingOrganization", organization),
        keeps(34, "Item Number", *CONCEPT),
        keeps(35, "Model Number"),
        keeps(36, "Special Processing Code", *CONCEPT),
        keeps(37, "Clinic Code", *CONCEPT),
        keeps(38, "Referral Number", *IDENTIFIER),
        keeps(39, "Authorization Number", *IDENTIFIER),
        keeps(40, "Service Provider Taxonomy Code", *CONCEPT),
        keeps(41, "Revenue Code", *CONCEPT),
        maps(42, "Prescription Number", "MedicationDispense.authorizingPrescription[]", _prescription),
        maps(43, "NDC Qty and UOM", "MedicationDispense.quantity", quantity),
    ),
    _open,
    _close,
)
