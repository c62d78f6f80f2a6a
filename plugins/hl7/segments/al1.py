"""AL1, an allergy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2, concept, with_translation
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.parts import EXTENSION, default, extended
from plugins.hl7.rows import Room, ignores, maps, takes

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_STATE = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def _open(draft: Draft, segment: Segment) -> Targets:
    what = segment.get(3) or segment.get(3, 2) or segment.get(1)
    draft.under = {"AllergyIntolerance": draft.add("AllergyIntolerance", f"{draft.person}|{what}")}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    allergy = targets["AllergyIntolerance"]
    allergy["patient"] = draft.subject
    default(allergy, "clinicalStatus", {"coding": [{"system": _STATE, "code": "active"}]})
    reaction: Json = {}
    if signs := [{"text": words} for rep in segment.repetitions(5) if (words := rep.get().strip())]:
        reaction["manifestation"] = signs
    if signs and (severity := table("severity").get(segment.get(4))):
        reaction["severity"] = severity.code
    if reaction:
        allergy["reaction"] = [reaction]


def _kind(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """AL1-2: the category, that it is an allergy, and the code as it came."""
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
    extended(allergy, [{"url": f"{EXTENSION}AL1-2", "valueCodeableConcept": with_translation(found, "", f"{V2}0127")}])
    return True


def _severity(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """AL1-4: how critical it is, and the code as it came."""
    rep = segment.repetitions(4)[0]
    found, critical = concept(rep, draft), table("criticality").get(rep.get())
    if found is None:
        return False
    allergy = targets["AllergyIntolerance"]
    if critical:
        allergy["criticality"] = critical.code
    extended(allergy, [{"url": f"{EXTENSION}AL1-4", "valueCodeableConcept": with_translation(found, "", f"{V2}0128")}])
    return True


def _reaction(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """What is seen of it; written with the severity."""
    del draft, targets
    return bool(segment.get(5) or segment.get(5, 2))


ROOM = Room(
    "AL1",
    "Patient Allergy Information",
    (
        ignores(1, "Set ID AL1", "a counter within the message"),
        takes(2, "Allergen Type Code", "AllergyIntolerance.category", _kind),
        maps(3, "Allergen Code Mnemonic Description", "AllergyIntolerance.code", concept),
        takes(4, "Allergy Severity Code", "AllergyIntolerance.criticality", _severity),
        takes(5, "Allergy Reaction Code", "AllergyIntolerance.reaction", _reaction),
        maps(6, "Identification Date", "AllergyIntolerance.onsetDateTime", moment),
    ),
    _open,
    _close,
)
