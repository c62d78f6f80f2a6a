"""NDJSON of any length: so many lines are one message, wherever the file was read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from hub import Payload, Piece, decode_json

MARK = "lines"
"""Of a file that is known to be NDJSON."""
LARGEST = 250_000
"""Bytes of one message, unless a single line is longer."""
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*([^\r\n]*)[\r\n]+\s*\{")


def split(
    batch: BinaryIO, lines: int, admit: Callable[[bytes], Payload], after: str, *, more: bool
) -> Iterator[Piece] | None:
    """None for one resource, however it is written. With ``more`` the last lines wait until their message is full."""
    body = batch.read()
    if not after and not _is_ndjson(body):
        return None
    return _pieces(body, lines, admit, more=more)


def _is_ndjson(body: bytes) -> bool:
    """Its first line is a resource by itself, and another one begins behind it."""
    first = _FIRST.match(body)
    if first is None:
        return False
    try:
        found = decode_json(first[1])
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "resourceType" in found


def _pieces(body: bytes, lines: int, admit: Callable[[bytes], Payload], *, more: bool) -> Iterator[Piece]:
    begin = end = count = 0
    for end in _ends(body, more=more):
        count += 1
        if count >= lines or end - begin >= LARGEST:
            yield _piece(body, begin, end, admit)
            begin, count = end, 0
    if not more and begin < len(body):
        yield _piece(body, begin, len(body), admit)


def _ends(body: bytes, *, more: bool) -> Iterator[int]:
    """Behind each line that has an end; a last line without one ends with the file."""
    ends = (found.end() for found in re.finditer(rb"\n", body))
    return ends if more or body.endswith(b"\n") else chain(ends, [len(body)])


def _piece(body: bytes, begin: int, end: int, admit: Callable[[bytes], Payload]) -> Piece:
    part = body[begin:end]
    return Piece(end, MARK, (admit(part),) if part.strip() else ())
