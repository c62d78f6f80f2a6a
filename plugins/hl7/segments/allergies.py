"""What AL1 and IAM say of an allergy in the same fields, 2 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2, concept, with_own
from plugins.hl7.datatypes.parts import EXTENSION, default, extended

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Code, Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_STATE = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def named_by(*fields: int) -> Callable[[Draft, Segment], Targets]:
    """Opens the allergy of the person by the first of these that is there, else the code's text, else the set id."""

    def begin(draft: Draft, segment: Segment) -> Targets:
        what = next(filter(None, map(segment.get, fields)), "") or segment.get(3, 2) or segment.get(1)
        draft.under = {"AllergyIntolerance": draft.add("AllergyIntolerance", f"{draft.person}|{what}")}
        return draft.under

    return begin


def with_signs(sign: Callable[[Repetition, Draft], Json | None]) -> Callable[[Draft, Segment, Targets], None]:
    """Closes the allergy; field 5 says what is seen of it, field 4 how severe that is."""

    def end(draft: Draft, segment: Segment, targets: Targets) -> None:
        allergy = targets["AllergyIntolerance"]
        allergy["patient"] = draft.subject
        default(allergy, "clinicalStatus", {"coding": [{"system": _STATE, "code": "active"}]})
        reaction: Json = {}
        if signs := [one for rep in segment.repetitions(5) if (one := sign(rep, draft))]:
            reaction["manifestation"] = signs
        if signs and (severity := draft.standard("severity", segment, 4)):
            reaction["severity"] = severity.code
        if reaction:
            allergy["reaction"] = [reaction]

    return end


def kind(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Field 2: the category, that it is an allergy, and the code as it came."""
    rep = segment.repetitions(2)[0]
    found = concept(rep, draft)
    if found is None:
        return False
    allergy = targets["AllergyIntolerance"]
    if category := _standard("allergy_category", draft, segment, 2, beside="allergy_type"):
        allergy["category"] = [category.code]
    if type_ := _standard("allergy_type", draft, segment, 2):
        allergy["type"] = type_.code
    _as_it_came(allergy, segment, 2, with_own(found, f"{V2}0127"))
    return True


def severity(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Field 4: how critical it is, and the code as it came."""
    rep = segment.repetitions(4)[0]
    found = concept(rep, draft)
    if found is None:
        return False
    allergy = targets["AllergyIntolerance"]
    if critical := _standard("criticality", draft, segment, 4, beside="severity"):
        allergy["criticality"] = critical.code
    _as_it_came(allergy, segment, 4, with_own(found, f"{V2}0128"))
    return True


def reaction(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Field 5: what is seen of it; written with the severity."""
    del draft, targets
    return bool(segment.get(5) or segment.get(5, 2))


def _standard(name: str, draft: Draft, segment: Segment, at: int, beside: str = "") -> Code | None:
    """By one of the two maps of a field. What HL7 has a code for only in the map beside it is not asked about."""
    code = segment.get(at).strip()
    if code not in draft.table(name) and code in table(beside):
        return None
    return draft.known(name, segment.get(at), f"{segment.name}-{at}", segment.get(at, 3), segment.get(at, 2))


def _as_it_came(allergy: Json, segment: Segment, field: int, code: Json) -> None:
    extended(allergy, [{"url": f"{EXTENSION}{segment.name}-{field}", "valueCodeableConcept": code}])
