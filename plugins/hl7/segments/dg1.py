"""DG1, a diagnosis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import entity, numbered
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.number import count
from plugins.hl7.datatypes.parts import EXTENSION, default, extended
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import CONCEPT, NUMBER, extension
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_CERTAINTY = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def _open(draft: Draft, segment: Segment) -> Targets:
    what = segment.get(20) or segment.get(3) or segment.get(3, 2) or segment.get(4) or segment.get(1)
    key = f"{draft.visit or draft.person}|{what}|{segment.get(6)}"
    draft.condition = key
    targets = {"Condition": draft.add("Condition", key)}
    draft.under = targets
    return targets


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    found = targets["Condition"]
    found["subject"] = draft.subject
    found["category"] = [{"coding": [{"system": _CATEGORY, "code": "encounter-diagnosis"}]}]
    if draft.visit:
        found["encounter"] = draft.encounter()
        of_visit = {"condition": {"reference": f"Condition/{draft.condition}"}} | _use(draft, segment)
        draft.add("Encounter", draft.visit).setdefault("diagnosis", []).append(of_visit)
    elif kind := next(iter(segment.repetitions(6)), None):
        extended(found, [{"url": f"{EXTENSION}DG1-6", "valueCodeableConcept": _kind(kind, draft)}])


_kind = concept_by("diagnosis_use", f"{V2}0052")


def _use(draft: Draft, segment: Segment) -> Json:
    read: Json = {}
    if kind := next(iter(segment.repetitions(6)), None):
        read["use"] = _kind(kind, draft)
    if rank := count(segment.get(15)):
        read["rank"] = rank
    return read


def _used(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets, draft
    return len(segment.repetitions(6)) == 1


def _ranked(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return bool(draft.visit and count(segment.get(15)))


def _described(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """DG1-4 is the text of the code, or all there is."""
    del draft
    words = segment.get(4).strip()
    if not words:
        return False
    default(targets["Condition"], "code", {})["text"] = words
    return True


def _deleted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft
    if segment.get(21) != "D":
        return False
    targets["Condition"]["verificationStatus"] = {"coding": [{"system": _CERTAINTY, "code": "entered-in-error"}]}
    return True


ROOM = Room(
    "DG1",
    "Diagnosis",
    (
        ignores(1, "Set ID DG1", "a counter within the message"),
        keeps(2, "Diagnosis Coding Method"),
        maps(3, "Diagnosis Code DG1", "Condition.code", concept),
        reads(4, "Diagnosis Description", "Condition.code.text", _described),
        maps(5, "Diagnosis Date/Time", "Condition.onsetDateTime", moment),
        takes(6, "Diagnosis Type", "Encounter.diagnosis.use", _used),
        keeps(7, "Major Diagnostic Category", *CONCEPT),
        keeps(8, "Diagnostic Related Group", *CONCEPT),
        keeps(9, "DRG Approval Indicator"),
        keeps(10, "DRG Grouper Review Code"),
        keeps(11, "Outlier Type", *CONCEPT),
        keeps(12, "Outlier Days", *NUMBER),
        keeps(13, "Outlier Cost"),
        keeps(14, "Grouper Version and Type"),
        reads(15, "Diagnosis Priority", "Encounter.diagnosis.rank", _ranked),
        maps(16, "Diagnosing Clinician", "Condition.asserter", practitioner),
        keeps(17, "Diagnosis Classification", *CONCEPT),
        keeps(18, "Confidential Indicator"),
        maps(19, "Attestation Date/Time", "Condition.recordedDate", moment),
        maps(20, "Diagnosis Identifier", "Condition.identifier[]", entity),
        reads(21, "Diagnosis Action Code", "Condition.verificationStatus", _deleted),
        maps(22, "Parent Diagnosis", "Condition.extension[]", extension("condition-dueTo", "valueReference", numbered)),
        keeps(23, "DRG Ccl Value Code", *CONCEPT),
        keeps(24, "DRG Grouping Usage"),
        keeps(25, "DRG Diagnosis Determination Status", *CONCEPT),
        keeps(26, "Present on Admission Poa Indicator", *CONCEPT),
    ),
    _open,
    _close,
    each=(1, 4, 5, 15, 19),
)
