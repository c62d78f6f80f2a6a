"""PTH, a clinical pathway the patient is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.keeping import CONCEPT, MOMENT
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.problems import deleted, instance_key, is_deleted

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.under = {"CarePlan": draft.add("CarePlan", instance_key(draft, segment, 3, 2, 4))}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    plan = targets["CarePlan"]
    known = draft.standard("pathway_status", segment, 5)
    plan |= {
        "subject": draft.subject,
        "intent": "plan",
        "status": "entered-in-error" if is_deleted(draft, segment) else known.code if known else "active",
    }
    if draft.visit:
        plan["encounter"] = draft.encounter()


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return not is_deleted(draft, segment) and draft.standard("pathway_status", segment, 5) is not None


ROOM = Room(
    "PTH",
    "Pathway",
    (
        reads(1, "Action Code", "CarePlan.status", deleted),
        maps(2, "Pathway ID", "CarePlan.category[]", concept),
        maps(3, "Pathway Instance ID", "CarePlan.identifier[]", entity),
        maps(4, "Pathway Established Date/Time", "CarePlan.created", moment),
        reads(5, "Pathway Life Cycle Status", "CarePlan.status", _state, codes="pathway_status"),
        keeps(6, "Change Pathway Life Cycle Status Date/Time", *MOMENT),
        keeps(7, "Mood Code", *CONCEPT),
    ),
    _open,
    _close,
)
