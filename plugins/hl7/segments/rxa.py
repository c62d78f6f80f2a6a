"""RXA, one dose given or not given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, text
from plugins.hl7.datatypes.identified import authority_system
from plugins.hl7.datatypes.moment import date_time, day, moment
from plugins.hl7.datatypes.number import measured, unit_of
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.datatypes.staffed import place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, ENTITY, MOMENT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.orders import open_dose
from plugins.hl7.segments.roles import acted

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment
    from plugins.hl7.rows import Read


UNKNOWN_AMOUNT = "999"


def _open(draft: Draft, segment: Segment) -> Targets:
    common = draft.common if not draft.common_used else None
    draft.common_used = True
    draft.under = open_dose(draft, common, segment)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    dose = targets["Immunization"]
    standard = draft.standard("completion", segment, 20)
    dose["status"] = "entered-in-error" if segment.get(21) == "D" else standard.code if standard else "completed"
    if "occurrenceDateTime" not in dose:
        dose["occurrenceString"] = "unknown"
    default(dose, "vaccineCode", {"text": "unknown"})


def _given(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXA-6 and RXA-7; 999 says that the amount is not known."""
    amount = segment.get(6)
    unit = unit_of(next(iter(segment.repetitions(7)), None), draft)
    found = None if amount == UNKNOWN_AMOUNT else measured(amount, unit)
    if found is None:
        return False
    targets["Immunization"]["doseQuantity"] = found
    return True


def _unit(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, segment
    return "doseQuantity" in targets["Immunization"]


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return draft.standard("completion", segment, 20) is not None


def _deleted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, targets
    return segment.get(21) == "D"


def _source(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXA-9: 00 says that who reports gave the dose; 01 to 08 where else it is known from; words are notes."""
    dose = targets["Immunization"]
    for rep in segment.repetitions(9):
        found = concept(rep, draft)
        code = rep.get()
        if found is None:
            return False
        if _REPORTED.fullmatch(code):
            dose["primarySource"] = code == "00"
            dose["reportOrigin"] = found
        else:
            listed(dose, "note").append({"text": found.get("text") or code})
    return True


_REPORTED = re.compile("0[0-8]")


def _given_by(rep: Repetition, draft: Draft) -> Json | None:
    found = practitioner(rep, draft)
    return found and acted("AP", found)


def _maker(rep: Repetition, draft: Draft) -> Json | None:
    """RXA-17: the manufacturer is an Organization, known by its code."""
    found = concept(rep, draft)
    if not found:
        return None
    one: Json = next(iter(found.get("coding", ())), {})
    name = found.get("text") or one.get("code", "")
    key = f"{one.get('system', draft.feed)}|{one.get('code', name)}"
    body: Json = {"resourceType": "Organization", "name": name}
    if "code" in one:
        body["identifier"] = [{"system": one.get("system", authority_system(draft, "")), "value": one["code"]}]
    draft.directory("Organization", key, body)
    return {"reference": f"Organization/{key}", "display": name}


def _where(at: int) -> Read:
    """RXA-27, else RXA-11: where it was given."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        found = [one for rep in segment.repetitions(at)[:1] if (one := place(rep, draft))]
        if not found or (at == 11 and segment.raw(27)):
            return False
        targets["Immunization"]["location"] = found[0]
        return True

    return read


def _recorded(draft: Draft, segment: Segment, targets: Targets) -> bool:
    when = date_time(segment.get(22), draft.zone)
    if when:
        targets["Immunization"]["recorded"] = when
    return bool(when)


ROOM = Room(
    "RXA",
    "Pharmacy/Treatment Administration",
    (
        ignores(1, "Give Sub ID Counter", "a counter within the message"),
        ignores(2, "Administration Sub ID Counter", "a counter of administrations; the dose number is in an OBX"),
        maps(3, "Date/Time Start of Administration", "Immunization.occurrenceDateTime", moment),
        keeps(4, "Date/Time End of Administration", *MOMENT),
        maps(5, "Administered Code", "Immunization.vaccineCode", concept),
        reads(6, "Administered Amount", "Immunization.doseQuantity", _given),
        takes(7, "Administered Units", "Immunization.doseQuantity", _unit),
        keeps(8, "Administered Dosage Form", *CONCEPT),
        takes(9, "Administration Notes", "Immunization.primarySource", _source),
        maps(10, "Administering Provider", "Immunization.performer[]", _given_by),
        takes(11, "Administered At Location", "Immunization.location", _where(11)),
        keeps(12, "Administered Per Time Unit"),
        keeps(13, "Administered Strength", *NUMBER),
        keeps(14, "Administered Strength Units", *CONCEPT),
        maps(15, "Substance Lot Number", "Immunization.lotNumber", text),
        maps(16, "Substance Expiration Date", "Immunization.expirationDate", day),
        maps(17, "Substance Manufacturer Name", "Immunization.manufacturer", _maker),
        maps(18, "Substance Treatment Refusal Reason", "Immunization.statusReason", concept),
        maps(19, "Indication", "Immunization.reasonCode[]", concept),
        reads(20, "Completion Status", "Immunization.status", _state),
        reads(21, "Action Code RXA", "Immunization.status", _deleted),
        reads(22, "System Entry Date/Time", "Immunization.recorded", _recorded),
        keeps(23, "Administered Drug Strength Volume", *NUMBER),
        keeps(24, "Administered Drug Strength Volume Units", *CONCEPT),
        keeps(25, "Administered Barcode Identifier", *CONCEPT),
        keeps(26, "Pharmacy Order Type"),
        takes(27, "Administer At", "Immunization.location", _where(27)),
        keeps(28, "Administered At Address", *ADDRESS),
        keeps(29, "Administered Tag Identifier", *ENTITY),
    ),
    _open,
    _close,
)
