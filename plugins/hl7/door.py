"""Looks at a message as far as the door must: decoding, limits and MSH; all else is for ``parse``."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from hub import ParseError, Payload, Refusal, Text
from plugins.hl7.answering import asks
from plugins.hl7.charset import Decoded, decode
from plugins.hl7.head import Head
from plugins.hl7.kinds import meant
from plugins.hl7.lexer import NULL, Lexed, Segment, lex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plugins.hl7.settings import HL7Settings

_LANES = 1_000
"""A message that names more people than this keeps its place behind these only."""
_LONGEST = 199
"""What MSH-10 may hold in HL7 v2.7 (older versions: 20), and all we note of anything else."""
_STRETCH = 500_000
_BATCHES = ("FHS", "BHS")
_BY_PLACE = {"MSH": "no_header", "MSH-1": "bad_header", "MSH-2": "bad_header"}


class Admission(NamedTuple):
    """A payload, and the first line to answer it by."""

    payload: Payload
    head: Head


def admit(body: bytes, settings: HL7Settings) -> Admission:
    """Never raises for bad bytes: what is refused says why."""
    if not body or body.isspace():
        return refused(body, Refusal("empty", Text("the frame is empty")))
    try:
        decoded = decode(body, settings.encoding)
    except ParseError as error:
        return refused(body, Refusal("encoding", error.text, error.place))
    try:
        lexed = lex(decoded.text, segments=settings.segments, repetitions=settings.repetitions, charset=decoded.codec)
    except ParseError as error:
        return refused(body, _unreadable(decoded.text, error), decoded)
    header = lexed.header
    head = Head.of(header.raws, lexed.delimiters, decoded.codec)
    fault = _fault(lexed, header) or (_unanswerable(lexed, settings) if asks(head) else None)
    return Admission(_payload(body, lexed, decoded, settings, fault), head)


def refused(body: bytes, refusal: Refusal, decoded: Decoded | None = None) -> Admission:
    """A payload that could not be taken apart."""
    head = Head.read(body)
    notes = decoded.notes if decoded else {}
    return Admission(Payload(body, _plain(head.control_id), notes=notes, refusal=refusal), head)


def _unreadable(text: str, error: ParseError) -> Refusal:
    if text.lstrip("\r\n").startswith(_BATCHES):
        return Refusal("batch", Text("this is a batch and no message: send it again, or submit it as a file"))
    return Refusal(_BY_PLACE.get(error.place, "too_many"), error.text, error.place)


def _fault(lexed: Lexed, header: Segment) -> Refusal | None:
    """What is wrong with a header that could be read."""
    control_id = header.raw(10)
    if lexed.text.count("MSH") > 1 and len(lexed.all("MSH")) > 1:
        return Refusal("several_messages", Text("a frame holds one message, this one holds several"), "MSH[2]")
    if control_id.strip() in {"", NULL}:
        return Refusal("no_control_id", Text("the message has no control id, so no answer could name it"), "MSH-10")
    if len(control_id) > _LONGEST or not control_id.isprintable():
        return Refusal("bad_control_id", Text("the control id is too long or holds control characters"), "MSH-10")
    if not header.raw(9).strip():
        return Refusal("no_message_type", Text("the message does not say what type it is"), "MSH-9")
    return None


def _unanswerable(lexed: Lexed, settings: HL7Settings) -> Refusal | None:
    """What is wrong with a question, or that it may not be asked."""
    from plugins.hl7.queries.answering import refusal  # a door that is asked nothing needs no maps

    return refusal(lexed, settings)


def _payload(body: bytes, lexed: Lexed, decoded: Decoded, settings: HL7Settings, refusal: Refusal | None) -> Payload:
    header = lexed.header
    kind = "^".join(part for part in (header.get(9), header.get(9, 2)) if part)
    notes = {**decoded.notes, "type": _plain(kind), "version": _plain(header.get(12))}
    if (settings.events or not header.get(9, 2).strip()) and (event := meant(lexed, settings.events)) != kind.upper():
        notes["event"] = _plain(event)  # what it is taken for, where its header does not say
    return Payload(
        body,
        key=_plain(header.raw(10)),
        sender=_sender(header),
        fingerprint=_fingerprint(lexed),
        lanes=() if refusal else tuple(islice(dict.fromkeys(_people(lexed)), _LANES)),
        notes=notes,
        refusal=refusal,
    )


def _sender(header: Segment) -> str:
    """Sending application and facility, in the standard's delimiters, trailing empty components left out."""
    application, facility = header.raw(3), header.raw(4)
    if application.isalnum() and facility.isalnum():
        return _plain(f"{application}|{facility}")
    named = ("^".join(found[0].components()) if (found := header.repetitions(field)) else "" for field in (3, 4))
    return _plain("|".join(name.strip().rstrip("^") for name in named))


def _people(lexed: Lexed) -> Iterator[str]:
    """The sender's numbers for people: those of PID-2, PID-3 and MRG-1, without their issuers."""
    for name, fields in (("PID", (3, 2)), ("MRG", (1,))):
        for segment in lexed.all(name) if name in lexed.text else ():
            for field in fields:
                if segment.raw(field):
                    yield from filter(None, (repetition.get(1).strip() for repetition in segment.repetitions(field)))


def _fingerprint(lexed: Lexed) -> bytes:
    """Of all that was sent but MSH-7: a resend may carry the time it was sent again."""
    raws = lexed.header.raws
    begin = lexed.text.index("MSH") + len("MSH|") + sum(len(raw) + 1 for raw in raws[2:7])
    end = begin + len(raws[7]) if len(raws) > 7 else begin
    found = hashlib.blake2b(lexed.text[:begin].encode(), digest_size=16)
    for at in range(end, len(lexed.text), _STRETCH):  # a document of 20 MB is not copied whole
        found.update(lexed.text[at : at + _STRETCH].encode())
    return found.digest()


def _plain(text: str) -> str:
    """What may stand in a listing: no control characters, not endless."""
    if text.isprintable() and len(text) <= _LONGEST:
        return text
    return "".join(char for char in text if char.isprintable())[:_LONGEST]
