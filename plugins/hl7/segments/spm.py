"""SPM, a specimen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table, text, translated
from plugins.hl7.datatypes.identified import entity, identifier, pair, specimen_numbers
from plugins.hl7.datatypes.moment import date_time, period
from plugins.hl7.datatypes.number import quantity
from plugins.hl7.datatypes.parts import EXTENSION, dated, extended, listed
from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER, QUANTITY
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.orders import specimen_key

if TYPE_CHECKING:
    from typing import Any

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    if draft.event.specimen_first:
        draft.order, draft.order_key = {}, ""
    key = specimen_key(draft, segment)
    named = {"reference": f"Specimen/{key}"}
    for body in draft.order.values():
        specimens = listed(body, "specimen")
        if specimens[:1] != [named]:
            specimens.append(named)
    draft.specimen = key
    specimen = draft.add_from("SPM", "Specimen", key)
    draft.under = {"Specimen": specimen}
    if (told := {"url": f"{EXTENSION}segment", "valueString": "SPM"}) not in specimen["extension"]:
        specimen["extension"].append(told)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    specimen = targets["Specimen"]
    specimen["subject"] = draft.subject
    if "ServiceRequest" in draft.order:
        specimen["request"] = [{"reference": f"ServiceRequest/{draft.order_key}"}]
    kinds = [one for rep in segment.repetitions(6) if (one := concept(rep, draft))]
    container: Json = {"additiveCodeableConcept": kinds[0]} if kinds else {}
    if held := [one for rep in segment.repetitions(27) if (one := concept(rep, draft))]:
        container["type"] = held[0]
    if container:
        specimen["container"] = [*specimen.get("container", ()), container]


def _first(at: int) -> Any:
    """SPM-6 and SPM-27 describe the container; FHIR has room for one of each."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del targets
        found = segment.repetitions(at)
        return len(found) == 1 and concept(found[0], draft) is not None

    return read


def _collected(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """SPM-17: from when to when, or when."""
    rep = segment.repetitions(17)[0]
    found = period(rep, draft)
    if not found:
        return False
    collection = targets["Specimen"].setdefault("collection", {})
    said: Json = {"collectedPeriod": found} if "end" in found else {"collectedDateTime": found["start"]}
    for told_by_order in ("collectedDateTime", "collectedPeriod"):
        told = collection.pop(told_by_order, None)
        if told and told != said.get(told_by_order):
            value = told_by_order.replace("collected", "value")
            extended(collection, [{"url": f"{EXTENSION}OBR-7", value: told}])
    collection.update(said)
    return True


@dated
def _received(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """SPM-18; what the order said of it (OBR-14) is kept beside it."""
    when, specimen = date_time(segment.get(18), draft.zone), targets["Specimen"]
    if when is None:
        return False
    if (told := specimen.get("receivedTime")) and told != when:
        extended(specimen, [{"url": f"{EXTENSION}OBR-14", "valueDateTime": told}])
    specimen["receivedTime"] = when
    return True


def _noted(rep: Repetition, draft: Draft) -> Json | None:
    words = text(rep, draft)
    return {"text": words} if words else None


def _shipped(rep: Repetition, draft: Draft) -> Json | None:
    return entity(rep, draft, "SHIP")


def _parents(rep: Repetition, draft: Draft) -> list[Json]:
    return [{"identifier": one} for one in pair(rep, draft)]


ROOM = Room(
    "SPM",
    "Specimen",
    (
        ignores(1, "Set ID SPM", "a counter within the message"),
        maps(2, "Specimen ID", "Specimen.identifier[]", specimen_numbers),
        maps(3, "Specimen Parent Ids", "Specimen.parent[]", _parents),
        maps(4, "Specimen Type", "Specimen.type", of_table("0487")),
        keeps(5, "Specimen Type Modifier", *CONCEPT),
        takes(6, "Specimen Additives", "Specimen.container.additiveCodeableConcept", _first(6)),
        maps(7, "Specimen Collection Method", "Specimen.collection.method", of_table("0488")),
        maps(8, "Specimen Source Site", "Specimen.collection.bodySite", concept),
        keeps(9, "Specimen Source Site Modifier", *CONCEPT),
        keeps(10, "Specimen Collection Site", *CONCEPT),
        keeps(11, "Specimen Role", *CONCEPT),
        maps(12, "Specimen Collection Amount", "Specimen.collection.quantity", quantity),
        keeps(13, "Grouped Specimen Count", *NUMBER),
        maps(14, "Specimen Description", "Specimen.note[]", _noted),
        keeps(15, "Specimen Handling Code", *CONCEPT),
        keeps(16, "Specimen Risk Code", *CONCEPT),
        takes(17, "Specimen Collection Date/Time", "Specimen.collection.collectedDateTime", _collected),
        reads(18, "Specimen Received Date/Time", "Specimen.receivedTime", _received),
        keeps(19, "Specimen Expiration Date/Time", *MOMENT),
        maps(20, "Specimen Availability", "Specimen.status", translated("specimen_status")),
        keeps(21, "Specimen Reject Reason", *CONCEPT),
        keeps(22, "Specimen Quality", *CONCEPT),
        keeps(23, "Specimen Appropriateness", *CONCEPT),
        maps(24, "Specimen Condition", "Specimen.condition[]", of_table("0493")),
        keeps(25, "Specimen Current Quantity", *QUANTITY),
        keeps(26, "Number of Specimen Containers", *NUMBER),
        takes(27, "Container Type", "Specimen.container.type", _first(27)),
        keeps(28, "Container Condition", *CONCEPT),
        keeps(29, "Specimen Child Role", *CONCEPT),
        maps(30, "Accession ID", "Specimen.accessionIdentifier", identifier),
        maps(31, "Other Specimen ID", "Specimen.identifier[]", identifier),
        maps(32, "Shipment ID", "Specimen.identifier[]", _shipped),
    ),
    _open,
    _close,
)
