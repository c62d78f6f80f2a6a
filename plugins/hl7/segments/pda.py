"""PDA, a death and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, with_own
from plugins.hl7.datatypes.moment import moment, period
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import PLACE
from plugins.hl7.rows import Room, keeps, maps, reads, takes

if TYPE_CHECKING:
    from typing import Any

    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"


def _open(draft: Draft, segment: Segment) -> Targets:
    """The cause of death is a condition; what was certified and found are observations and a procedure."""
    above = draft.visit or draft.person
    draft.death = f"{above}|PDA"
    targets = {"Condition": draft.add("Condition", f"{draft.death}|{segment.get(1)}")} if segment.raw(1) else {}
    return {**targets, "Patient": draft.patient}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if cause := targets.get("Condition"):
        cause["subject"] = draft.subject
        cause["category"] = [{"coding": [{"system": _CATEGORY, "code": "encounter-diagnosis"}]}]


def _said(at: int, name: str) -> Any:
    """PDA-3, PDA-6, PDA-9: yes or no -> an Observation."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del targets
        found = concept(segment.repetitions(at)[0], draft)
        if found is None:
            return False
        body = draft.add("Observation", f"{draft.death}|{at}")
        body.update(status="final", subject=draft.subject, code={"text": name})
        body["valueCodeableConcept"] = with_own(found, f"{V2}0136")
        return True

    return read


def _done(name: str, part: str, at: int, convert: Any) -> Any:
    """Who did it and when -> a Procedure."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del targets
        found = convert(segment.repetitions(at)[0], draft)
        if not found:
            return False
        done = draft.add("Procedure", f"{draft.death}|{name}")
        done.update(status="completed", subject=draft.subject, code={"text": name})
        done[part] = [{"actor": found}] if part == "performer" else found
        return True

    return read


ROOM = Room(
    "PDA",
    "Patient Death and Autopsy",
    (
        maps(1, "Death Cause Code", "Condition.code", concept),
        keeps(2, "Death Location", *PLACE),
        takes(3, "Death Certified Indicator", "Observation.valueCodeableConcept", _said(3, "death certified")),
        reads(
            4,
            "Death Certificate Signed Date/Time",
            "Procedure.performedDateTime",
            _done("death certification", "performedDateTime", 4, moment),
        ),
        takes(
            5, "Death Certified by", "Procedure.performer", _done("death certification", "performer", 5, practitioner)
        ),
        takes(6, "Autopsy Indicator", "Observation.valueCodeableConcept", _said(6, "autopsy")),
        takes(
            7,
            "Autopsy Start and End Date/Time",
            "Procedure.performedPeriod",
            _done("autopsy", "performedPeriod", 7, period),
        ),
        takes(8, "Autopsy Performed by", "Procedure.performer", _done("autopsy", "performer", 8, practitioner)),
        takes(9, "Coroner Indicator", "Observation.valueCodeableConcept", _said(9, "coroner")),
    ),
    _open,
    _close,
)
