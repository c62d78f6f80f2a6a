"""GOL, what is to be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import day
from plugins.hl7.datatypes.parts import default
from plugins.hl7.keeping import CONCEPT, ENTITY, MOMENT, NUMBER
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.problems import deleted, instance_key, is_deleted

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.under = {"Goal": draft.add("Goal", instance_key(draft, segment, 4, 3, 7))}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    goal = targets["Goal"]
    goal["subject"] = draft.subject
    known = draft.standard("goal_status", segment, 18)
    goal["lifecycleStatus"] = "entered-in-error" if is_deleted(draft, segment) else known.code if known else "active"
    default(goal, "description", {"text": "unknown"})


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return not is_deleted(draft, segment) and draft.standard("goal_status", segment, 18) is not None


def _due(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """GOL-8: a date in FHIR."""
    found = day(segment.repetitions(8)[0], draft)
    if not found:
        return False
    targets["Goal"]["target"] = [{"dueDate": found}]
    return len(segment.get(8)) <= 8


ROOM = Room(
    "GOL",
    "Goal Detail",
    (
        reads(1, "Action Code", "Goal.lifecycleStatus", deleted),
        keeps(2, "Action Date/Time", *MOMENT),
        maps(3, "Goal ID", "Goal.description", concept),
        maps(4, "Goal Instance ID", "Goal.identifier[]", entity),
        keeps(5, "Episode of Care ID", *ENTITY),
        keeps(6, "Goal List Priority", *NUMBER),
        maps(7, "Goal Established Date/Time", "Goal.startDate", day),
        reads(8, "Expected Goal Achieve Date/Time", "Goal.target.dueDate", _due),
        maps(9, "Goal Classification", "Goal.category[]", concept),
        keeps(10, "Goal Management Discipline", *CONCEPT),
        keeps(11, "Current Goal Review Status", *CONCEPT),
        keeps(12, "Current Goal Review Date/Time", *MOMENT),
        keeps(13, "Next Goal Review Date/Time", *MOMENT),
        keeps(14, "Previous Goal Review Date/Time", *MOMENT),
        keeps(15, "Goal Review Interval"),
        maps(16, "Goal Evaluation", "Goal.achievementStatus", concept),
        keeps(17, "Goal Evaluation Comment"),
        reads(18, "Goal Life Cycle Status", "Goal.lifecycleStatus", _state, codes="goal_status"),
        maps(19, "Goal Life Cycle Status Date/Time", "Goal.statusDate", day),
        keeps(20, "Goal Target Type", *CONCEPT),
        keeps(21, "Goal Target Name"),
        keeps(22, "Mood Code", *CONCEPT),
    ),
    _open,
    _close,
)
