"""Medicines ordered (RXO, RXE), to be given (RXG), dispensed (RXD), given (RXA): what their segments share."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import authority_system
from plugins.hl7.datatypes.number import count, decimal, measured, quantity, unit_of
from plugins.hl7.datatypes.parts import EXTENSION, default, extended, first_only, listed
from plugins.hl7.segments.numbers import order_number
from plugins.hl7.segments.timing import UCUM

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment
    from plugins.hl7.rows import Read

_CODE = {"RXO": 1, "RXE": 2, "RXG": 4, "RXD": 2, "RXA": 5}
"""The field that says which medicine."""
_FROM_COMMON = ("identifier", "groupIdentifier", "status", "authoredOn", "requester", "recorder", "priority")
PRODUCT = "product"


def open_prescription(draft: Draft, common: Segment | None, detail: Segment) -> Targets:
    """The MedicationRequest of an RXO, RXE or RXG. What the pharmacy made of an order (RXE) is one of its own."""
    key = _key(draft, common, detail)
    if detail.name != "RXO":
        key = f"{key}|{detail.name}" + (f"-{detail.get(1)}" if detail.name == "RXG" else "")
    if draft.prescription == key and "MedicationRequest" in draft.medicine:
        return draft.medicine
    before, draft.prescription = draft.prescription, key
    request = draft.add("MedicationRequest", key)
    request["subject"] = draft.subject
    if visit := draft.encounter():
        request["encounter"] = visit
    if before not in {"", key}:
        request["basedOn"] = [{"reference": f"MedicationRequest/{before}"}]
    for name, value in deepcopy(draft.ordered).items():
        request.setdefault(name, value)
    return _opened(draft, "MedicationRequest", key)


def intent(draft: Draft, segment: Segment) -> str:
    """What the doctor wants, what the pharmacy makes of it, or one single giving of it."""
    if segment.name == "RXG":
        return "instance-order"
    if segment.name == "RXO":
        return "original-order"
    return "filler-order" if "basedOn" in draft.medicine["MedicationRequest"] else "order"


def open_dispense(draft: Draft, common: Segment | None, detail: Segment) -> Targets:
    """The MedicationDispense of an RXD."""
    key = f"{_key(draft, common, detail)}|{detail.get(1) or detail.get(3)}"
    if draft.order_key == key and "MedicationDispense" in draft.medicine:
        return draft.medicine
    dispense = draft.add("MedicationDispense", key)
    dispense["subject"] = draft.subject
    if visit := draft.encounter():
        dispense["context"] = visit
    if draft.prescription:
        dispense["authorizingPrescription"] = [{"reference": f"MedicationRequest/{draft.prescription}"}]
    if numbers := draft.ordered.get("identifier"):
        dispense.setdefault("identifier", deepcopy(numbers))
    return _opened(draft, "MedicationDispense", key)


def open_administration(draft: Draft, common: Segment | None, detail: Segment) -> Targets:
    """The MedicationAdministration of an RXA that is about a medicine."""
    key = f"{_key(draft, common, detail)}|{detail.get(3) or detail.get(2)}"
    if draft.order_key == key and "MedicationAdministration" in draft.medicine:
        return draft.medicine
    given = draft.add("MedicationAdministration", key)
    given["subject"] = draft.subject
    if visit := draft.encounter():
        given["context"] = visit
    if draft.prescription:
        given["request"] = {"reference": f"MedicationRequest/{draft.prescription}"}
    if numbers := draft.ordered.get("identifier"):
        given.setdefault("identifier", deepcopy(numbers))
    return _opened(draft, "MedicationAdministration", key)


def _key(draft: Draft, common: Segment | None, detail: Segment) -> str:
    at = _CODE[detail.name]
    code = detail.get(at) or detail.get(at, 2)
    if number := order_number(draft, common or draft.common, None):
        return f"{number}|{code}"
    return f"{draft.person}|{code}|{draft.key}|{detail.occurrence}"


def _opened(draft: Draft, kind: str, key: str) -> Targets:
    body = draft.resources[kind, key]
    draft.order_key, draft.order, draft.dose, draft.specimen = key, {kind: body}, "", ""
    draft.medicine = {kind: body, "Medication": {"resourceType": "Medication", "id": PRODUCT}}
    if kind != "MedicationAdministration":
        draft.medicine["Dosage"] = {}
    return draft.medicine


def of_medicine(draft: Draft, segment: Segment) -> Targets:
    """Opens what a segment behind an order, dispense or dose adds to."""
    del segment
    return draft.medicine or draft.under or draft.home()


def put_together(draft: Draft) -> None:
    """Dosage and composition become a part of what they are of, once they say something."""
    body = next(iter(draft.medicine.values()))
    dosage = draft.medicine.get("Dosage")
    if dosage and not any(one is dosage for one in body.get("dosageInstruction", ())):
        listed(body, "dosageInstruction").append(dosage)
    product = draft.medicine["Medication"]
    if len(product) > 2 and "contained" not in body:
        body["contained"] = [product]
        listed(body, "supportingInformation").append({"reference": f"#{PRODUCT}"})
    default(body, "medicationCodeableConcept", {"text": "unknown"})
    if "contained" in body:
        product.setdefault("code", body["medicationCodeableConcept"])


def said_by_common(request: Json) -> Json:
    """What an ORC says of the order is said of each request behind it."""
    return {name: deepcopy(request[name]) for name in _FROM_COMMON if name in request}


def amount(low: int, high: int, units: int) -> Read:
    """How much to give: a quantity, or a range where the most is another than the least."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        unit = unit_of(next(iter(segment.repetitions(units)), None), draft)
        least, most = decimal(segment.get(low)), decimal(segment.get(high)) if high else None
        if (segment.get(low) and least is None) or (high and segment.get(high) and most is None):
            return False
        if least is None and most is None:
            return False
        rate = _rate(targets["Dosage"])
        if least is not None and (most is None or most == least):
            rate["doseQuantity"] = {"value": least, **unit}
        else:
            bounds = {"low": least, "high": most}
            rate["doseRange"] = {name: {"value": value, **unit} for name, value in bounds.items() if value is not None}
        return True

    return read


