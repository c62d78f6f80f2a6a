"""DB1, a disability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.parts import EXTENSION, extended
from plugins.hl7.keeping import CONCEPT, IDENTIFIER, MOMENT
from plugins.hl7.rows import Room, ignores, keeps, reads

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """Whose it is: the patient's, a guarantor's, an insured person's; kept where the record has a place for it."""
    del segment
    return {"Patient": draft.patient}


def _disabled(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """DB1-4, when it is the patient who is disabled."""
    del draft
    known = {"Y": True, "N": False}.get(segment.get(4))
    if known is None or segment.get(2) != "PT":
        return False
    extended(targets["Patient"], [{"url": f"{EXTENSION}DB1-4", "valueBoolean": known}])
    return True


def _span(draft: Draft, segment: Segment, targets: Targets) -> bool:
    time = span(segment.get(5), segment.get(6), draft)
    if len(time) < 2:
        return False
    found = {"url": f"{EXTENSION}DB1-5", "valuePeriod": time}
    if found not in targets["Patient"].get("extension", ()):
        extended(targets["Patient"], [found])
    return True


ROOM = Room(
    "DB1",
    "Disability",
    (
        ignores(1, "Set ID DB1", "a counter within the message"),
        keeps(2, "Disabled Person Code", *CONCEPT),
        keeps(3, "Disabled Person Identifier", *IDENTIFIER),
        reads(4, "Disability Indicator", "Patient.extension", _disabled),
        reads(5, "Disability Start Date", "Patient.extension", _span),
        reads(6, "Disability End Date", "Patient.extension", _span),
        keeps(7, "Disability Return to Work Date", *MOMENT),
        keeps(8, "Disability Unable to Work Date", *MOMENT),
    ),
    _open,
)
