"""TQ1, when an order is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import text, translated
from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.number import quantity
from plugins.hl7.datatypes.parts import EXTENSION, extended
from plugins.hl7.keeping import NUMBER, QUANTITY
from plugins.hl7.rows import Room, ignores, keeps, maps, reads

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.order or draft.under or draft.home()


def _bounds(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-7 and TQ1-8: from when to when."""
    time = span(segment.get(7), segment.get(8), draft)
    if not time or "ServiceRequest" not in targets:
        return False
    request = targets["ServiceRequest"]
    if told_in_order := request.pop("occurrenceDateTime", None):
        extended(request, [{"url": f"{EXTENSION}OBR-6", "valueDateTime": told_in_order}])
    request["occurrenceTiming"] = {"repeat": {"boundsPeriod": time}}
    return len(time) == bool(segment.get(7)) + bool(segment.get(8))


def _noted(rep: Repetition, draft: Draft) -> Json | None:
    words = text(rep, draft)
    return {"text": words} if words else None


ROOM = Room(
    "TQ1",
    "Timing/Quantity",
    (
        ignores(1, "Set ID TQ1", "a counter within the message"),
        maps(2, "Quantity", "ServiceRequest.quantityQuantity", quantity),
        keeps(3, "Repeat Pattern"),
        keeps(4, "Explicit Time"),
        keeps(5, "Relative Time and Units", *QUANTITY),
        keeps(6, "Service Duration", *QUANTITY),
        reads(7, "Start Date/Time", "ServiceRequest.occurrenceTiming", _bounds),
        reads(8, "End Date/Time", "ServiceRequest.occurrenceTiming", _bounds),
        maps(9, "Priority", "ServiceRequest.priority", translated("request_priority")),
        keeps(10, "Condition Text"),
        maps(11, "Text Instruction", "ServiceRequest.note[]", _noted),
        keeps(12, "Conjunction"),
        keeps(13, "Occurrence Duration", *QUANTITY),
        keeps(14, "Total Occurrences", *NUMBER),
    ),
    _open,
)
