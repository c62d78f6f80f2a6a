"""CON, what a person has consented to; FHIR's Consent asks for more than it says, so the person keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, ENTITY, MOMENT
from plugins.hl7.rows import Room, ignores, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return {"Patient": draft.patient}


ROOM = Room(
    "CON",
    "Consent",
    (
        ignores(1, "Set ID CON", "a counter within the message"),
        keeps(2, "Consent Type", *CONCEPT),
        keeps(3, "Consent Form ID and Version"),
        keeps(4, "Consent Form Number", *ENTITY),
        keeps(5, "Consent Text"),
        keeps(6, "Subject Specific Consent Text"),
        keeps(7, "Consent Background Information"),
        keeps(8, "Subject Specific Consent Background Text"),
        keeps(9, "Consenter Imposed Limitations"),
        keeps(10, "Consent Mode", *CONCEPT),
        keeps(11, "Consent Status", *CONCEPT),
        keeps(12, "Consent Discussion Date/Time", *MOMENT),
        keeps(13, "Consent Decision Date/Time", *MOMENT),
        keeps(14, "Consent Effective Date/Time", *MOMENT),
        keeps(15, "Consent End Date/Time", *MOMENT),
        keeps(16, "Subject Competence Indicator"),
        keeps(17, "Translator Assistance Indicator"),
        keeps(18, "Language Translated To", *CONCEPT),
        keeps(19, "Informational Material Supplied Indicator"),
        keeps(20, "Consent Bypass Reason", *CONCEPT),
        keeps(21, "Consent Disclosure Level"),
        keeps(22, "Consent Non-disclosure Reason", *CONCEPT),
        keeps(23, "Non-subject Consenter Reason", *CONCEPT),
        keeps(24, "Consenter ID"),
        keeps(25, "Relationship to Subject", *CONCEPT),
    ),
    _open,
)
