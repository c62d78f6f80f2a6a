"""TQ1, when an order is to be done."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import text, translated
from plugins.hl7.datatypes.identified import filled, placed
from plugins.hl7.datatypes.moment import clock, span
from plugins.hl7.datatypes.number import count, decimal, quantity
from plugins.hl7.datatypes.parts import EXTENSION, extended, listed, parts, sub
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import put_together
from plugins.hl7.segments.orders import open_numbered
from plugins.hl7.segments.timing import length, minutes, pattern, unit_of_time

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    if not draft.medicine:
        return draft.order or _order_of_dose(draft) or draft.under or draft.home()
    if segment.get(1) not in {"", "0", "1"} and "timing" in draft.medicine.get("Dosage", {}):
        draft.medicine["Dosage"] = {"sequence": len(_dosages(draft)) + 1}
    return draft.medicine


def _order_of_dose(draft: Draft) -> Targets:
    """When a dose was to be given is said of the order that led to it, not of the dose."""
    common = draft.common
    opened = open_numbered(draft, common) if draft.dose and common else {}
    if common and opened:
        standard = draft.standard("order_status", common, 5) or draft.standard("order_control", common, 1)
        numbers = [
            *map(placed, common.repetitions(2), repeat(draft)),
            *map(filled, common.repetitions(3), repeat(draft)),
        ]
        opened["ServiceRequest"] |= {
            "status": standard.code if standard else "unknown",
            "identifier": [one for one in numbers if one],
        }
    return opened


def _dosages(draft: Draft) -> list[Json]:
    """Those of the medicine order being read; the first gets its number when a second comes."""
    found = listed(next(iter(draft.medicine.values())), "dosageInstruction")
    if found:
        found[0].setdefault("sequence", 1)
    return found


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if targets is draft.medicine:
        put_together(draft)


def _said(targets: Targets) -> Json | None:
    """What the order or dosage the segment is about says of its times; None where it has no place for them."""
    if "Dosage" in targets:
        return targets["Dosage"].get("timing") or {}
    if "ServiceRequest" in targets:
        return targets["ServiceRequest"].get("occurrenceTiming") or {}
    return None


def _say(targets: Targets, timing: Json) -> None:
    if "Dosage" in targets:
        targets["Dosage"]["timing"] = timing
        return
    request = targets["ServiceRequest"]
    if told_in_order := request.pop("occurrenceDateTime", None):
        extended(request, [{"url": f"{EXTENSION}OBR-6", "valueDateTime": told_in_order}])
    request["occurrenceTiming"] = timing


def _repeat(targets: Targets, more: Json | None) -> bool:
    """Adds to when and how often; False without a place, or where it says something else already."""
    timing = _said(targets)
    if timing is None or not more:
        return False
    repeat = timing.get("repeat", {})
    if any(name in repeat and repeat[name] != value for name, value in more.items()):
        return False
    _say(targets, {**timing, "repeat": {**repeat, **more}})
    return True


def _pattern(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-3; of several patterns none is the one."""
    reps = segment.repetitions(3)
    found = pattern(reps[0], draft) if len(reps) == 1 else None
    timing = _said(targets)
    if timing is None or found is None or "code" in timing:
        return False
    repeat = {**timing.get("repeat", {}), **found.get("repeat", {})}
    _say(targets, {**timing, **found} | ({"repeat": repeat} if repeat else {}))
    return True


def _clocks(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-4: times of day, which go with no event of the day."""
    del draft
    times = [clock(rep.get().replace(":", "")) for rep in segment.repetitions(4)]
    if not all(times) or "when" in (_said(targets) or {}).get("repeat", {}):
        return False
    return _repeat(targets, {"timeOfDay": times})


def _offset(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-5: how long before or after the event of the day; without one it is kept."""
    found = minutes(segment.repetitions(5)[0], draft)
    if found is None or "when" not in (_said(targets) or {}).get("repeat", {}):
        return False
    return _repeat(targets, {"offset": found})


def _lasting(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-6, unless TQ1-7 and TQ1-8 say it."""
    if segment.get(7) or segment.get(8):
        return False
    found = length(segment.repetitions(6)[0], draft)
    return _repeat(targets, {"boundsDuration": found} if found else None)


def _bounds(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-7 and TQ1-8: from when to when."""
    time = span(segment.get(7), segment.get(8), draft)
    return _repeat(targets, {"boundsPeriod": time} if time else None) and len(time) == bool(segment.get(7)) + bool(
        segment.get(8)
    )


def _each_time(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-13: how long each time takes."""
    rep = segment.repetitions(13)[0]
    value, unit = decimal(parts(rep, draft)[0]), unit_of_time(sub(rep, 2, 1)) or unit_of_time(sub(rep, 2, 2))
    return _repeat(targets, {"duration": value, "durationUnit": unit} if value and unit else None)


def _times(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft
    found = count(segment.get(14))
    return _repeat(targets, {"count": found} if found else None)


def _amount(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TQ1-2: how much each time."""
    found = quantity(segment.repetitions(2)[0], draft)
    if not found:
        return False
    if "Dosage" not in targets:
        known = targets.get("ServiceRequest", {}).setdefault("quantityQuantity", found)
        return "ServiceRequest" in targets and known == found
    rates = listed(targets["Dosage"], "doseAndRate")
    if not rates:
        rates.append({})
    if rates[0].keys() & {"doseQuantity", "doseRange"}:
        return False
    rates[0]["doseQuantity"] = found
    return True


def _noted(rep: Repetition, draft: Draft) -> Json | None:
    words = text(rep, draft)
    return {"text": words} if words else None


def _needed(rep: Repetition, draft: Draft) -> Json | None:
    return _noted(rep, draft)


ROOM = Room(
    "TQ1",
    "Timing/Quantity",
    (
        ignores(1, "Set ID TQ1", "a counter within the message"),
        takes(2, "Quantity", "ServiceRequest.quantityQuantity Dosage.doseAndRate.doseQuantity", _amount),
        takes(3, "Repeat Pattern", "ServiceRequest.occurrenceTiming Dosage.timing", _pattern),
        takes(4, "Explicit Time", "*.repeat.timeOfDay", _clocks),
        takes(5, "Relative Time and Units", "*.repeat.offset", _offset),
        takes(6, "Service Duration", "*.repeat.boundsDuration", _lasting),
        reads(7, "Start Date/Time", "*.repeat.boundsPeriod", _bounds),
        reads(8, "End Date/Time", "*.repeat.boundsPeriod", _bounds),
        maps(9, "Priority", "ServiceRequest.priority MedicationRequest.priority", translated("request_priority")),
        maps(
            10,
            "Condition Text",
            "ServiceRequest.asNeededCodeableConcept Dosage.asNeededCodeableConcept",
            _needed,
        ),
        maps(11, "Text Instruction", "ServiceRequest.note[] MedicationRequest.note[]", _noted),
        keeps(12, "Conjunction"),
        takes(13, "Occurrence Duration", "*.repeat.duration", _each_time),
        reads(14, "Total Occurrences", "*.repeat.count", _times),
    ),
    _open,
    _close,
)
