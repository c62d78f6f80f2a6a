"""Files of many messages (HL7 v2.5.1, 2.10.3): ``[FHS] {[BHS] {MSH …} [BTS]} [FTS]``, however little of it is there.

Read in one pass; what is held never exceeds the longest message allowed. Messages may be in MLLP frames. No byte is
lost: what is no message, a trailer that does not agree, and what was cut off are kept as refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

from hub import Payload, Piece, Refusal, Text
from plugins.hl7.door import admit, refused
from plugins.hl7.framing import KEPT
from plugins.hl7.head import Head

if TYPE_CHECKING:
    from plugins.hl7.settings import HL7Settings

_CHUNK = 262_144
# Where something new begins: at a line's beginning, or in a frame; and where a frame ends.
_BORDER = re.compile(
    rb"[\r\n\x0b\x1c](?:\x0b?(?:\xef\xbb\xbf)?(MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9])|(?<=\x1c)(?=[\r\n\x0b]))"
)
_LONGEST_BORDER = 16
_BATCH = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:FHS|BHS)[^A-Za-z0-9]")
_HEADERS = ("FHS", "BHS")
_FRAME_BEGIN, _FRAME_END = 0x0B, 0x1C
_LINE = re.compile(rb"[\r\n]*[^\r\n]*")
_NUMBER = re.compile(rb"[BF]TS[^A-Za-z0-9]\s*([^|^~\\&\s]*)")
_LONGEST_ID, _LONGEST_LINE = 199, 4_000

_CUT = Refusal("incomplete", Text("the message is cut off: the file ends within it"))
_UNFINISHED = Refusal("incomplete", Text("the message is incomplete"))
_TOO_LARGE = Refusal("too_large", Text("the message is larger than this feed allows; only its beginning is kept"))
_COUNTS = {
    "BTS": Text("the batch says that it holds {said} messages, and holds {holds}"),
    "FTS": Text("the file says that it holds {said} batches, and holds {holds}"),
}
_OPEN = Refusal(
    "batch_open", Text("the batch has no end; it may have been cut off. Its messages up to here were received")
)

Fault = Literal["", "unfinished", "no_line_end", "too_large", "skipped"]


class Part(NamedTuple):
    """From one border to the next."""

    name: str
    """MSH, FHS, BHS, BTS or FTS; empty for what stands in none of them."""
    body: bytes
    end: int
    """Of the stream."""
    fault: Fault = ""
    goes_on: bool = False
    """Whether the rest is to be skipped."""


@dataclass(slots=True)
class Envelope:
    """What is known of the headers so far."""

    open: dict[str, str] = field(default_factory=dict)
    """The headers whose trailers have not come, the outer one first."""
    batch: str = ""
    """Its control id."""
    messages: int = 0
    """In this batch."""
    batches: int = 0
    loose: bool = False
    """Whether messages stood in no batch."""
    skipping: bool = False
    """Within a message that is too large."""


def is_batch(body: bytes) -> bool:
    return _BATCH.match(body) is not None


def split(
    stream: BinaryIO, settings: HL7Settings, after: str = "", *, more: bool = False, framed: bool = False
) -> Iterator[Piece]:
    """A file that holds nothing at all is refused, too. What came in a frame cannot be cut off."""
    reader = _Reader(settings, Envelope(**json.loads(after)) if after else Envelope())
    end, found = 0, bool(after)
    for part in parts(stream, settings.frame_bytes, skipping=reader.envelope.skipping, more=more):
        payloads = tuple(reader.payloads(part))
        found, end = found or bool(payloads or part.name), part.end
        yield Piece(end, reader.mark, payloads)
    if more or framed:
        return
    if last := tuple(reader.left_open()) if found else (admit(b"", settings).payload,):
        yield Piece(end, reader.mark, last)


def parts(stream: BinaryIO, limit: int, *, skipping: bool = False, more: bool = False) -> Iterator[Part]:
    """With ``more``, what the stream ends in is left out: nobody knows where it ends."""
    buffer = bytearray(b"x" if skipping else b"\n")  # what lies before the beginning: something, or a line's end
    base, begin, look, name, framed = -1, 1, 0, "", False
    chunk = b"..."
    while chunk:
        chunk = stream.read(_CHUNK)
        look = max(look, len(buffer) - _LONGEST_BORDER)
        buffer += chunk or (b"" if more else b"\n")
        while found := _BORDER.search(buffer, look):
            first, look = buffer[found.start()], found.end()
            closed = first == _FRAME_END
            cut = found.start() + (first in b"\r\n")  # the line's end belongs to the line
            if skipping:
                yield Part("", b"", base + cut + closed, "skipped")
            elif cut > begin or name:
                fault: Fault = "too_large" if cut - begin > limit else "unfinished" if framed and not closed else ""
                yield Part(name, _bytes(buffer, begin, cut, fault), base + cut + closed, fault)
            name, skipping = found[1].decode() if found[1] else "", False
            framed = name == "MSH" and _FRAME_BEGIN in found[0]
            begin = buffer.index(_FRAME_BEGIN, found.start()) + 1 if framed else cut + closed
        known = base + len(buffer) - _LONGEST_BORDER
        if len(buffer) - begin > limit and not skipping:
            yield Part(name, _bytes(buffer, begin, len(buffer), "too_large"), known, "too_large", goes_on=True)
            name, framed, skipping = "", False, True
        if skipping:
            begin = max(begin, len(buffer) - _LONGEST_BORDER)
        if chunk:
            del buffer[: begin - 1]
            base, look, begin = base + begin - 1, max(0, look - begin + 1), 1
    if skipping:
        yield Part("", b"", max(0, known), "skipped", goes_on=True)
    elif not more and (name or len(buffer) - 1 > begin):
        fault = "unfinished" if framed else "no_line_end" if buffer[-2] not in b"\r\n" else ""
        yield Part(name, _bytes(buffer, begin, len(buffer) - 1, fault), base + len(buffer) - 1, fault)


def _bytes(buffer: bytearray, begin: int, end: int, fault: Fault) -> bytes:
    with memoryview(buffer) as view:
        return bytes(view[begin : begin + KEPT if fault == "too_large" else end])


class _Reader:
    """Keeps the count of what the envelopes hold, and makes payloads of the parts."""

    def __init__(self, settings: HL7Settings, envelope: Envelope) -> None:
        self.envelope = envelope
        self._settings = settings

    @property
    def mark(self) -> str:
        return json.dumps(asdict(self.envelope))

    def payloads(self, part: Part) -> Iterator[Payload]:
        self.envelope.skipping = part.goes_on
        if part.fault == "skipped":
            return
        if part.name == "MSH":
            yield self._message(part)
        elif part.fault == "too_large":
            yield refused(part.body, _TOO_LARGE).payload
        elif part.name:
            line, rest = _first_line(part.body)
            yield from self._header(part.name, line) if part.name in _HEADERS else self._trailer(part.name, line)
            yield from self._stray(rest)
        else:
            yield from self._stray(part.body)

    def left_open(self) -> Iterator[Payload]:
        """What has no trailer when the file ends."""
        envelope = self.envelope
        for header in [*envelope.open.values()][:1]:
            yield refused(header.encode(errors="surrogateescape"), _OPEN).payload
        envelope.open = {}

    def _message(self, part: Part) -> Payload:
        envelope = self.envelope
        envelope.messages += 1
        envelope.loose |= "BHS" not in envelope.open
        if refusal := self._fault(part):
            payload = refused(part.body, refusal).payload
        else:
            payload = admit(part.body, self._settings).payload
        return replace(payload, notes={**payload.notes, "batch": envelope.batch}) if envelope.batch else payload

    def _fault(self, part: Part) -> Refusal | None:
        if part.fault == "too_large":
            return _TOO_LARGE
        if part.fault == "unfinished":
            return _UNFINISHED
        return _CUT if part.fault == "no_line_end" and self.envelope.open else None

    def _header(self, name: str, line: bytes) -> Iterator[Payload]:
        envelope = self.envelope
        if name == "FHS":
            yield from self.left_open()
            envelope.batches, envelope.loose = 0, False
        else:
            envelope.batches += 1
        envelope.messages = 0
        envelope.open[name] = line[:_LONGEST_LINE].decode(errors="surrogateescape")
        envelope.batch = _plain(Head.read(line).control_id) or envelope.batch

    def _trailer(self, name: str, line: bytes) -> Iterator[Payload]:
        envelope = self.envelope
        holds = envelope.messages if name == "BTS" else envelope.batches + envelope.loose
        said = _NUMBER.match(line)
        if said and said[1] and (not said[1].isdigit() or int(said[1]) != holds):
            counted = said[1].decode() if said[1].isdigit() else "?"
            refusal = Refusal(
                "batch_count", replace(_COUNTS[name], args={"said": counted, "holds": holds}), f"{name}-1"
            )
            yield replace(refused(line, refusal).payload, key=envelope.batch)
        envelope.messages, envelope.batch = 0, ""
        if name == "BTS":
            envelope.open.pop("BHS", None)
        else:
            envelope.open = {}

    def _stray(self, body: bytes) -> Iterator[Payload]:
        """Lines outside of any message."""
        if body.strip():
            yield admit(body, self._settings).payload


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_LONGEST_ID]


def _first_line(body: bytes) -> tuple[bytes, bytes]:
    found = _LINE.match(body)
    line = found[0] if found else b""
    return line.lstrip(b"\x0b\xef\xbb\xbf\r\n"), body[len(line) :]
