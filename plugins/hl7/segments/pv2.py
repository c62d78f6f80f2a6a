"""PV2, more of the visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by, one_coding, yes_no
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.number import decimal
from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER, ORGANIZATION, extension
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.roles import at_place, in_role

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.home()


def _security(rep: Repetition, draft: Draft) -> Json | None:
    """PV2-22: a protected visit is a restricted one."""
    wanted = yes_no(rep, draft)
    system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    return {"system": system, "code": "R"} if wanted else None


def _length(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft
    days = decimal(segment.get(11))
    if days is None or "Encounter" not in targets:
        return False
    unit = {"unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
    targets["Encounter"]["length"] = {"value": days} | unit
    return True


ROOM = Room(
    "PV2",
    "Patient Visit - Additional Information",
    (
        maps(1, "Prior Pending Location", "Encounter.location[]", at_place("completed" if False else "planned")),
        keeps(2, "Accommodation Code", *CONCEPT),
        maps(3, "Admit Reason", "Encounter.reasonCode[]", concept),
        keeps(4, "Transfer Reason", *CONCEPT),
        keeps(5, "Patient Valuables"),
        keeps(6, "Patient Valuables Location"),
        keeps(7, "Visit User Code", *CONCEPT),
        maps(
            8,
            "Expected Admit Date/Time",
            "Encounter.extension[]",
            extension(
                "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedStartDate",
                "valueDateTime",
                moment,
            ),
        ),
        maps(
            9,
            "Expected Discharge Date/Time",
            "Encounter.extension[]",
            extension(
                "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate",
                "valueDateTime",
                moment,
            ),
        ),
        keeps(10, "Estimated Length of Inpatient Stay", *NUMBER),
        reads(11, "Actual Length of Inpatient Stay", "Encounter.length", _length),
        keeps(12, "Visit Description"),
        maps(13, "Referral Source Code", "Encounter.participant[]", in_role("REF")),
        keeps(14, "Previous Service Date", *MOMENT),
        keeps(15, "Employment Illness Related Indicator"),
        keeps(16, "Purge Status Code", *CONCEPT),
        keeps(17, "Purge Status Date", *MOMENT),
        keeps(18, "Special Program Code", *CONCEPT),
        keeps(19, "Retention Indicator"),
        keeps(20, "Expected Number of Insurance Plans", *NUMBER),
        keeps(21, "Visit Publicity Code", *CONCEPT),
        keeps(22, "Visit Protection Indicator"),
        keeps(23, "Clinic Organization Name", *ORGANIZATION),
        keeps(24, "Patient Status Code", *CONCEPT),
        maps(25, "Visit Priority Code", "Encounter.priority", concept_by("encounter_priority", f"{V2}0217")),
        keeps(26, "Previous Treatment Date", *MOMENT),
        keeps(27, "Expected Discharge Disposition", *CONCEPT),
        keeps(28, "Signature on File Date", *MOMENT),
        keeps(29, "First Similar Illness Date", *MOMENT),
        keeps(30, "Patient Charge Adjustment Code", *CONCEPT),
        keeps(31, "Recurring Service Code", *CONCEPT),
        keeps(32, "Billing Media Code"),
        keeps(33, "Expected Surgery Date and Time", *MOMENT),
        keeps(34, "Military Partnership Code"),
        keeps(35, "Military Non Availability Code"),
        keeps(36, "Newborn Baby Indicator"),
        keeps(37, "Baby Detained Indicator"),
        maps(
            38,
            "Mode of Arrival Code",
            "Encounter.extension[]",
            extension("encounter-modeOfArrival", "valueCoding", one_coding),
        ),
        keeps(39, "Recreational Drug Use Code", *CONCEPT),
        keeps(40, "Admission Level of Care Code", *CONCEPT),
        keeps(41, "Precaution Code", *CONCEPT),
        keeps(42, "Patient Condition Code", *CONCEPT),
        keeps(43, "Living Will Code", *CONCEPT),
        keeps(44, "Organ Donor Code", *CONCEPT),
        keeps(45, "Advance Directive Code", *CONCEPT),
        keeps(46, "Patient Status Effective Date", *MOMENT),
        keeps(47, "Expected Loa Return Date/Time", *MOMENT),
        keeps(48, "Expected Pre Admission Testing Date/Time", *MOMENT),
        keeps(49, "Notify Clergy Code", *CONCEPT),
        keeps(50, "Advance Directive Last Verified Date", *MOMENT),
    ),
    _open,
)
