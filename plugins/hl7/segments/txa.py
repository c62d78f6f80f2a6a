"""TXA, a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept, of_table, text
from plugins.hl7.datatypes.identified import authority_system, bare, entity
from plugins.hl7.datatypes.moment import date_time, exact, moment
from plugins.hl7.datatypes.parts import compact, extended, parts
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import MOMENT, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.documents import ATTACHED, document_key, media_of

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_WRONG = "entered-in-error"


def _open(draft: Draft, segment: Segment) -> Targets:
    key = document_key(draft, segment)
    body = draft.add("DocumentReference", key)
    draft.document = key if draft.event.document or not _behind_its_content(draft) else ""
    targets = {"DocumentReference": body}
    draft.under = targets if draft.event.document or not draft.order else draft.order
    return targets


def _behind_its_content(draft: Draft) -> bool:
    """In an order, a TXA stands behind the result that is the document; elsewhere before what it is about."""
    for at in range(draft.at - 1, -1, -1):
        if draft.segments[at].name not in {"PRT", "NTE"}:
            return draft.segments[at].name == "OBX" and draft.segments[at].get(2).upper() in ATTACHED
    return False


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    body = targets["DocumentReference"]
    body["subject"] = draft.subject
    if visit := draft.encounter():
        body.setdefault("context", {})["encounter"] = [visit]
    standard = draft.standard("document_status", segment, 19)
    status = standard.code if standard else "current"
    body["status"] = draft.event.document if draft.event.document == _WRONG else status
    done = draft.standard("document_completion", segment, 17)
    if body["status"] == _WRONG:
        body["docStatus"] = _WRONG
    elif done:
        body["docStatus"] = done.code
    key = document_key(draft, segment)
    announced = {"status": body["status"], "content": [{"attachment": _announced(draft, segment)}]}
    draft.passing["DocumentReference", key] = {"resourceType": "DocumentReference", **announced}
    _relate(draft, segment, body, key)


def _announced(draft: Draft, segment: Segment) -> Json:
    """What is known of a content that has not come: FHIR knows no document without one."""
    found = compact(
        {
            "contentType": media_of(draft, segment.get(3), segment.get(3, 2)) or media_of(draft, "", segment.get(3)),
            "title": segment.get(25) or segment.get(16) or segment.get(2, 2),
            "creation": date_time(segment.get(6), draft.zone),
        }
    )
    return found or {"title": segment.get(2) or "unknown"}


def _relate(draft: Draft, segment: Segment, body: Json, key: str) -> None:
    """TXA-13: the document this one belongs to; one that is replaced is no longer the current one."""
    if not (number := segment.get(13)):
        return
    parent = f"{authority_system(draft, *(segment.get(13, at) for at in (2, 3, 4)))}|{number}"
    how = draft.event.relates or "appends"
    if parent == key:
        return
    target: Json = {"reference": f"DocumentReference/{parent}", "type": "DocumentReference"}
    target |= {"identifier": entity(segment.repetitions(13)[0], draft)}
    body["relatesTo"] = [{"code": how, "target": target}]
    if how != "replaces":
        return
    old: Json = {"resourceType": "DocumentReference", "status": "superseded", "subject": draft.subject}
    draft.passing["DocumentReference", parent] = old | {"content": [{"attachment": {"title": number}}]}
    draft.add("DocumentReference", parent).update(old)


def _parent(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, targets
    return bool(segment.get(13)) and len(segment.repetitions(13)) == 1 and segment.raw(13) != segment.raw(12)


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """Several codes are one status, so the code is kept beside it; of a document taken back no other counts."""
    if draft.standard("document_completion", segment, 17) is None:
        return False
    extended(targets["DocumentReference"], [{"url": "urn:hub:v2:TXA-17", "valueCode": segment.get(17)}])
    return True


def _available(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return draft.standard("document_status", segment, 19) is not None and draft.event.document != _WRONG


def _placer(rep: Repetition, draft: Draft) -> Json | None:
    found = entity(rep, draft, "PLAC")
    return found and {"type": "ServiceRequest", "identifier": found}


def _filler(rep: Repetition, draft: Draft) -> Json | None:
    found = entity(rep, draft, "FILL")
    return found and {"type": "ServiceRequest", "identifier": found}


def _signed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """TXA-22: who has signed, and when, unless TXA-10 has named another."""
    reps = segment.repetitions(22)
    who, when = reps[0].cut(14)
    found = practitioner(who, draft)
    time = date_time(when.get(), draft.zone) if when.raw else None
    if found is None or len(reps) > 1 or (when.raw and time is None):
        return False
    known = targets["DocumentReference"].setdefault("authenticator", found)
    if known["reference"] != found["reference"]:
        return False
    if time:
        extended(known, [{"url": "urn:hub:v2:PPN-15", "valueDateTime": time}])
    return True


def _custodian(rep: Repetition, draft: Draft) -> Json | None:
    """HD -> the Organization that keeps it."""
    c = parts(rep, draft)
    name = c[0] or c[1]
    if not name:
        return None
    system = authority_system(draft, c[0], c[1], c[2])
    body: Json = {"resourceType": "Organization", "name": name}
    body["identifier"] = [{"system": system, "value": c[1] or c[0]}]
    draft.directory("Organization", f"{system}|{name}", body)
    return {"reference": f"Organization/{system}|{name}", "display": name}


ROOM = Room(
    "TXA",
    "Transcription Document Header",
    (
        ignores(1, "Set ID TXA", "a counter within the message"),
        maps(2, "Document Type", "DocumentReference.type", of_table("0270")),
        keeps(3, "Document Content Presentation"),
        maps(4, "Activity Date/Time", "DocumentReference.context.period.start", moment),
        keeps(5, "Primary Activity Provider Code/Name", *PRACTITIONER),
        maps(6, "Origination Date/Time", "DocumentReference.date", exact),
        keeps(7, "Transcription Date/Time", *MOMENT),
        keeps(8, "Edit Date/Time", *MOMENT),
        maps(9, "Originator Code/Name", "DocumentReference.author[]", practitioner),
        maps(10, "Assigned Document Authenticator", "DocumentReference.authenticator", practitioner),
        keeps(11, "Transcriptionist Code/Name", *PRACTITIONER),
        maps(12, "Unique Document Number", "DocumentReference.masterIdentifier", entity),
        takes(13, "Parent Document Number", "DocumentReference.relatesTo", _parent),
        maps(14, "Placer Order Number", "DocumentReference.context.related[]", _placer),
        maps(15, "Filler Order Number", "DocumentReference.context.related[]", _filler),
        maps(16, "Unique Document File Name", "DocumentReference.identifier[]", bare("FILE")),
        reads(17, "Document Completion Status", "DocumentReference.docStatus", _state, codes="document_completion"),
        maps(18, "Document Confidentiality Status", "DocumentReference.securityLabel[]", of_table("0272")),
        reads(19, "Document Availability Status", "DocumentReference.status", _available, codes="document_status"),
        keeps(20, "Document Storage Status"),
        keeps(21, "Document Change Reason"),
        takes(22, "Authentication Person, Time Stamp", "DocumentReference.authenticator", _signed),
        keeps(23, "Distributed Copies", *PRACTITIONER),
        maps(24, "Folder Assignment", "DocumentReference.category[]", concept),
        maps(25, "Document Title", "DocumentReference.description", text),
        keeps(26, "Agreed Due Date/Time", *MOMENT),
        maps(27, "Creating Facility", "DocumentReference.custodian", _custodian),
        maps(28, "Creating Specialty", "DocumentReference.context.practiceSetting", concept),
    ),
    _open,
    _close,
)
