"""Builds acknowledgements in original mode (HL7 v2.5.1, 2.9.2): AA, AE or AR, as bytes for the wire.

The sender's own delimiters, encoding, version and processing id are used. Nothing in an answer comes from the clock or
from chance, so that a resend gets the same bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hub import Text
from plugins.hl7.charset import GB18030, codec_of, encode
from plugins.hl7.delimiters import escape

if TYPE_CHECKING:
    from datetime import datetime

    from hub import Receipt, Refusal
    from plugins.hl7.head import Head

_PLACE = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<sequence>[0-9]+)\])?"
    r"(?:-(?P<field>[0-9]+)(?:\[(?P<repetition>[0-9]+)\])?(?:\.(?P<component>[0-9]+))?)?"
)


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
    "bad_header": Kind("AR", "102", "Data type error"),
    "several_messages": _SEQUENCE,
    "batch": Kind("AR", "200", "Unsupported message type"),
    "reused_key": Kind("AE", "205", "Duplicate key identifier"),
}
"""AE: something in it is wrong. AR: as a whole it is none for us. Every other reason is an AE of ours."""


def accept(head: Head, receipt: Receipt) -> bytes:
    """AA: the message is on disk."""
    return encode(_header(head, f"H{receipt.message_id}", receipt.received_at) + _msa(head, "AA"), head.codec)


def refuse(head: Head, refusal: Refusal, receipt: Receipt) -> bytes:
    """AE or AR: the bytes are kept as refused."""
    return _negative(
        head, refusal.code, refusal.text, refusal.place, _header(head, f"H{receipt.message_id}", receipt.received_at)
    )


def unavailable(head: Head, text: Text, now: datetime) -> bytes:
    """AE: nothing could be kept, so the sender must send it again."""
    return _negative(head, "unavailable", text, "", _header(head, f"U{now:%y%m%d%H%M%S%f}", now))


def _header(head: Head, control_id: str, at: datetime) -> str:
    fields = head.fields
    written = [
        *("MSH", fields[2] or "".join(head.delimiters[1:])),
        *(fields[5], fields[6], fields[3], fields[4]),
        *(f"{at:%Y%m%d%H%M%S%z}", "", _type(head), control_id),
        *(head.processing_id or "P", fields[12] if head.version else "2.5.1"),
    ]
    if charset := _charset(head):
        written += ["", "", "", "", "", charset]
    return head.delimiters.field.join(written) + "\r"


def _type(head: Head) -> str:
    """MSH-9: ACK, the trigger answered, and from 2.3.1 on the structure."""
    parts = ["ACK", head.trigger] if _is_before(head, 2.31) else ["ACK", head.trigger, "ACK"]
    between = head.delimiters.component
    return between.join(parts).rstrip(between) if between else "ACK"


def _charset(head: Head) -> str:
    """MSH-18: as the sender wrote it, or the truth where that was wrong."""
    repetition = head.delimiters.repetition
    declared = head.charset.partition(repetition)[0] if repetition else head.charset
    if not declared or codec_of(declared.strip()) == head.codec:
        return head.charset
    return "GB 18030-2000" if head.codec == GB18030 else "UNICODE UTF-8"


def _msa(head: Head, answer: str, text: str = "") -> str:
    mark = head.delimiters.field
    return mark.join(["MSA", answer, head.control_id, *([text] if text else [])]) + "\r"


def _negative(head: Head, code: str, text: Text, place: str, header: str) -> bytes:
    """With both languages; in English alone where the sender's encoding has no Chinese."""
    kind = _KINDS.get(code, _INTERNAL)
    chinese, english = (escape(text.render(language), head.delimiters) for language in ("zh_CN", "en"))
    try:
        return encode(header + _reason(head, kind, code, place, (english, chinese)), head.codec)
    except UnicodeEncodeError:
        english = english.encode(head.codec, "replace").decode(head.codec)
        return encode(header + _reason(head, kind, code, place, (english, "")), head.codec)


def _reason(head: Head, kind: Kind, code: str, place: str, texts: tuple[str, str]) -> str:
    """MSA and ERR. Before 2.5, ERR has a place and a code only (ELD), and MSA-3 the text."""
    delimiters = head.delimiters
    mark, between = delimiters.field, delimiters.component
    english, chinese = texts
    if _is_before(head, 2.5):
        inner = delimiters.subcomponent or " "
        location = between.join([*_location(place)[:3], inner.join([kind.code, kind.meaning, "HL70357"])])
        return _msa(head, kind.answer, (chinese or english)[:80]) + mark.join(["ERR", location]) + "\r"
    coded = between.join([kind.code, kind.meaning, "HL70357"])
    fields = ["ERR", "", between.join(_location(place)).rstrip(between or None), coded, "E", code, "", english, chinese]
    return _msa(head, kind.answer) + mark.join(fields).rstrip(mark) + "\r"


def _location(place: str) -> list[str]:
    """``PID-3[2].4`` as segment, its sequence, field, repetition, component (ERL)."""
    found = _PLACE.fullmatch(place)
    if not found:
        return [""] * 5
    repetition = found["repetition"] or ("1" if found["component"] else "")
    return [found["segment"], found["sequence"] or "1", found["field"] or "", repetition, found["component"] or ""]


def _is_before(head: Head, version: float) -> bool:
    """Whether the sender's version is an older one: 2.31 stands for 2.3.1."""
    number = re.fullmatch(r"2\.([0-9])(?:\.([0-9]))?", head.version)
    return number is not None and float(f"2.{number[1]}{number[2] or ''}") < version
