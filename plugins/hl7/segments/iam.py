"""IAM, an allergy with a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.keeping import CONCEPT, MOMENT, ORGANIZATION, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.allergies import kind, named_by, reaction, severity, with_signs

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


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
        takes(2, "Allergen Type Code", "AllergyIntolerance.category", kind),
        maps(3, "Allergen Code Mnemonic Description", "AllergyIntolerance.code", concept),
        takes(4, "Allergy Severity Code", "AllergyIntolerance.criticality", severity),
        takes(5, "Allergy Reaction Code", "AllergyIntolerance.reaction", reaction),
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
    named_by(7, 3),
    with_signs(concept),
)
