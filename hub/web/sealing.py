"""Seals what a link must carry and nobody may read or change: encrypt, then authenticate, with the standard library.

The keystream is SHAKE-256 over key and nonce, the seal HMAC-SHA256 over what it is bound to, nonce and ciphertext.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sqlalchemy import bindparam, select

from hub.database import Connection, Database, Statement
from hub.errors import Refused
from hub.schema import house

_NAME = "web seal"
_NONCE, _TAG = 16, 16
_FIND = Statement(select(house.c.value).where(house.c.name == bindparam("wanted")))
_KEEP = Statement(
    lambda insert: insert(house).values(name=bindparam("wanted"), value=bindparam("value")).on_conflict_do_nothing()
)


class Seal:
    """One key for all processes of a hub, kept in its database and made when it is first needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: tuple[bytes, bytes] | None = None

    def close(self, content: bytes, bound_to: str) -> str:
        """Text for a URL that only ``open`` with the same ``bound_to`` can read."""
        for_reading, for_sealing = self._derived()
        nonce = secrets.token_bytes(_NONCE)
        body = nonce + _xor(content, for_reading, nonce)
        return urlsafe_b64encode(body + _tag(for_sealing, bound_to, body)).rstrip(b"=").decode()

    def open(self, sealed: str, bound_to: str) -> bytes:
        """Raises ``Refused`` for what this hub did not seal for ``bound_to``."""
        for_reading, for_sealing = self._derived()
        body, tag = _parts(sealed)
        if not hmac.compare_digest(tag, _tag(for_sealing, bound_to, body)):
            raise Refused("this link was not made by this hub for this client")
        return _xor(body[_NONCE:], for_reading, body[:_NONCE])

    def _derived(self) -> tuple[bytes, bytes]:
        if self._keys is None:
            key = self._key()
            self._keys = (_derive(key, b"reading"), _derive(key, b"sealing"))
        return self._keys

    def _key(self) -> bytes:
        with self._database.read() as connection:
            row: tuple[Any, ...] | None = connection.row(_FIND, wanted=_NAME)
        return bytes(row[0]) if row else self._database.serially(_made)


def _made(connection: Connection) -> bytes:
    connection.run(_KEEP, wanted=_NAME, value=secrets.token_bytes(32))
    row = connection.row(_FIND, wanted=_NAME)
    if row is None:
        raise AssertionError("a key just kept is found")
    return bytes(row[0])


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, "sha256")


def _tag(key: bytes, bound_to: str, body: bytes) -> bytes:
    bound = hashlib.sha256(bound_to.encode()).digest()
    return hmac.digest(key, bound + body, "sha256")[:_TAG]


def _xor(content: bytes, key: bytes, nonce: bytes) -> bytes:
    stream = hashlib.shake_256(key + nonce).digest(len(content))
    return (int.from_bytes(content) ^ int.from_bytes(stream)).to_bytes(len(content))


def _parts(sealed: str) -> tuple[bytes, bytes]:
    try:
        raw = urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
    except ValueError:
        raw = b""
    if len(raw) < _NONCE + _TAG:
        raise Refused("this link was not made by this hub for this client")
    return raw[:-_TAG], raw[-_TAG:]
