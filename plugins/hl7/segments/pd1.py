"""PD1, more of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.staffed import organization, practitioner
from plugins.hl7.keeping import CONCEPT, IDENTIFIER, MOMENT, ORGANIZATION
from plugins.hl7.rows import Room, keeps, maps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return {"Patient": draft.patient}


ROOM = Room(
    "PD1",
    "Patient Additional Demographic",
    (
        keeps(1, "Living Dependency", *CONCEPT),
        keeps(2, "Living Arrangement", *CONCEPT),
        maps(3, "Patient Primary Facility", "Patient.generalPractitioner[]", organization),
        maps(4, "Patient Primary Care Provider Name ID No", "Patient.generalPractitioner[]", practitioner),
        keeps(5, "Student Indicator", *CONCEPT),
        keeps(6, "Handicap", *CONCEPT),
        keeps(7, "Living Will Code", *CONCEPT),
        keeps(8, "Organ Donor Code", *CONCEPT),
        keeps(9, "Separate Bill"),
        keeps(10, "Duplicate Patient", *IDENTIFIER),
        keeps(11, "Publicity Code", *CONCEPT),
        keeps(12, "Protection Indicator"),
        keeps(13, "Protection Indicator Effective Date", *MOMENT),
        keeps(14, "Place of Worship", *ORGANIZATION),
        keeps(15, "Advance Directive Code", *CONCEPT),
        keeps(16, "Immunization Registry Status", *CONCEPT),
        keeps(17, "Immunization Registry Status Effective Date", *MOMENT),
        keeps(18, "Publicity Code Effective Date", *MOMENT),
        keeps(19, "Military Branch", *CONCEPT),
        keeps(20, "Military Rank Grade", *CONCEPT),
        keeps(21, "Military Status", *CONCEPT),
        keeps(22, "Advance Directive Last Verified Date", *MOMENT),
    ),
    _open,
)
