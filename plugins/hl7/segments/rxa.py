"""RXA, one dose given or not given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, text
from plugins.hl7.datatypes.moment import date_time, day, moment
from plugins.hl7.datatypes.number import measured, unit_of
from plugins.hl7.datatypes.parts import default, extended, listed
from plugins.hl7.datatypes.staffed import place, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, ENTITY, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import coded_organization, put_together
from plugins.hl7.segments.orders import open_dose
from plugins.hl7.segments.roles import acted

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment
    from plugins.hl7.rows import Read


UNKNOWN_AMOUNT = "999"


def _open(draft: Draft, segment: Segment) -> Targets:
    common = draft.common if not draft.common_used or draft.event.medicines else None
    draft.common_used = True
    draft.under = open_dose(draft, common, segment)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    dose = _dose(targets)
    standard = draft.standard("completion", segment, 20)
    dose["status"] = "entered-in-error" if segment.get(21) == "D" else standard.code if standard else "completed"
    if "MedicationAdministration" in targets:
        _close_medicine(draft, segment, dose)
        return
    if "occurrenceDateTime" not in dose:
        dose["occurrenceString"] = "unknown"
    default(dose, "vaccineCode", {"text": "unknown"})


def _close_medicine(draft: Draft, segment: Segment, dose: Json) -> None:
    over = date_time(segment.get(4), draft.zone)
    if over and over != dose.get("effectiveDateTime"):
        begun = dose.pop("effectiveDateTime", None)
        dose["effectivePeriod"] = {"start": begun, "end": over} if begun else {"end": over}
    elif "effectiveDateTime" not in dose:
        dose["effectivePeriod"] = extended({}, [{"url": _ABSENT, "valueCode": "unknown"}])
    put_together(draft)


_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def _dose(targets: Targets) -> Json:
    return targets.get("Immunization") or targets["MedicationAdministration"]


def _over(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXA-4: an infusion takes time; a vaccine is given at one, and then it is kept."""
    return "MedicationAdministration" in targets and date_time(segment.get(4), draft.zone) is not None


def _given(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXA-6 and RXA-7; 999 says that the amount is not known."""
    amount = segment.get(6)
    unit = unit_of(next(iter(segment.repetitions(7)), None), draft)
    found = None if amount == UNKNOWN_AMOUNT else measured(amount, unit)
    if found is None:
        return False
    if "Immunization" in targets:
        targets["Immunization"]["doseQuantity"] = found
    else:
        targets["MedicationAdministration"].setdefault("dosage", {})["dose"] = found
    return True


def _unit(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, segment
    dose = _dose(targets)
    return "doseQuantity" in dose or "dose" in dose.get("dosage", {})


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return draft.standard("completion", segment, 20) is not None


def _deleted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, targets
    return segment.get(21) == "D"


def _source(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """RXA-9: 00 says that who reports gave the dose; 01 to 08 where else it is known from; words are notes."""
    dose = _dose(targets)
    for rep in segment.repetitions(9):
        found = concept(rep, draft)
        code = rep.get().strip()
        if found is None or not (found.get("text") or code):
            return False
        if _REPORTED.fullmatch(code) and "Immunization" in targets:
            dose["primarySource"] = code == "00"
            dose["reportOrigin"] = found
        else:
            listed(dose, "note").append({"text": found.get("text") or code})
    return True


_REPORTED = re.compile("0[0-8]")


def _given_by(rep: Repetition, draft: Draft) -> Json | None:
    found = practitioner(rep, draft)
    return found and acted("AP", found)


def _where(at: int) -> Read:
    """RXA-27, else RXA-11: where it was given."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        found = [one for rep in segment.repetitions(at)[:1] if (one := place(rep, draft))]
        if not found or (at == 11 and segment.raw(27)) or "Immunization" not in targets:
            return False
        targets["Immunization"]["location"] = found[0]
        return True

    return read


def _recorded(draft: Draft, segment: Segment, targets: Targets) -> bool:
    when = date_time(segment.get(22), draft.zone)
    if when is None or "Immunization" not in targets:
        return False
    targets["Immunization"]["recorded"] = when
    return True


ROOM = Room(
    "RXA",
    "Pharmacy/Treatment Administration",
    (
        ignores(1, "Give Sub ID Counter", "a counter within the message"),
        ignores(2, "Administration Sub ID Counter", "a counter of administrations; the dose number is in an OBX"),
        maps(
            3,
            "Date/Time Start of Administration",
            "Immunization.occurrenceDateTime MedicationAdministration.effectiveDateTime",
            moment,
        ),
        reads(4, "Date/Time End of Administration", "MedicationAdministration.effectivePeriod.end", _over),
        maps(
            5,
            "Administered Code",
            "Immunization.vaccineCode MedicationAdministration.medicationCodeableConcept",
            concept,
        ),
        reads(6, "Administered Amount", "Immunization.doseQuantity MedicationAdministration.dosage.dose", _given),
        takes(7, "Administered Units", "Immunization.doseQuantity MedicationAdministration.dosage.dose", _unit),
        maps(8, "Administered Dosage Form", "Medication.form", concept),
        takes(9, "Administration Notes", "Immunization.primarySource MedicationAdministration.note", _source),
        maps(
            10,
            "Administering Provider",
            "Immunization.performer[] MedicationAdministration.performer[]",
            _given_by,
        ),
        takes(11, "Administered At Location", "Immunization.location", _where(11)),
        keeps(12, "Administered Per Time Unit"),
        keeps(13, "Administered Strength", *NUMBER),
        keeps(14, "Administered Strength Units", *CONCEPT),
        maps(15, "Substance Lot Number", "Immunization.lotNumber Medication.batch.lotNumber", text),
        maps(16, "Substance Expiration Date", "Immunization.expirationDate Medication.batch.expirationDate", day),
        maps(
            17,
            "Substance Manufacturer Name",
            "Immunization.manufacturer Medication.manufacturer",
            coded_organization,
        ),
        maps(
            18,
            "Substance Treatment Refusal Reason",
            "Immunization.statusReason MedicationAdministration.statusReason[]",
            concept,
        ),
        maps(19, "Indication", "Immunization.reasonCode[] MedicationAdministration.reasonCode[]", concept),
        reads(
            20, "Completion Status", "Immunization.status MedicationAdministration.status", _state, codes="completion"
        ),
        reads(21, "Action Code RXA", "Immunization.status MedicationAdministration.status", _deleted),
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
