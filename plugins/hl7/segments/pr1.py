"""PR1, a procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table
from plugins.hl7.datatypes.identified import entity, numbered
from plugins.hl7.datatypes.moment import date_time, moment
from plugins.hl7.datatypes.parts import default
from plugins.hl7.datatypes.staffed import place, practitioner
from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads

if TYPE_CHECKING:
    from typing import Any

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    what = segment.get(19) or f"{segment.get(3) or segment.get(3, 2) or segment.get(4)}|{segment.get(5)}"
    draft.under = {"Procedure": draft.add("Procedure", f"{draft.visit or draft.person}|{what}")}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    done = targets["Procedure"]
    done["subject"] = draft.subject
    if visit := draft.encounter():
        done["encounter"] = visit
    done["status"] = "entered-in-error" if segment.get(20) == "D" else _status(draft, segment)
    default(done, "code", {"text": segment.get(4) or "unnamed"})


def _status(draft: Draft, segment: Segment) -> str:
    """PR1-5 is when it was performed: without it, or on a day still to come, nobody says that it was."""
    begun = segment.get(5).strip()
    if date_time(begun, draft.zone) is None or (draft.happened and begun[:8] > draft.happened[:8]):
        return "unknown"
    return "completed"


def _described(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PR1-4 is the text of the code, or all there is."""
    del draft
    words = segment.get(4).strip()
    if not words:
        return False
    default(targets["Procedure"], "code", {})["text"] = words
    return True


def _deleted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, targets
    return segment.get(20) == "D"


def _done_by(code: str = "", display: str = "") -> Any:
    function = {"coding": [{"system": "http://snomed.info/sct", "code": code, "display": display}]}

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = practitioner(rep, draft)
        return found and ({"function": function, "actor": found} if code else {"actor": found})

    return read


ROOM = Room(
    "PR1",
    "Procedures",
    (
        ignores(1, "Set ID PR1", "a counter within the message"),
        keeps(2, "Procedure Coding Method"),
        maps(3, "Procedure Code", "Procedure.code", concept),
        reads(4, "Procedure Description", "Procedure.code.text", _described),
        maps(5, "Procedure Date/Time", "Procedure.performedDateTime", moment),
        maps(6, "Procedure Functional Type", "Procedure.category", of_table("0230")),
        keeps(7, "Procedure Minutes", *NUMBER),
        maps(8, "Anesthesiologist", "Procedure.performer[]", _done_by("88189002", "Anesthesiologist")),
        keeps(9, "Anesthesia Code", *CONCEPT),
        keeps(10, "Anesthesia Minutes", *NUMBER),
        maps(11, "Surgeon", "Procedure.performer[]", _done_by("304292004", "Surgeon")),
        maps(12, "Procedure Practitioner", "Procedure.performer[]", _done_by()),
        keeps(13, "Consent Code", *CONCEPT),
        keeps(14, "Procedure Priority", *NUMBER),
        maps(15, "Associated Diagnosis Code", "Procedure.reasonCode[]", concept),
        keeps(16, "Procedure Code Modifier", *CONCEPT),
        keeps(17, "Procedure DRG Type", *CONCEPT),
        keeps(18, "Tissue Type Code", *CONCEPT),
        maps(19, "Procedure Identifier", "Procedure.identifier[]", entity),
        reads(20, "Procedure Action Code", "Procedure.status", _deleted),
        keeps(21, "DRG Procedure Determination Status", *CONCEPT),
        keeps(22, "DRG Procedure Relevance", *CONCEPT),
        maps(23, "Treating Organizational Unit", "Procedure.location", place),
        keeps(24, "Respiratory Within Surgery"),
        maps(25, "Parent Procedure ID", "Procedure.partOf[]", numbered),
    ),
    _open,
    _close,
)
