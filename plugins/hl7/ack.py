"""Builds acknowledgements as bytes for the wire (HL7 v2.5.1, 2.9.2): AA, AE, AR, and CA, CE, CR in enhanced mode.

The sender's own delimiters, encoding, version and processing id are used. Nothing in an answer comes from the clock or
from chance, so that a resend gets the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub import Text
from plugins.hl7.building import Verbatim, header, is_before, location
from plugins.hl7.charset import encode
from plugins.hl7.delimiters import escape
from plugins.hl7.replies import reply_to

if TYPE_CHECKING:
    from datetime import datetime

    from hub import Receipt, Refusal, Settled
    from plugins.hl7.head import Head


class Kind(NamedTuple):
    """How a reason to refuse is said in HL7: MSA-1 and a code of table 0357."""

    answer: str
    code: str
    meaning: str


_DATA = Kind("AE", "102", "Data type error")
_INTERNAL = Kind("AE", "207", "Application internal error")
_SEQUENCE = Kind("AR", "100", "Segment sequence error")
_KINDS = {
    "encoding": _DATA,
    "bad_control_id": _DATA,
    "no_control_id": Kind("AE", "101", "Required field missing"),
    "no_message_type": Kind("AR", "101", "Required field missing"),
    "no_header": _SEQUENCE,
    "empty": _SEQUENCE,
    "bad_header": Kind("AR", "102", "Data type error"),
    "several_messages": _SEQUENCE,
    "batch_count": _DATA,
    "batch": Kind("AR", "200", "Unsupported message type"),
    "reused_key": Kind("AE", "205", "Duplicate key identifier"),
    "query_not_allowed": Kind("AR", "200", "Unsupported message type"),
    "query_unknown": Kind("AR", "200", "Unsupported message type"),
    "bad_query": _DATA,
    "wrong_sender": Kind("AR", "204", "Unknown key identifier"),
}
"""AE: something in it is wrong. AR: as a whole it is none for us. Every other reason is an AE of ours."""


def reasons() -> list[Kind]:
    """All that a sender may be told."""
    return [*_KINDS.values(), _INTERNAL]


class Leg(NamedTuple):
    """Which of the acknowledgements of a message it is."""

    first: str
    """What MSA-1 begins with."""
    number: str
    """What MSH-10 begins with: two acknowledgements of one message have numbers of their own."""
    enhanced: bool = False
    orders: bool = False
    """Orders are answered with the reply of their own type."""

    def answer(self, kind: str) -> str:
        return self.first + kind[1]


ORIGINAL = Leg("A", "H")
ACCEPT = Leg("C", "H", enhanced=True)
APPLICATION = Leg("A", "A", enhanced=True)


def accept(head: Head, receipt: Receipt, leg: Leg = ORIGINAL) -> bytes:
    """AA or CA: the message is on disk. As an answer to what became of it: it is applied, or not meant for us."""
    msh = _header(head, f"{leg.number}{receipt.message_id}", receipt.received_at, leg)
    return encode(msh + _msa(head, leg.answer("AA")), head.codec)


def refuse(head: Head, refusal: Refusal, receipt: Receipt, leg: Leg = ORIGINAL) -> bytes:
    """AE, AR, CE or CR: the bytes are kept as refused."""
    msh = _header(head, f"{leg.number}{receipt.message_id}", receipt.received_at, leg)
    kind = _KINDS.get(refusal.code, _INTERNAL)
    return _negative(head, _Reason(kind, refusal.code, refusal.text, refusal.place), msh, leg)


def decide(head: Head, settled: Settled, receipt: Receipt, leg: Leg = ORIGINAL) -> bytes:
    """What became of a message: AA when it is applied or of no use to us, AE or AR when it is parked."""
    if settled.status != "parked":
        return accept(head, receipt, leg)
    msh = _header(head, f"{leg.number}{receipt.message_id}", receipt.received_at, leg)
    text = settled.text or Text("the message is parked")
    return _negative(head, _Reason(_kind_of(settled), settled.code, text, settled.place), msh, leg)


def unavailable(head: Head, text: Text, now: datetime, leg: Leg = ORIGINAL) -> bytes:
    """AE or CE: nothing could be kept, so the sender must send it again."""
    msh = _header(head, f"U{now:%y%m%d%H%M%S%f}", now, leg)
    return _negative(head, _Reason(_INTERNAL, "unavailable", text, ""), msh, leg)


def failed(head: Head, text: Text, receipt: Receipt, leg: Leg = ORIGINAL) -> bytes:
    """AE: a question that is on disk could not be answered."""
    msh = _header(head, f"{leg.number}{receipt.message_id}", receipt.received_at, leg)
    return _negative(head, _Reason(_INTERNAL, "not_answered", text, ""), msh, leg)


class _Reason(NamedTuple):
    kind: Kind
    code: str
    text: Text
    place: str


def _kind_of(settled: Settled) -> Kind:
    """A message of a type that cannot be is refused as a whole; else the place says what kind of fault it is."""
    if settled.code != "parse_error" or not settled.place:
        return _INTERNAL
    if settled.place.startswith("MSH-9"):
        return Kind("AR", "200", "Unsupported message type")
    return _DATA if "-" in settled.place else Kind("AE", "100", "Segment sequence error")


def _header(head: Head, control_id: str, at: datetime, leg: Leg) -> str:
    return header(head, _type(head, leg), control_id, at, head.codec)


def _type(head: Head, leg: Leg) -> tuple[str, ...]:
    """MSH-9: ACK, the trigger answered, and from 2.3.1 on the structure; or that of the reply to an order."""
    reply = reply_to(head) if leg.orders else None
    found = reply or ("ACK", Verbatim(head.trigger), "ACK")
    return found[:2] if is_before(head, 2.31) else found


def _msa(head: Head, answer: str, text: str = "") -> str:
    mark = head.delimiters.field
    return mark.join(["MSA", answer, head.control_id, *([text] if text else [])]) + "\r"


def _negative(head: Head, reason: _Reason, msh: str, leg: Leg) -> bytes:
    """With both languages; in English alone where the sender's encoding has no Chinese."""
    chinese, english = (escape(reason.text.render(language), head.delimiters) for language in ("zh_CN", "en"))
    try:
        return encode(msh + _said(head, reason, leg, (english, chinese)), head.codec)
    except UnicodeEncodeError:
        english = english.encode(head.codec, "replace").decode(head.codec)
        return encode(msh + _said(head, reason, leg, (english, "")), head.codec)


def _said(head: Head, reason: _Reason, leg: Leg, texts: tuple[str, str]) -> str:
    """MSA and ERR. Before 2.5, ERR has a place and a code only (ELD), and MSA-3 the text."""
    delimiters, kind = head.delimiters, reason.kind
    mark, between = delimiters.field, delimiters.component
    english, chinese = texts
    place, answer = location(reason.place), leg.answer(kind.answer)
    if is_before(head, 2.5):
        inner = delimiters.subcomponent or " "
        where = between.join([*place[:3], inner.join([kind.code, kind.meaning, "HL70357"])])
        return _msa(head, answer, (chinese or english)[:80]) + mark.join(["ERR", where]) + "\r"
    coded = between.join([kind.code, kind.meaning, "HL70357"])
    fields = ["ERR", "", between.join(place).rstrip(between or None), coded, "E", reason.code, "", english, chinese]
    return _msa(head, answer) + mark.join(fields).rstrip(mark) + "\r"
