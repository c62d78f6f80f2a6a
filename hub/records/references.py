"""From the sender's keys in references to the record's ids."""

from __future__ import annotations

import re

from hub.records.ids import Ids
from hub.records.json import decode, encode

_RELATIVE = re.compile(rb'"reference":"([A-Z][A-Za-z]*/[^"\\]*(?:\\.[^"\\]*)*)"')
"""In compact JSON, where a quote inside a string has a backslash before it, this matches references only."""
_NAMED = re.compile(r"[A-Z][A-Za-z]*/")
_CONTENT = re.compile(rb'"url":"Binary/([^"\\]*(?:\\.[^"\\]*)*)"')
"""Where an Attachment names its content."""


class References(dict[bytes, bytes]):
    """Those of one feed as they are written in JSON, and what the record writes: each worked out once."""

    def __init__(self, ids: Ids) -> None:
        super().__init__()
        self.ids = ids

    def __missing__(self, written: bytes) -> bytes:
        text = written.decode() if b"\\" not in written else str(decode(b'"' + written + b'"'))
        found = self[written] = f'"reference":"{self.target(text)}"'.encode()
        return found

    def target(self, named: str) -> str:
        """``Type/<id>`` for ``Type/<source_id>``."""
        type_, _, source_id = named.partition("/")
        return f"{type_}/{self.ids[type_, source_id]}"

    def resolve(self, body: bytes, patient: bytes, person: bytes) -> bytes:
        """``Type/<source_id>`` becomes ``Type/<id>``, and the ``written`` reference ``patient`` becomes ``person``.

        So does the url of an Attachment whose content is a Binary of the same feed. References to what is contained
        (``#``), elsewhere (``http:``) or only named are left alone.
        """
        parts = _RELATIVE.split(body)
        for at in range(1, len(parts), 2):
            parts[at] = person if parts[at] == patient else self[parts[at]]
        resolved = b"".join(parts)
        return _CONTENT.sub(self._content, resolved) if b'"url":"Binary/' in resolved else resolved

    def _content(self, found: re.Match[bytes]) -> bytes:
        source_id = str(decode(b'"' + found[1] + b'"'))
        return b'"url":"Binary/%s"' % self.ids["Binary", source_id].encode()


def written(reference: str) -> bytes:
    """As JSON has it between the quotes."""
    return encode(reference)[1:-1]


def to_person(person: str) -> bytes:
    return f'"reference":"Patient/{person}"'.encode()


def moved(body: bytes, before: str, after: str) -> bytes:
    """References to one person now name another."""
    return body.replace(to_person(before), to_person(after))


def is_named(target: str) -> bool:
    """Whether a reference names something by its sender's key."""
    return _NAMED.match(target) is not None


def redirected(body: bytes, before: str, after: str) -> bytes:
    """References to one resource (``Type/<id>``) now name another."""
    return body.replace(f'"reference":"{before}"'.encode(), f'"reference":"{after}"'.encode())


def targets(body: bytes) -> frozenset[str]:
    """Every ``Type/<id>`` that a stored body names."""
    return frozenset(found.decode() for found in _RELATIVE.findall(body))