def amount_unit(low: int, high: int) -> Read:
    """The unit is in the quantity, where there is one."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del draft
        rates = targets["Dosage"].get("doseAndRate") or [{}]
        return bool(rates[0].keys() & {"doseQuantity", "doseRange"}) and bool(segment.get(low) or segment.get(high))

    return read


def rate(value: int, units: int) -> Read:
    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        unit = unit_of(next(iter(segment.repetitions(units)), None), draft)
        found = measured(segment.get(value), unit)
        if found is None:
            return False
        _rate(targets["Dosage"])["rateQuantity"] = found
        return True

    return read


def _rate(dosage: Json) -> Json:
    rates = listed(dosage, "doseAndRate")
    if not rates:
        rates.append({})
    return rates[0]  # type: ignore[no-any-return]


def supply(element: str, part: str, value: int, units: int) -> Read:
    """A quantity in two fields: how much to dispense, or what was dispensed."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        unit = unit_of(next(iter(segment.repetitions(units)), None), draft)
        found = measured(segment.get(value), unit)
        if found is None:
            return False
        body = next(iter(targets.values()))
        if part:
            body = body.setdefault(element, {})
            element_of = part
        else:
            element_of = element
        body[element_of] = found
        return True

    return read


def with_number(value: int) -> Read:
    """A unit says nothing without its number, and is in the quantity with it."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del draft, targets
        return measured(segment.get(value), {}) is not None

    return read


def strength(value: int, units: int, volume: int, volume_units: int) -> Read:
    """How much of the medicine is in one piece, or in so much of it."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        found = _ratio(draft, segment, value, units, volume, volume_units)
        if found is None:
            return False
        at = _CODE[segment.name]
        what = next((one for rep in segment.repetitions(at)[:1] if (one := concept(rep, draft))), {"text": "unknown"})
        targets["Medication"]["ingredient"] = [{"itemCodeableConcept": what, "strength": found}]
        return True

    return read


def _ratio(  # noqa: PLR0913, PLR0917 two quantities of two fields each
    draft: Draft, segment: Segment, value: int, units: int, volume: int, volume_units: int
) -> Json | None:
    numerator = measured(segment.get(value), unit_of(next(iter(segment.repetitions(units)), None), draft))
    per: Json = {"value": 1}
    if volume and segment.get(volume):
        given = measured(segment.get(volume), unit_of(next(iter(segment.repetitions(volume_units)), None), draft))
        if given is None:
            return None
        per = given
    return {"numerator": numerator, "denominator": per} if numerator else None


def mixed(draft: Draft, segment: Segment) -> Json | None:
    """RXC-3 and RXC-4: how much of a component is in the mixture."""
    return _ratio(draft, segment, 3, 4, 0, 0)


def a_day(rep: Repetition, draft: Draft) -> Json | None:
    """CQ -> Ratio: so much a day at most."""
    found = quantity(rep, draft)
    return found and {"numerator": found, "denominator": {"value": 1, "unit": "day", "system": UCUM, "code": "d"}}


@first_only
def whole(rep: Repetition, draft: Draft) -> int | None:
    """NM -> unsignedInt."""
    del draft
    return count(rep.get())


@first_only
def days(rep: Repetition, draft: Draft) -> Json | None:
    """NM -> Duration in days."""
    del draft
    found = decimal(rep.get())
    return {"value": found, "unit": "days", "system": UCUM, "code": "d"} if found else None


def noted(place: str) -> Callable[[Repetition, Draft], Json | None]:
    """CWE -> Annotation in words; its codes stay with it."""

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = concept(rep, draft)
        words = found and (found.get("text") or rep.get().strip())
        if not found or not words:
            return None
        coded = [{"url": f"{EXTENSION}{place}", "valueCodeableConcept": found}] if "coding" in found else []
        return extended({"text": words}, coded)

    return read


def coded_organization(rep: Repetition, draft: Draft) -> Json | None:
    """CWE -> an Organization, known by its code, and the reference to it: a maker, a pharmacy."""
    found = concept(rep, draft) or {}
    one: Json = next(iter(found.get("coding", ())), {})
    name = found.get("text") or one.get("code", "")
    if not name:
        return None
    key = f"{one.get('system', draft.feed)}|{one.get('code', name)}"
    body: Json = {"resourceType": "Organization", "name": name}
    if "code" in one:
        body["identifier"] = [{"system": one.get("system", authority_system(draft, "")), "value": one["code"]}]
    draft.directory("Organization", key, body)
    return {"reference": f"Organization/{key}", "display": name}


@first_only
def prescription_number(rep: Repetition, draft: Draft) -> Json | None:
    """ST -> Identifier of a prescription: the pharmacy's number for it."""
    value = rep.get().strip()
    kind = {"text": "prescription number"}
    return {"type": kind, "system": authority_system(draft, "RX"), "value": value} if value else None
