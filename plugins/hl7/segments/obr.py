"""OBR, an order and the report on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import coding, concept, of_table, translated
from plugins.hl7.datatypes.identified import filled, identifier, pair, placed
from plugins.hl7.datatypes.moment import date_time, exact, moment
from plugins.hl7.datatypes.number import quantity
from plugins.hl7.datatypes.parts import EXTENSION, default, extended, leftovers, sub
from plugins.hl7.datatypes.staffed import performer_name, practitioner
from plugins.hl7.keeping import CONCEPT, CONTACT, ENTITY, MOMENT, NUMBER, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.orders import common_behind, open_order, specimen_after, specimen_key
from plugins.hl7.segments.quantity import TOLD_BESIDE, told_at_once

if TYPE_CHECKING:
    from typing import Any

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    common = draft.common if not draft.common_used else None
    draft.common_used, draft.document = True, ""
    if common is None and draft.event.order_first and (common := common_behind(draft)):
        draft.order_behind = True
    draft.under = open_order(draft, common, segment)
    later = specimen_after(draft)
    if not any(segment.raw(at) for at in _OF_SPECIMEN) and not (later and segment.raw(7)):
        return draft.under
    key = specimen_key(draft, later) if later else draft.specimen or f"{draft.order_key}|OBR"
    for body in draft.under.values():
        body["specimen"] = [{"reference": f"Specimen/{key}"}]
    specimen = draft.add_from("OBR", "Specimen", key)
    specimen["subject"] = draft.subject
    return {**draft.under, "Specimen": specimen}


_OF_SPECIMEN = (9, 10, 14, 15, 39)
"""Fields of OBR that speak of the specimen: only with one of them, or an SPM, there is one."""


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    request, report = targets["ServiceRequest"], targets.get("DiagnosticReport")
    if specimen := targets.get("Specimen"):
        begun, over = (date_time(segment.get(at), draft.zone) for at in (7, 8))
        if begun and over:
            specimen.setdefault("collection", {})["collectedPeriod"] = {"start": begun, "end": over}
        elif begun:
            specimen.setdefault("collection", {})["collectedDateTime"] = begun
    default(request, "status", "unknown")
    default(request, "intent", "order")
    default(request, "code", {"text": UNNAMED})
    if report is None:
        return
    standard = draft.standard("report_status", segment, 25)
    report["status"] = standard.code if standard else "unknown"
    default(report, "code", {"text": UNNAMED})
    begun, over = segment.get(7), segment.get(8)
    if begun and not over:
        report.update(_effective(draft, begun))


UNNAMED = "unnamed"


def _effective(draft: Draft, begun: str) -> Json:
    when = date_time(begun, draft.zone)
    return {"effectiveDateTime": when} if when else {}


def _begun(draft: Draft, segment: Segment, targets: Targets) -> bool:
    if "DiagnosticReport" not in targets:
        return False
    begun, over = date_time(segment.get(7), draft.zone), date_time(segment.get(8), draft.zone)
    if begun and over:
        targets["DiagnosticReport"].setdefault("effectivePeriod", {})["start"] = begun
    return begun is not None


def _over(draft: Draft, segment: Segment, targets: Targets) -> bool:
    over = date_time(segment.get(8), draft.zone) if "DiagnosticReport" in targets else None
    if over:
        targets["DiagnosticReport"].setdefault("effectivePeriod", {})["end"] = over
    return over is not None


def _placer(rep: Repetition, draft: Draft) -> Json | None:
    return placed(rep, draft)


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Several codes are ``registered``: such a code is kept."""
    known = "DiagnosticReport" in targets and draft.standard("report_status", segment, 25)
    return bool(known) and segment.get(25) not in {"O", "I", "S"}


