"""AL1, an allergy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.rows import Room, ignores, maps, takes
from plugins.hl7.segments.allergies import kind, named_by, reaction, severity, with_signs

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition


def _sign(rep: Repetition, draft: Draft) -> Json | None:
    """AL1-5 is text."""
    del draft
    words = rep.get().strip()
    return {"text": words} if words else None


ROOM = Room(
    "AL1",
    "Patient Allergy Information",
    (
        ignores(1, "Set ID AL1", "a counter within the message"),
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
        maps(6, "Identification Date", "AllergyIntolerance.onsetDateTime", moment),
    ),
    named_by(3),
    with_signs(_sign),
    each=(1, 6),
)
