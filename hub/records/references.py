"""From the sender's keys in references to the record's ids."""

from __future__ import annotations

import re
from collections.abc import Callable

from hub.records.ids import resource_id
from hub.records.json import decode

_RELATIVE = re.compile(rb'"reference":"([A-Z][A-Za-z]*)/((?:[^"\\]|\\.)*)"')
"""In compact JSON, where a quote inside a string has a backslash before it, this matches references only."""

IdOf = Callable[[str, str, str], str]


def resolve(body: bytes, feed: str, patient: str | None, person: str | None, id_of: IdOf = resource_id) -> bytes:
    """``Type/<source_id>`` becomes ``Type/<id>``, and ``Patient/<patient>`` becomes ``Patient/<person>``.

    References to what is contained (``#``), elsewhere (``http:``) or only named are left alone.
    """

    def replace(found: re.Match[bytes]) -> bytes:
        type_, source_id = found[1].decode(), _text(found[2])
        own = person is not None and type_ == "Patient" and source_id == patient
        target = person if own else id_of(feed, type_, source_id)
        return f'"reference":"{type_}/{target}"'.encode()

    return _RELATIVE.sub(replace, body)


def moved(body: bytes, before: str, after: str) -> bytes:
    """References to one person now name another."""
    return body.replace(f'"reference":"Patient/{before}"'.encode(), f'"reference":"Patient/{after}"'.encode())


def _text(raw: bytes) -> str:
    return str(decode(b'"' + raw + b'"')) if b"\\" in raw else raw.decode()