def _requester(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBR-16, unless ORC-12 has named who ordered it."""
    found = [one for rep in segment.repetitions(16) if (one := practitioner(rep, draft))]
    if not found:
        return False
    known = targets["ServiceRequest"].setdefault("requester", found[0])
    return known == found[0] and len(found) == 1


def _source(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBR-15, of messages without SPM: where the specimen is from, in subcomponents."""
    rep = segment.repetitions(15)[0]
    what, additive, _, site = (
        (sub(rep, number, 1), sub(rep, number, 2), sub(rep, number, 3)) for number in (1, 2, 3, 4)
    )
    if not (any(what) or any(additive)):
        return False
    specimen = targets["Specimen"]
    specimen["type"] = _coded(draft, what)
    if any(additive):
        specimen["container"] = [{"additiveCodeableConcept": _coded(draft, additive)}]
    if any(site):
        specimen.setdefault("collection", {}).update({"bodySite": _coded(draft, site)})
    extended(specimen, leftovers(rep, draft, "SPS", {1: 3, 2: 3, 4: 3}))
    return True


def _coded(draft: Draft, given: tuple[str, str, str]) -> Json:
    found = coding(draft, *given)
    return {"coding": [found], "text": given[1] or given[0]} if given[0] else {"text": given[1] or "unknown"}


def _commented(rep: Repetition, draft: Draft) -> Json | None:
    """OBR-39, coded or in words: a note on the specimen."""
    found = concept(rep, draft)
    if not found:
        return None
    words = " ".join(part for part in rep.components() if part)
    return extended({"text": words}, [{"url": f"{EXTENSION}OBR-39", "valueCodeableConcept": found}])


def _collector(rep: Repetition, draft: Draft) -> Json | None:
    return practitioner(rep, draft)


def _interpreter(rep: Repetition, draft: Draft) -> Json | None:
    return performer_name(rep, draft)


def _performed(function: str) -> Any:
    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = performer_name(rep, draft)
        kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": function}
        url = "http://hl7.org/fhir/StructureDefinition/event-performerFunction"
        return found and extended(found, [{"url": url, "valueCodeableConcept": {"coding": [kind]}}])

    return read


def _based_on(rep: Repetition, draft: Draft) -> list[Json]:
    return [{"type": "ServiceRequest", "identifier": one} for one in pair(rep, draft)]


ROOM = Room(
    "OBR",
    "Observation Request",
    (
        ignores(1, "Set ID OBR", "a counter within the message"),
        maps(2, "Placer Order Number", "ServiceRequest.identifier[] DiagnosticReport.identifier[]", placed),
        maps(3, "Filler Order Number", "ServiceRequest.identifier[] DiagnosticReport.identifier[]", filled),
        maps(4, "Universal Service Identifier", "ServiceRequest.code DiagnosticReport.code", concept),
        maps(5, "Priority OBR", "ServiceRequest.priority", translated("request_priority")),
        maps(6, "Requested Date/Time", "ServiceRequest.occurrenceDateTime", moment),
        reads(
            7,
            "Observation Date/Time",
            "DiagnosticReport.effectiveDateTime",
            _begun,
            also="DiagnosticReport.effectivePeriod.start",
        ),
        reads(8, "Observation End Date/Time", "DiagnosticReport.effectivePeriod.end", _over),
        maps(9, "Collection Volume", "Specimen.collection.quantity", quantity),
        maps(10, "Collector Identifier", "Specimen.collection.collector", _collector),
        keeps(11, "Specimen Action Code"),
        keeps(12, "Danger Code", *CONCEPT),
        keeps(13, "Relevant Clinical Information", *CONCEPT),
        maps(14, "Specimen Received Date/Time", "Specimen.receivedTime", moment),
        takes(15, "Specimen Source", "Specimen.type", _source),
        takes(16, "Ordering Provider", "ServiceRequest.requester", _requester),
        keeps(17, "Order Callback Phone Number", *CONTACT),
        keeps(18, "Placer Field 1"),
        keeps(19, "Placer Field 2"),
        keeps(20, "Filler Field 1"),
        keeps(21, "Filler Field 2"),
        maps(22, "Results Rpt Status Chng Date/Time", "DiagnosticReport.issued", exact),
        keeps(23, "Charge to Practice"),
        maps(24, "Diagnostic Serv Sect ID", "DiagnosticReport.category[]", of_table("0074")),
        reads(25, "Result Status", "DiagnosticReport.status", _state, codes="report_status"),
        keeps(26, "Parent Result"),
        takes(
            27,
            "Quantity Timing",
            "ServiceRequest.occurrenceTiming",
            told_at_once(27),
            also=TOLD_BESIDE,
            codes="request_priority",
        ),
        keeps(28, "Result Copies to", *PRACTITIONER),
        maps(29, "Parent Results Observation Identifier", "ServiceRequest.basedOn[]", _based_on),
        keeps(30, "Transportation Mode"),
        maps(31, "Reason for Study", "ServiceRequest.reasonCode[]", concept),
        maps(32, "Principal Result Interpreter", "DiagnosticReport.resultsInterpreter[]", _interpreter),
        keeps(33, "Assistant Result Interpreter"),
        maps(34, "Technician", "DiagnosticReport.performer[]", _performed("SPRF")),
        maps(35, "Transcriptionist", "DiagnosticReport.performer[]", _performed("TRANS")),
        keeps(36, "Scheduled Date/Time", *MOMENT),
        keeps(37, "Number of Sample Containers", *NUMBER),
        keeps(38, "Transport Logistics of Collected Sample", *CONCEPT),
        maps(39, "Collector's Comment", "Specimen.note[]", _commented),
        keeps(40, "Transport Arrangement Responsibility", *CONCEPT),
        keeps(41, "Transport Arranged"),
        keeps(42, "Escort Required"),
        keeps(43, "Planned Patient Transport Comment", *CONCEPT),
        keeps(44, "Procedure Code", *CONCEPT),
        keeps(45, "Procedure Code Modifier", *CONCEPT),
        maps(46, "Placer Supplemental Service Information", "ServiceRequest.orderDetail[]", concept),
        maps(47, "Filler Supplemental Service Information", "ServiceRequest.orderDetail[]", concept),
        keeps(48, "Medically Necessary Duplicate Procedure Reason", *CONCEPT),
        keeps(49, "Result Handling", *CONCEPT),
        keeps(50, "Parent Universal Service Identifier", *CONCEPT),
        keeps(51, "Observation Group ID", *ENTITY),
        keeps(52, "Parent Observation Group ID", *ENTITY),
        maps(53, "Alternate Placer Order Number", "ServiceRequest.identifier[]", identifier),
        keeps(54, "Parent Order"),
    ),
    _open,
    _close,
    each=(1, 2, 3, 7, 8, 14, 15, 16, 22, 25, 27),
)
