"""IAM, an allergy with a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.keeping import CONCEPT, MOMENT, ORGANIZATION, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.allergies import kind, named_by, reaction, severity, with_signs

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance"


def _removed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-6 D: it was never true."""
    del draft
    if segment.get(6) != "D":
        return False
    wrong = {"system": f"{_ALLERGY}-verification", "code": "entered-in-error"}
    targets["AllergyIntolerance"]["verificationStatus"] = {"coding": [wrong]}
    return True


def _onset(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-12, unless IAM-11 gives a date."""
    if date_time(segment.get(11), draft.zone) or not segment.get(12).strip():
        return False
    targets["AllergyIntolerance"]["onsetString"] = segment.get(12).strip()
    return True


def _reported(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-14: the patient or, by IAM-15, somebody close; who says neither is not guessed to be staff."""
    found = [one for rep in segment.repetitions(14) for one in names(rep, draft)]
    kinds = [one for rep in segment.repetitions(15) if (one := _relation(rep, draft))]
    if len(segment.repetitions(14)) > 1 or not found or not kinds:
        return False
    if segment.get(15).strip() == "SEL":
        targets["AllergyIntolerance"]["recorder"] = draft.subject
        return False
    key = f"{draft.person}|{segment.get(15)}|{found[0].get('text', '')}"
    related = draft.add_from("IAM", "RelatedPerson", key)
    related |= {"patient": draft.subject, "name": found, "relationship": kinds}
    targets["AllergyIntolerance"]["recorder"] = {"reference": f"RelatedPerson/{key}"}
    return True


def _related(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-15 goes with the name in IAM-14."""
    del draft
    with_name = "recorder" in targets["AllergyIntolerance"] and segment.get(15).strip() != "SEL"
    return with_name and len(segment.repetitions(15)) == 1


def _certain(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-17: whether it is confirmed, and whether it still is one."""
    known = draft.standard("allergy_certainty", segment, 17)
    if known is None or segment.get(6) == "D":
        return False
    allergy = targets["AllergyIntolerance"]
    allergy["verificationStatus"] = {"coding": [{"system": f"{_ALLERGY}-verification", "code": known.code}]}
    if segment.get(17).strip() == "I":
        allergy["clinicalStatus"] = {"coding": [{"system": f"{_ALLERGY}-clinical", "code": "inactive"}]}
    return True


_relation = concept_by("relationship", f"{V2}0063")


ROOM = Room(
    "IAM",
    "Patient Adverse Reaction Information",
    (
        ignores(1, "Set ID IAM", "a counter within the message"),
        takes(
            2,
            "Allergen Type Code",
            "AllergyIntolerance.category",
            kind,
            also="AllergyIntolerance.type",
            codes="allergy_category allergy_type",
        ),
        maps(3, "Allergen Code Mnemonic Description", "AllergyIntolerance.code", concept),
        takes(
            4,
            "Allergy Severity Code",
            "AllergyIntolerance.criticality",
            severity,
            also="AllergyIntolerance.reaction.severity",
            codes="criticality severity",
        ),
        takes(5, "Allergy Reaction Code", "AllergyIntolerance.reaction", reaction),
        reads(6, "Allergy Action Code", "AllergyIntolerance.verificationStatus", _removed),
        maps(7, "Allergy Unique Identifier", "AllergyIntolerance.identifier[]", entity),
        keeps(8, "Action Reason"),
        keeps(9, "Sensitivity to Causative Agent Code", *CONCEPT),
        keeps(10, "Allergen Group Code Mnemonic Description", *CONCEPT),
        maps(11, "Onset Date", "AllergyIntolerance.onsetDateTime", moment),
        reads(12, "Onset Date Text", "AllergyIntolerance.onsetString", _onset),
        maps(13, "Reported Date/Time", "AllergyIntolerance.recordedDate", moment),
        takes(14, "Reported by", "AllergyIntolerance.recorder", _reported),
        takes(15, "Relationship to Patient Code", "RelatedPerson.relationship", _related),
        keeps(16, "Alert Device Code", *CONCEPT),
        reads(
            17,
            "Allergy Clinical Status Code",
            "AllergyIntolerance.verificationStatus",
            _certain,
            codes="allergy_certainty",
        ),
        keeps(18, "Statused by Person", *PRACTITIONER),
        keeps(19, "Statused by Organization", *ORGANIZATION),
        keeps(20, "Statused At Date/Time", *MOMENT),
        keeps(21, "Inactivated by Person", *PRACTITIONER),
        keeps(22, "Inactivated Date/Time", *MOMENT),
        keeps(23, "Initially Recorded by Person", *PRACTITIONER),
        keeps(24, "Initially Recorded Date/Time", *MOMENT),
        keeps(25, "Modified by Person", *PRACTITIONER),
        keeps(26, "Modified Date/Time", *MOMENT),
        keeps(27, "Clinician Identified Code", *CONCEPT),
        keeps(28, "Initially Recorded by Organization", *ORGANIZATION),
        keeps(29, "Modified by Organization", *ORGANIZATION),
        keeps(30, "Inactivated by Organization", *ORGANIZATION),
    ),
    named_by(7, 3),
    with_signs(concept),
)
