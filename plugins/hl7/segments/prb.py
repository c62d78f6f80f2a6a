"""PRB, a problem of the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.datatypes.parts import default
from plugins.hl7.keeping import CONCEPT, ENTITY, MOMENT, NUMBER
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.problems import deleted, instance_key, is_deleted

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_CODES = "http://terminology.hl7.org/CodeSystem/condition-"


def _open(draft: Draft, segment: Segment) -> Targets:
    key = instance_key(draft, segment, 4, 3, 7)
    draft.under = {"Condition": draft.add("Condition", key)}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    found = targets["Condition"]
    found["subject"] = draft.subject
    found["category"] = [{"coding": [{"system": f"{_CODES}category", "code": "problem-list-item"}]}]
    if draft.visit:
        found["encounter"] = draft.encounter()
    if is_deleted(draft, segment):
        found["verificationStatus"] = {"coding": [{"system": f"{_CODES}ver-status", "code": "entered-in-error"}]}
        return
    over = found.get("abatementDateTime")
    default(found, "clinicalStatus", _clinical("resolved" if over else "active"))


def _clinical(code: str) -> dict[str, object]:
    return {"coding": [{"system": f"{_CODES}clinical", "code": code}]}


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PRB-14: how the problem stands."""
    known = draft.standard("problem_status", segment, 14)
    if known is None or is_deleted(draft, segment):
        return False
    targets["Condition"]["clinicalStatus"] = _clinical(known.code)
    return True


def _certain(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PRB-13: whether it is confirmed."""
    known = draft.standard("problem_certainty", segment, 13)
    if known is None or is_deleted(draft, segment):
        return False
    targets["Condition"]["verificationStatus"] = {"coding": [{"system": f"{_CODES}ver-status", "code": known.code}]}
    return True


def _onset(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PRB-17, unless PRB-16 gives a date."""
    words = segment.get(17).strip()
    if not words or date_time(segment.get(16), draft.zone):
        return False
    targets["Condition"]["onsetString"] = words
    return True


ROOM = Room(
    "PRB",
    "Problem Details",
    (
        reads(1, "Action Code", "Condition.verificationStatus", deleted),
        keeps(2, "Action Date/Time", *MOMENT),
        maps(3, "Problem ID", "Condition.code", concept),
        maps(4, "Problem Instance ID", "Condition.identifier[]", entity),
        keeps(5, "Episode of Care ID", *ENTITY),
        keeps(6, "Problem List Priority", *NUMBER),
        maps(7, "Problem Established Date/Time", "Condition.recordedDate", moment),
        keeps(8, "Anticipated Problem Resolution Date/Time", *MOMENT),
        maps(9, "Actual Problem Resolution Date/Time", "Condition.abatementDateTime", moment),
        keeps(10, "Problem Classification", *CONCEPT),
        keeps(11, "Problem Management Discipline", *CONCEPT),
        keeps(12, "Problem Persistence", *CONCEPT),
        reads(13, "Problem Confirmation Status", "Condition.verificationStatus", _certain, codes="problem_certainty"),
        reads(14, "Problem Life Cycle Status", "Condition.clinicalStatus", _state, codes="problem_status"),
        keeps(15, "Problem Life Cycle Status Date/Time", *MOMENT),
        maps(16, "Problem Date of Onset", "Condition.onsetDateTime", moment),
        reads(17, "Problem Onset Text", "Condition.onsetString", _onset),
        keeps(18, "Problem Ranking", *CONCEPT),
        keeps(19, "Certainty of Problem", *CONCEPT),
        keeps(20, "Probability of Problem", *NUMBER),
        keeps(21, "Individual Awareness of Problem", *CONCEPT),
        keeps(22, "Problem Prognosis", *CONCEPT),
        keeps(23, "Individual Awareness of Prognosis", *CONCEPT),
        keeps(24, "Family Significant Other Awareness of Problem Prognosis"),
        keeps(25, "Security Sensitivity", *CONCEPT),
        maps(26, "Problem Severity", "Condition.severity", concept),
        keeps(27, "Problem Perspective", *CONCEPT),
        keeps(28, "Mood Code", *CONCEPT),
    ),
    _open,
    _close,
)
