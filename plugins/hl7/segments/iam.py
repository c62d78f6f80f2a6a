"""IAM, an allergy with a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2, concept, with_translation
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.datatypes.parts import EXTENSION, default, extended
from plugins.hl7.keeping import CONCEPT, MOMENT, ORGANIZATION, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


_STATE = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def _open(draft: Draft, segment: Segment) -> Targets:
    what = segment.get(7) or segment.get(3) or segment.get(3, 2) or segment.get(1)
    draft.under = {"AllergyIntolerance": draft.add("AllergyIntolerance", f"{draft.person}|{what}")}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    allergy = targets["AllergyIntolerance"]
    allergy["patient"] = draft.subject
    default(allergy, "clinicalStatus", {"coding": [{"system": _STATE, "code": "active"}]})
    reaction: Json = {}
    if signs := [one for rep in segment.repetitions(5) if (one := concept(rep, draft))]:
        reaction["manifestation"] = signs
    if signs and (severity := table("severity").get(segment.get(4))):
        reaction["severity"] = severity.code
    if reaction:
        allergy["reaction"] = [reaction]


def _kind(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-2: the category, that it is an allergy, and the code as it came."""
    rep = segment.repetitions(2)[0]
    found, code = concept(rep, draft), rep.get()
    category, kind = table("allergy_category").get(code), table("allergy_type").get(code)
    if found is None:
        return False
    allergy = targets["AllergyIntolerance"]
    if category:
        allergy["category"] = [category.code]
    if kind:
        allergy["type"] = kind.code
    extended(allergy, [{"url": f"{EXTENSION}IAM-2", "valueCodeableConcept": with_translation(found, "", f"{V2}0127")}])
    return True


def _severity(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-4: how critical it is, and the code as it came."""
    rep = segment.repetitions(4)[0]
    found, critical = concept(rep, draft), table("criticality").get(rep.get())
    if found is None:
        return False
    allergy = targets["AllergyIntolerance"]
    if critical:
        allergy["criticality"] = critical.code
    extended(allergy, [{"url": f"{EXTENSION}IAM-4", "valueCodeableConcept": with_translation(found, "", f"{V2}0128")}])
    return True


def _reaction(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """What is seen of it; written with the severity."""
    del draft, targets
    return bool(segment.get(5) or segment.get(5, 2))


def _code(rep: Repetition, draft: Draft) -> Json | None:
    return concept(rep, draft)


def _removed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-6 D: it was never true."""
    del draft
    if segment.get(6) != "D":
        return False
    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
    targets["AllergyIntolerance"]["verificationStatus"] = {"coding": [{"system": system, "code": "entered-in-error"}]}
    return True


def _onset(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAM-12, unless IAM-11 gives a date."""
    if date_time(segment.get(11), draft.zone) or not segment.get(12).strip():
        return False
    targets["AllergyIntolerance"]["onsetString"] = segment.get(12).strip()
    return True


ROOM = Room(
    "IAM",
    "Patient Adverse Reaction Information",
    (
        ignores(1, "Set ID IAM", "a counter within the message"),
        takes(2, "Allergen Type Code", "AllergyIntolerance.category", _kind),
        maps(3, "Allergen Code Mnemonic Description", "AllergyIntolerance.code", concept),
        takes(4, "Allergy Severity Code", "AllergyIntolerance.criticality", _severity),
        takes(5, "Allergy Reaction Code", "AllergyIntolerance.reaction", _reaction),
        reads(6, "Allergy Action Code", "AllergyIntolerance.verificationStatus", _removed),
        maps(7, "Allergy Unique Identifier", "AllergyIntolerance.identifier[]", entity),
        keeps(8, "Action Reason"),
        keeps(9, "Sensitivity to Causative Agent Code", *CONCEPT),
        keeps(10, "Allergen Group Code Mnemonic Description", *CONCEPT),
        maps(11, "Onset Date", "AllergyIntolerance.onsetDateTime", moment),
        reads(12, "Onset Date Text", "AllergyIntolerance.onsetString", _onset),
        maps(13, "Reported Date/Time", "AllergyIntolerance.recordedDate", moment),
        keeps(14, "Reported by"),
        keeps(15, "Relationship to Patient Code", *CONCEPT),
        keeps(16, "Alert Device Code", *CONCEPT),
        keeps(17, "Allergy Clinical Status Code", *CONCEPT),
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
    _open,
    _close,
)
