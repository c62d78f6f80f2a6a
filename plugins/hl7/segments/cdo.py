"""CDO, how much of a medicine at most over a length of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.number import quantity
from plugins.hl7.rows import Room, ignores, keeps, takes
from plugins.hl7.segments.medicines import of_medicine, put_together
from plugins.hl7.segments.timing import length

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if targets is draft.medicine and targets:
        put_together(draft)


def _most(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """CDO-3 over CDO-4; FHIR has no length of time for what a cumulative order leaves open, so then it is kept."""
    most, over = (next(iter(segment.repetitions(at)), None) for at in (3, 4))
    found = quantity(most, draft) if most else None
    time = length(over, draft) if over else None
    if not found or not time or "Dosage" not in targets or "maxDosePerPeriod" in targets["Dosage"]:
        return False
    targets["Dosage"]["maxDosePerPeriod"] = {"numerator": found, "denominator": time}
    return True


def _over(draft: Draft, segment: Segment, targets: Targets) -> bool:
    rep = segment.repetitions(4)[0]
    time = length(rep, draft)
    return time is not None and targets.get("Dosage", {}).get("maxDosePerPeriod", {}).get("denominator") == time


ROOM = Room(
    "CDO",
    "Cumulative Dosage",
    (
        ignores(1, "Set ID CDO", "a counter within the message"),
        keeps(2, "Action Code"),
        takes(3, "Cumulative Dosage Limit", "Dosage.maxDosePerPeriod", _most),
        takes(4, "Cumulative Dosage Limit Time Interval", "Dosage.maxDosePerPeriod", _over),
    ),
    of_medicine,
    _close,
)
