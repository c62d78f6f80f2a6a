"""OBX, one result."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by, of_table
from plugins.hl7.datatypes.identified import entity, filled, pair
from plugins.hl7.datatypes.moment import exact, instant, moment
from plugins.hl7.datatypes.number import unit_of
from plugins.hl7.datatypes.parts import EXTENSION, default, extended, fault_of, listed, typed
from plugins.hl7.datatypes.reached import address
from plugins.hl7.datatypes.staffed import organization, practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, MOMENT, NUMBER, PRACTITIONER, extension
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.documents import (
    ATTACHED,
    IN_TEXT,
    SHORTEST,
    attachments,
    belongs_to,
    filed,
    goes_on,
    lines,
    refer,
    whole_text,
    written_out,
)
from plugins.hl7.segments.doses import told_of_dose
from plugins.hl7.segments.values import is_only_text, value_of

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


_ATTACHMENT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value"


def _open(draft: Draft, segment: Segment) -> Targets:
    code, part, kind = segment.get(3) or segment.get(3, 2), segment.get(4), segment.get(2).upper()
    if (kind in ATTACHED or draft.document) and (document := _document_of(draft, kind)):
        return _content(draft, segment, kind, document)
    above = _above(draft)
    key = f"{above}|{code}|{part}" if above else f"{draft.visit or draft.person}|{code}|{part}|{segment.get(14)}"
    number = draft.nth(key)
    key = key if number == 1 else f"{key}|{number}"
    body = draft.add("Observation", key)
    if report := draft.order.get("DiagnosticReport"):
        listed(report, "result").append({"reference": f"Observation/{key}"})
    draft.under = {"Observation": body}
    if kind in ATTACHED or (kind in IN_TEXT and len(segment.raw(5)) >= SHORTEST):
        draft.value = _attached(draft, segment, kind, key)
        if draft.value or kind in ATTACHED:
            return draft.under
    unit = unit_of(next(iter(segment.repetitions(6)), None), draft)
    draft.value = value_of(kind, segment.repetitions(5), unit, draft)
    return draft.under


def _above(draft: Draft) -> str:
    """What a result is of: the specimen before it, the order, the dose; of an order below a specimen the order."""
    if draft.event.specimen_first and draft.order_key:
        return draft.order_key
    return draft.specimen or draft.order_key or draft.dose


def _document_of(draft: Draft, kind: str) -> str:
    """The document a result is the content of; in a message about a document, texts are its content too."""
    if kind in ATTACHED or (draft.event.document and kind in IN_TEXT):
        return belongs_to(draft)
    return ""


def _content(draft: Draft, segment: Segment, kind: str, document: str) -> Targets:
    """A result that is the content of a document, or a further line of it, and no observation."""
    draft.under = {"DocumentReference": draft.add("DocumentReference", document)}
    draft.value = {}
    if kind in IN_TEXT and goes_on(draft, segment):
        draft.value = {"document": document}
        return draft.under
    key = f"{document}|{draft.nth(f'Binary/{document}')}"
    if kind in ATTACHED:
        shown = attachments(kind, segment, key, draft)
    else:
        shown = [filed(lines(draft, segment), key, draft)] if segment.raw(5) else []
    if not shown:
        return draft.under
    draft.value = {"document": document}
    refer(draft, document, shown)
    if title := segment.get(3, 2):
        shown[0]["title"] = title
    return {**draft.under, "Attachment": shown[0]}


def _attached(draft: Draft, segment: Segment, kind: str, key: str) -> Json:
    """A document among the results: the result names it, and it stands as a document too."""
    if kind in ATTACHED:
        shown = attachments(kind, segment, key, draft)
    else:
        content = written_out(whole_text(segment, draft))
        shown = [filed(content, key, draft)] if content else []
    if not shown:
        return {}
    for one in shown if (title := segment.get(3, 2)) else ():
        one["title"] = title
    refer(draft, key, shown)
    if report := draft.order.get("DiagnosticReport"):
        listed(report, "presentedForm").extend(shown)
    return {"attachments": [{"valueAttachment": one} for one in shown], "document": key}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    if "Observation" not in targets:
        return
    body = targets["Observation"]
    body["subject"] = draft.subject
    if visit := draft.encounter():
        body["encounter"] = visit
    standard = draft.standard("observation_status", segment, 11)
    body["status"] = standard.code if standard else "unknown"
    default(body, "code", {"text": "unnamed"})
    _put_value(draft.value, body)
    _absent(draft, segment, body)
    if draft.specimen:
        body["specimen"] = {"reference": f"Specimen/{draft.specimen}"}
    if draft.order:
        kind = next(iter(draft.order))
        body["basedOn" if kind.endswith("Request") else "partOf"] = [{"reference": f"{kind}/{draft.order_key}"}]
    elif draft.dose:
        body["partOf"] = [{"reference": f"Immunization/{draft.dose}"}]
        told_of_dose(draft, segment)
    if "document" in draft.value:
        _as_document(draft, segment, body)


def _as_document(draft: Draft, segment: Segment, result: Json) -> None:
    """The DocumentReference of a document among the results says what the result says."""
    state = segment.get(11)
    body = draft.resources["DocumentReference", draft.value["document"]]
    body |= {"status": "entered-in-error" if state in {"D", "W"} else "current", "subject": draft.subject}
    if known := _DONE.get(state):
        body["docStatus"] = known
    body["type"] = result["code"]
    if when := instant(segment.get(14).strip(), draft.zone):
        body["date"] = when.isoformat()
    around: Json = {"encounter": [visit]} if (visit := draft.encounter()) else {}
    if draft.order:
        around["related"] = [{"reference": f"{next(iter(draft.order))}/{draft.order_key}"}]
    if around:
        body["context"] = around


_DONE = {"F": "final", "P": "preliminary", "C": "amended", "A": "amended", "D": "entered-in-error",
         "W": "entered-in-error"}  # fmt: skip


@typed
def _value(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBX-5 by OBX-2; False where the value is not of its type, and then it is kept as it came."""
    del targets
    if draft.value and is_only_text(segment.get(2).upper(), draft.value):
        draft.remark = f": {fault_of(_value)}"
    return bool(draft.value)


