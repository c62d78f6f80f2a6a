"""Finds MLLP frames in a stream of bytes, however it is cut (release 1: 0B message 1C 0D)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal, NamedTuple

START, END = b"\x0b", b"\x1c\r"
KEPT = 1_000_000
"""How much is kept of a message that never was complete, or is too large to be one."""

_ENOUGH_GARBAGE = 8_192
_TLS = b"\x16\x03"
_OTHER_PROTOCOLS = (_TLS, b"SSH-")
# Not any 0B: a vertical tab may stand in a text.
_START_WITHIN = re.compile(rb"\x0b(?=(?:\xef\xbb\xbf)?(?:MSH|FHS|BHS))")

Fault = Literal["", "incomplete", "too_large"]


class Frame(NamedTuple):
    """What stood between a start and an end block, or a part of it with the reason why it is no message."""

    body: bytes
    fault: Fault = ""


class Framer:
    """One connection's bytes. Each byte is looked at once; what is held never exceeds the limit by more than a read."""

    def __init__(self, limit: int, counts: Counter[str]) -> None:
        self.open = False
        """Whether a frame has begun and not ended."""
        self._limit = limit
        self._counts = counts
        self._buffer = bytearray()
        self._half_end = False
        self._skipping = False
        self._garbage = bytearray()

    @property
    def hopeless(self) -> bool:
        """Whether what comes is some other protocol, or endless."""
        garbage = self._garbage
        if not garbage:
            return False
        request = b"\r\n\r\n" in garbage and bool(garbage.strip())
        return request or garbage.startswith(_OTHER_PROTOCOLS) or len(garbage) > _ENOUGH_GARBAGE

    @property
    def speaks_tls(self) -> bool:
        """Whether the other side wants to shake hands, which nobody here does."""
        return self._garbage.startswith(_TLS)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete."""
        frames: list[Frame] = []
        position = 0
        while position < len(data):
            position = self._within(data, position, frames) if self.open else self._between(data, position)
        return frames

    def take_rest(self) -> bytes:
        """What there is of the frame that is open, which is given up."""
        rest = bytes(self._buffer[:KEPT])
        self._reset()
        return rest

    def _between(self, data: bytes, position: int) -> int:
        """Looks for a start; anything before it is nobody's message."""
        begin = data.find(START, position)
        end = begin if begin >= 0 else len(data)
        if end > position:
            if begin >= 0 and (self._garbage + data[position:end]).startswith(_OTHER_PROTOCOLS):
                begin, end = -1, len(data)  # each TLS greeting holds bytes that look like a start
            self._counts["garbage_bytes"] += end - position
            self._garbage += data[position:end]
        if begin < 0:
            return end
        self._garbage.clear()
        self.open = True
        return begin + 1

    def _within(self, data: bytes, position: int, frames: list[Frame]) -> int:
        """Looks for the end, whose two bytes may come apart."""
        if self._half_end:
            self._half_end = False
            if data[position] == END[1]:
                frames += self._complete(b"")
                return position + 1
            self._buffer += END[:1]
        end = data.find(END, position)
        if end >= 0:
            frames += self._complete(data[position:end])
            return end + len(END)
        self._half_end = data.endswith(END[:1])
        self._buffer += data[position : len(data) - self._half_end]
        if len(self._buffer) > self._limit:
            self._skipping = True
            del self._buffer[KEPT:]
        return len(data)

    def _complete(self, last: bytes) -> list[Frame]:
        body = bytes(self._buffer) + last if self._buffer else last
        skipped = self._skipping
        self._reset()
        if skipped or len(body) > self._limit:
            self._counts["too_large"] += 1
            return [Frame(body[:KEPT], "too_large")]
        if START not in body:
            return [Frame(body)]
        *unfinished, body = _START_WITHIN.split(body)
        given_up = [Frame(part[:KEPT], "incomplete") for part in unfinished if part.strip(START)]
        self._counts["incomplete"] += len(given_up)
        return [*given_up, Frame(body)]

    def _reset(self) -> None:
        self.open = self._half_end = self._skipping = False
        self._buffer.clear()
