"""What results under a dose (OBX after RXA) say of the dose itself, by their LOINC codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.number import count
from plugins.hl7.datatypes.parts import listed

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Segment

FUNDING, ELIGIBLE, DOCUMENT, PRESENTED, PUBLISHED, DOSE = (
    "30963-3", "64994-7", "69764-9", "29769-7", "29768-9", "30973-2",
)  # fmt: skip


def told_of_dose(draft: Draft, segment: Segment) -> None:
    """Copies funding, eligibility, dose number and the leaflet handed out into the Immunization."""
    dose = draft.resources["Immunization", draft.dose]
    code = segment.get(3)
    for rep in segment.repetitions(5)[:1]:
        if code == DOSE and (number := count(rep.get())):
            dose["protocolApplied"] = [{"doseNumberPositiveInt": number}]
        elif code in {FUNDING, ELIGIBLE} and (found := concept(rep, draft)):
            dose.update({"fundingSource": found} if code == FUNDING else {"programEligibility": [found]})
        elif code in {DOCUMENT, PRESENTED, PUBLISHED}:
            _handed_out(dose, code, segment.get(4), rep.get(), draft)


def _handed_out(dose: Json, code: str, part: str, value: str, draft: Draft) -> None:
    """One leaflet for each OBX-4."""
    leaflets = listed(dose, "education")
    found = draft.leaflets.get(part)
    if found is None:
        found = draft.leaflets[part] = {}
        leaflets.append(found)
    if code == DOCUMENT:
        found["documentType"] = value
    elif when := date_time(value, draft.zone):
        found["presentationDate" if code == PRESENTED else "publicationDate"] = when
    if not found:
        leaflets.remove(found)
        del draft.leaflets[part]
    if not leaflets:
        del dose["education"]
