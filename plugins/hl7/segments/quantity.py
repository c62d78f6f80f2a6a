"""TQ, what older versions say in one field of amount, time, priority and condition (ORC-7, OBR-27, RXE-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.number import measured
from plugins.hl7.datatypes.parts import EXTENSION, compact, extended, listed, parts, sub
from plugins.hl7.segments.timing import at_once

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment
    from plugins.hl7.rows import Read


TOLD_BESIDE = (
    "ServiceRequest.quantityQuantity ServiceRequest.priority Dosage.doseAndRate.doseQuantity MedicationRequest.priority"
)
"""Where a TQ goes besides the times of an order."""


def told_at_once(at: int) -> Read:
    """Reads a TQ into the order it is of; False where it repeats, or a part of it finds no place."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        reps = segment.repetitions(at)
        request = targets.get("MedicationRequest") or targets.get("ServiceRequest")
        if request is None or len(reps) != 1:
            return False
        c, how_much = parts(reps[0], draft), _amount(reps[0], draft)
        priority = draft.known("request_priority", c[5], f"{segment.name}-{at}")
        if (c[0] and not how_much) or (c[5] and not priority):
            return False
        timing = at_once(reps[0], draft)
        said = timing or how_much or priority or c[6] or c[7]
        if not said or not _fits(targets, timing, how_much):
            return False
        if priority:
            request.setdefault("priority", priority.code)
        if c[7]:
            listed(request, "note").append({"text": c[7]})
        if c[6]:
            targets.get("Dosage", request).setdefault("asNeededCodeableConcept", {"text": c[6]})
        return True

    return read


def _amount(rep: Repetition, draft: Draft) -> Json | None:
    del draft
    unit = sub(rep, 1, 2)
    return measured(sub(rep, 1, 1), compact({"unit": unit}))


def _fits(targets: Targets, timing: Json | None, how_much: Json | None) -> bool:
    """Puts both where nothing is said yet; False, and nothing is put, where something is."""
    dosage, request = targets.get("Dosage"), targets.get("ServiceRequest", {})
    if dosage is None:
        if (timing and "occurrenceTiming" in request) or (how_much and "quantityQuantity" in request):
            return False
        if timing and (told_in_order := request.pop("occurrenceDateTime", None)):
            extended(request, [{"url": f"{EXTENSION}OBR-6", "valueDateTime": told_in_order}])
        request.update(compact({"occurrenceTiming": timing, "quantityQuantity": how_much}))
        return True
    rates = dosage.get("doseAndRate") or [{}]
    if (timing and "timing" in dosage) or (how_much and rates[0].keys() & {"doseQuantity", "doseRange"}):
        return False
    if timing:
        dosage["timing"] = timing
    if how_much:
        rates[0]["doseQuantity"] = how_much
        dosage["doseAndRate"] = rates
    return True