def _put_value(found: Json, body: Json) -> None:
    if "attachments" in found:
        extended(body, [{"url": _ATTACHMENT, **one} for one in found["attachments"]])
    elif "component" in found:
        body["component"] = [{"code": body["code"], **one} for one in found["component"]]
    else:
        body.update(found)


def _unit(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBX-6 belongs to the quantity; False without one."""
    del segment, targets
    held = [draft.value, *draft.value.get("component", ())]
    return any("valueQuantity" in one or "valueRange" in one or "valueRatio" in one for one in held)


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Two codes are ``entered-in-error``: such a code is kept. Of a document's content it is the document's state."""
    if "Observation" not in targets:
        body = targets["DocumentReference"]
        known = _DONE.get(segment.get(11))
        return known is not None and body.setdefault("docStatus", known) == known
    return draft.standard("observation_status", segment, 11) is not None and segment.get(11) not in {"D", "W"}


def _type(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBX-2 shows in the element the value is in; where that would do for other types too, it is kept."""
    del targets
    return "document" in draft.value or _SHOWN.get(segment.get(2)) in draft.value


def _absent(draft: Draft, segment: Segment, body: Json) -> None:
    """X and N: no result could be had, none was asked for."""
    del draft
    reason = {"X": "cannot-be-obtained", "N": "not-asked"}.get(segment.get(11))
    if reason and not segment.raw(5) and "dataAbsentReason" not in body:
        system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        body["dataAbsentReason"] = {"coding": [{"system": system, "code": reason}]}


def _part(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBX-4 tells results of one code apart."""
    extended(next(iter(targets.values())), [{"url": f"{EXTENSION}OBX-4", "valueString": segment.raw(4)}])
    del draft
    return True


def _device(rep: Repetition, draft: Draft) -> Json | None:
    found = entity(rep, draft)
    return {"identifier": found} if found else None


def _range(rep: Repetition, draft: Draft) -> Json | None:
    """OBX-7: the bounds where it is ``low-high`` of two numbers, the text always."""
    words = rep.get().strip()
    if not words:
        return None
    del draft
    if bounds := _BOUNDS.fullmatch(words):
        low, high = map(Decimal, bounds.groups())
        if low <= high:
            return {"low": {"value": low}, "high": {"value": high}, "text": words}
    return {"text": words}


_SHOWN = {"NM": "valueQuantity", "ST": "valueString", "SN": "valueRatio"}
_BOUNDS = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[-~～]\s*([0-9]+(?:\.[0-9]+)?)")
_ABNORMAL = "observation-nature-of-abnormal-test"


def _lab(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """OBX-23, with the address in OBX-24: the organization that did the test."""
    rep = segment.repetitions(23)[0]
    found = organization(rep, draft) if "Observation" in targets else None
    if found is None:
        return False
    where = [one for rep in segment.repetitions(24) if (one := address(rep, draft))]
    if where:
        draft.resources["Organization", found["reference"].partition("/")[2]].setdefault("address", where)
    listed(targets["Observation"], "performer").append(found)
    return True


ROOM = Room(
    "OBX",
    "Observation/Result",
    (
        ignores(1, "Set ID OBX", "a counter within the message"),
        reads(2, "Value Type", "Observation.value[x]", _type, also="DocumentReference.content.attachment.contentType"),
        maps(3, "Observation Identifier", "Observation.code DocumentReference.context.event[]", concept),
        takes(4, "Observation Sub ID", "Observation.extension", _part),
        takes(
            5,
            "Observation Value",
            "Observation.value[x] Observation.component.value[x] DocumentReference.content.attachment.url",
            _value,
        ),
        takes(
            6,
            "Units",
            "Observation.valueQuantity.unit Observation.valueRange.low.unit Observation.valueRatio.numerator.unit"
            " Observation.component.valueQuantity.unit",
            _unit,
        ),
        maps(7, "References Range", "Observation.referenceRange[]", _range),
        maps(8, "Interpretation Codes", "Observation.interpretation[]", concept_by("interpretation", f"{V2}0078")),
        keeps(9, "Probability", *NUMBER),
        maps(
            10,
            "Nature of Abnormal Test",
            "Observation.extension[]",
            extension(_ABNORMAL, "valueCodeableConcept", of_table("0080")),
        ),
        reads(
            11,
            "Observation Result Status",
            "Observation.status DocumentReference.docStatus",
            _state,
            codes="observation_status",
        ),
        keeps(12, "Effective Date of Reference Range", *MOMENT),
        keeps(13, "User Defined Access Checks"),
        maps(14, "Date/Time of the Observation", "Observation.effectiveDateTime Attachment.creation", moment),
        keeps(15, "Producer's ID", *CONCEPT),
        maps(16, "Responsible Observer", "Observation.performer[]", practitioner),
        maps(17, "Observation Method", "Observation.method", concept),
        maps(18, "Equipment Instance Identifier", "Observation.device", _device),
        maps(19, "Date/Time of the Analysis", "Observation.issued", exact),
        maps(20, "Observation Site", "Observation.bodySite", concept),
        maps(21, "Observation Instance Identifier", "Observation.identifier[]", filled),
        keeps(22, "Mood Code", *CONCEPT),
        takes(23, "Performing Organization Name", "Observation.performer", _lab),
        keeps(24, "Performing Organization Address", *ADDRESS),
        keeps(25, "Performing Organization Medical Director", *PRACTITIONER),
        keeps(26, "Patient Results Release Category"),
        keeps(27, "Root Cause", *CONCEPT),
        keeps(28, "Local Process Control", *CONCEPT),
        keeps(29, "Observation Type"),
        keeps(30, "Observation Sub Type"),
        keeps(31, "Action Code"),
        maps(32, "Observation Value Absent Reason", "Observation.dataAbsentReason", concept),
        maps(33, "Observation Related Specimen Identifier", "Observation.identifier[]", pair),
    ),
    _open,
    _close,
    each=(1, 2, 4, 5, 6, 14, 19),
)
