"""RF1, a referral."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import of_table, text, translated
from plugins.hl7.datatypes.identified import entity
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.parts import default
from plugins.hl7.keeping import CONCEPT, CONTACT, MOMENT, ORGANIZATION, PRACTITIONER, QUANTITY
from plugins.hl7.rows import Room, keeps, maps, reads

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    number = segment.get(6) or segment.get(11) or f"{segment.get(7)}|{segment.get(10)}"
    draft.under = {"ServiceRequest": draft.add("ServiceRequest", f"{draft.person}|RF1|{number}")}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    request = targets["ServiceRequest"]
    standard = draft.standard("referral_status", segment, 1)
    said = standard.code if standard else "unknown"
    request.update(status=draft.event.referral or said, intent="order", subject=draft.subject)
    default(request, "code", {"coding": [{"system": "http://snomed.info/sct", "code": "3457005"}]})
    if visit := draft.encounter():
        request["encounter"] = visit


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del targets
    return not draft.event.referral and draft.standard("referral_status", segment, 1) is not None


def _noted(rep: Repetition, draft: Draft) -> Json | None:
    words = text(rep, draft)
    return {"text": words} if words else None


ROOM = Room(
    "RF1",
    "Referral Information",
    (
        reads(1, "Referral Status", "ServiceRequest.status", _state, codes="referral_status"),
        maps(2, "Referral Priority", "ServiceRequest.priority", translated("request_priority")),
        maps(3, "Referral Type", "ServiceRequest.category[]", of_table("0281")),
        keeps(4, "Referral Disposition", *CONCEPT),
        maps(5, "Referral Category", "ServiceRequest.category[]", of_table("0284")),
        maps(6, "Originating Referral Identifier", "ServiceRequest.identifier[]", entity),
        maps(7, "Effective Date", "ServiceRequest.authoredOn", moment),
        maps(8, "Expiration Date", "ServiceRequest.occurrencePeriod.end", moment),
        keeps(9, "Process Date", *MOMENT),
        maps(10, "Referral Reason", "ServiceRequest.reasonCode[]", of_table("0336")),
        maps(11, "External Referral Identifier", "ServiceRequest.identifier[]", entity),
        keeps(12, "Referral Documentation Completion Status", *CONCEPT),
        keeps(13, "Planned Treatment Stop Date", *MOMENT),
        keeps(14, "Referral Reason Text"),
        keeps(15, "Number of Authorized Treatments Units", *QUANTITY),
        keeps(16, "Number of Used Treatments Units", *QUANTITY),
        keeps(17, "Number of Schedule Treatments Units", *QUANTITY),
        keeps(18, "Remaining Benefit Amount"),
        keeps(19, "Authorized Provider", *ORGANIZATION),
        keeps(20, "Authorized Health Professional", *PRACTITIONER),
        keeps(21, "Source Text"),
        keeps(22, "Source Date", *MOMENT),
        keeps(23, "Source Phone", *CONTACT),
        maps(24, "Comment", "ServiceRequest.note[]", _noted),
        keeps(25, "Action Code"),
    ),
    _open,
    _close,
)
