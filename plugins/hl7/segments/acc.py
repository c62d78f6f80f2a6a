"""ACC, an accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, text, with_own
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT
from plugins.hl7.rows import Room, keeps, maps, takes

if TYPE_CHECKING:
    from typing import Any

    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.under = {"Observation": draft.add("Observation", f"{draft.visit or draft.person}|ACC|{segment.get(1)}")}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    found = targets["Observation"]
    found.update(status="final", subject=draft.subject)
    default(found, "code", {"text": "accident"})
    if visit := draft.encounter():
        found["encounter"] = visit


def _said(at: int, name: str) -> Any:
    """ID of table 0136 -> a component."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        rep = segment.repetitions(at)[0]
        found = concept(rep, draft)
        if found is None:
            return False
        one = {"code": {"text": name}, "valueCodeableConcept": with_own(found, f"{V2}0136")}
        listed(targets["Observation"], "component").append(one)
        return True

    return read


ROOM = Room(
    "ACC",
    "Accident",
    (
        maps(1, "Accident Date/Time", "Observation.effectiveDateTime", moment),
        maps(2, "Accident Code", "Observation.code", concept),
        keeps(3, "Accident Location"),
        keeps(4, "Auto Accident State", *CONCEPT),
        takes(5, "Accident Job Related Indicator", "Observation.component", _said(5, "job related")),
        takes(6, "Accident Death Indicator", "Observation.component", _said(6, "death")),
        maps(7, "Entered by", "Observation.performer[]", practitioner),
        maps(8, "Accident Description", "Observation.valueString", text),
        keeps(9, "Brought in by"),
        takes(10, "Police Notified Indicator", "Observation.component", _said(10, "police notified")),
        keeps(11, "Accident Address", *ADDRESS),
        keeps(12, "Degree of Patient Liability"),
        maps(13, "Accident Identifier", "Observation.identifier[]", entity),
    ),
    _open,
    _close,
)
