"""What must hold for any bytes that come to a door, told as checks that fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hub import Message, ParseError, Payload, Receipt, RecordUpdate, UnsupportedMessage
from hub.pipeline.verdicts import sound
from plugins.hl7 import ack
from plugins.hl7.adapter import HL7
from plugins.hl7.door import admit
from plugins.hl7.head import Head
from plugins.hl7.lexer import Lexed, lex
from plugins.hl7.settings import HL7Settings

AT = datetime(2024, 3, 1, tzinfo=UTC)
SYSTEMS = {"HOSP": "urn:oid:2.999.1", "VISIT": "urn:oid:2.999.2", "CLINIC": "urn:oid:2.999.3"}
_OCCURRENCE = re.compile(r"\[[0-9]+\]\Z")
SETTINGS = HL7Settings.model_validate(
    {"listen": "127.0.0.1:0", "systems": SYSTEMS, "queries": {"allow": ["Q21", "Q22", "ZV1", "Q23", "Z34", "A19"]}}
)
FEED = HL7("hospital", SETTINGS)


def of_the_lexer(text: str) -> Lexed | None:
    """What is taken apart comes together again, and every leaf can be read; None where the text is no message."""
    try:
        lexed = lex(text)
    except ParseError:
        return None
    assert lexed.encode() == text
    for segment in lexed.segments:
        assert segment.encode().count("\r") == 0
        for at in range(1, segment.fields + 1):
            segment.get(at, 2, 2, 2)
            for rep in segment.repetitions(at):
                assert len(rep.components()) == len(rep.raw.split(lexed.delimiters.component or "\r")) or at < 3
                rep.get()
        assert [one.raws for one in lexed.all(segment.name)][segment.occurrence - 1] == segment.raws
    return lexed


def of_the_door(body: bytes) -> Payload:
    """The bytes stay, and the sender gets one whole answer that names its message."""
    payload, head = admit(body, SETTINGS)
    assert payload.body == body
    answer = answered(payload, head)
    assert answer.startswith(b"MSH")
    assert b"\x0b" not in answer
    assert b"\x1c" not in answer
    assert answer.endswith(b"\r")
    return payload


def answered(payload: Payload, head: Head) -> bytes:
    """The answer of original mode once the message is on disk."""
    receipt = Receipt(1, AT, refusal=payload.refusal)
    return ack.refuse(head, payload.refusal, receipt) if payload.refusal else ack.accept(head, receipt)


def of_the_meaning(payload: Payload) -> tuple[RecordUpdate, ...]:
    """Read twice it is the same and sound, or one of the two errors; nothing of it is left unexplained."""
    message = Message(1, "hospital", payload.key, payload.body, AT, payload.sender, payload.notes)
    found, objection = read(message)
    assert (found, objection) == read(message)
    lexed = FEED._lexed(message)
    explained = {_OCCURRENCE.sub("", fate.place) for fate in FEED.explain(message)}
    assert explained == set(filled(lexed))
    for update in found:
        said = [update.claim.patient] if update.claim else []
        assert not list(empty([*said, *(resource.body for resource in update.resources)]))
    return found


def empty(value: Any, place: str = "") -> Iterator[str]:
    """Where FHIR would have something that is nothing: an empty text, list or element."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in parts:
        if one in ("", [], {}):
            yield f"{place}.{name}"
        yield from empty(one, f"{place}.{name}")


def read(message: Message) -> tuple[tuple[RecordUpdate, ...], str]:
    """The updates, or what was objected."""
    try:
        return sound(FEED.parse(message)), ""
    except (ParseError, UnsupportedMessage) as error:
        return (), str(error)


def filled(lexed: Lexed) -> list[str]:
    """The places of all fields that are not empty."""
    return [
        f"{segment.name}{f'({segment.occurrence})' if segment.occurrence > 1 else ''}-{at}"
        for segment in lexed.segments
        for at in range(1, segment.fields + 1)
        if segment.raw(at)
    ]


def of_everything(body: bytes) -> None:
    payload = of_the_door(body)
    if payload.refusal is None:
        of_the_meaning(payload)
