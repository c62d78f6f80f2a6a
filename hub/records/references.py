"""From the sender's keys in references to the record's ids."""

from __future__ import annotations

import re

from hub.records.ids import resource_id
from hub.records.json import decode, encode

_RELATIVE = re.compile(rb'"reference":"([A-Z][A-Za-z]*/(?:[^"\\]|\\.)*)"')
"""In compact JSON, where a quote inside a string has a backslash before it, this matches references only."""


class References:
    """Those of one feed, each worked out once."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._targets: dict[bytes, bytes] = {}

    def resolve(self, body: bytes, patient: str | None, person: str | None) -> bytes:
        """``Type/<source_id>`` becomes ``Type/<id>``, and ``Patient/<patient>`` becomes ``Patient/<person>``.

        References to what is contained (``#``), elsewhere (``http:``) or only named are left alone.
        """
        own = None if person is None else encode(f"Patient/{patient}")[1:-1]
        targets = self._targets

        def replace(found: re.Match[bytes]) -> bytes:
            written = found[1]
            if written == own:
                return f'"reference":"Patient/{person}"'.encode()
            target = targets.get(written)
            if target is None:
                target = targets[written] = self._target(written)
            return target

        return _RELATIVE.sub(replace, body)

    def _target(self, written: bytes) -> bytes:
        type_, _, source_id = str(decode(b'"' + written + b'"')).partition("/")
        return f'"reference":"{type_}/{resource_id(self._feed, type_, source_id)}"'.encode()


def moved(body: bytes, before: str, after: str) -> bytes:
    """References to one person now name another."""
    return body.replace(f'"reference":"Patient/{before}"'.encode(), f'"reference":"Patient/{after}"'.encode())
