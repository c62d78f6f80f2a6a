"""Reads acknowledgements, as bytes: what a receiver says may be in any encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINES = re.compile(rb"[\r\n]+")
_CODE = re.compile(rb"[A-Z]{2}")
COMMIT_ACK, COMMIT_NAK = b"\x06", b"\x15"
"""MLLP release 2: the frame is kept, or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``code`` is MSA-1, ``control_id`` MSA-2 byte for byte; the rest is of the first ERR."""

    code: str
    control_id: bytes
    error: str = ""
    """A code of table 0357."""
    detail: str = ""
    """A code of the receiver's own (ERR-5)."""
    place: str = ""


def read(body: bytes) -> Answer | None:
    """None when it is no acknowledgement."""
    lines = _LINES.split(body.lstrip(b"\xef\xbb\xbf\r\n"))
    if not lines[0].startswith(b"MSH") or len(lines[0]) < 5:
        return None
    mark, between = lines[0][3:4], lines[0][4:5]
    segments: dict[bytes, list[bytes]] = {}
    for line in lines:
        fields = line.split(mark)
        segments.setdefault(fields[0], fields)
    said = segments.get(b"MSA", [])
    if len(said) < 3 or not _CODE.fullmatch(said[1]):
        return None
    return Answer(said[1].decode(), said[2].rstrip(), *_error(segments.get(b"ERR", []), between))


def _error(fields: list[bytes], between: bytes) -> tuple[str, str, str]:
    """Code, the receiver's own code, and place; before 2.5 all of it stood in ERR-1."""
    old, location, code, detail = ((*fields[1:], *[b""] * 5)[at] for at in (0, 1, 2, 4))
    if location or code:
        return _word(code.split(between)[0]), _word(detail.split(between)[0]), _place(location.split(between), 2)
    parts = old.split(between)
    return _word(parts[3].split(b"&")[0]) if len(parts) > 3 else "", "", _place(parts, 2)


def _place(parts: list[bytes], field: int) -> str:
    """ERL, or the beginning of ELD: segment, sequence, field."""
    name = _word(parts[0])
    return f"{name}-{_word(parts[field])}" if name and len(parts) > field and _word(parts[field]) else name


def _word(written: bytes) -> str:
    """Codes and numbers only: nothing a receiver writes about a patient gets further than the stored answer."""
    return written.decode() if re.fullmatch(rb"[A-Za-z0-9_]{1,20}", written) else ""
