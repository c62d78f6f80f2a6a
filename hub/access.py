"""Who may ask: bearer tokens with SMART scopes, stored as hashes."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, insert, select, update

from hub.database import Connection, Database, Statement
from hub.errors import NotFound, Refused
from hub.records import times
from hub.schema import token

DAYS = 365
TRUSTED_S = 2.0
"""How long a token that was looked up is not looked up again; a revoked one works no longer than that."""
_TRUSTED_AT_MOST = 1_000
PREFIX = "hub_"
"""What every token begins with, so that one is known where it should not stand."""
_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)")
_VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}

_INSERT = Statement(
    insert(token).values({name: bindparam(name) for name in ("name", "hash", "scopes", "created_at", "expires_at")})
)
_FIND = Statement(
    select(token.c.name, token.c.scopes)
    .where(token.c.hash == bindparam("wanted"), token.c.revoked_at.is_(None))
    .where(token.c.expires_at > bindparam("now"))
)
_LIST = Statement(
    select(
        token.c.id, token.c.name, token.c.scopes, token.c.created_at, token.c.expires_at, token.c.revoked_at
    ).order_by(token.c.id)
)
_REVOKE = Statement(
    update(token)
    .where(token.c.id == bindparam("wanted"), token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever holds a token, and what it lets them do."""

    name: str
    scopes: str
    grants: frozenset[tuple[str, str]]
    """(type or ``*``, one letter of ``cruds``)."""

    def may(self, letter: str, type_: str) -> bool:
        return (type_, letter) in self.grants or ("*", letter) in self.grants


@dataclass(frozen=True, slots=True)
class TokenState:
    """What is known of a token; never the token. Times are microseconds since 1970."""

    id: int
    name: str
    scopes: str
    created_at: int
    expires_at: int
    revoked_at: int | None


class Access:
    """Gives out tokens, takes them back, and knows them again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trusted: dict[bytes, tuple[float, Client]] = {}

    def create(self, name: str, scopes: str, days: int = DAYS) -> str:
        """A new token: the only time it is seen. Raises ``Refused`` for a scope that is none."""
        grants_of(scopes)
        if not name or not 0 < days <= 10 * DAYS:
            raise Refused("a token needs a name, and between 1 and {most} days to live", most=10 * DAYS)
        text = PREFIX + secrets.token_urlsafe(32)
        now = times.now()
        row = {
            "name": name,
            "hash": _hash(text),
            "scopes": " ".join(scopes.split()),
            "created_at": now,
            "expires_at": now + timedelta(days=days) // timedelta(microseconds=1),
        }
        self._database.serially(lambda connection: connection.run(_INSERT, **row))
        return text

    def check(self, bearer: str) -> Client | None:
        """Whose token this is; none when it is unknown, expired or revoked."""
        wanted, now = _hash(bearer), time.monotonic()
        known = self._trusted.get(wanted)
        if known and known[0] > now:
            return known[1]
        return self._look_up(wanted, now)

    def trusted(self, bearer: str) -> Client | None:
        """The same from memory alone: none when ``check`` has to look."""
        known = self._trusted.get(_hash(bearer))
        return known[1] if known and known[0] > time.monotonic() else None

    def _look_up(self, wanted: bytes, now: float) -> Client | None:
        with self._database.read() as connection:
            row = connection.row(_FIND, wanted=wanted, now=times.now())
        self._trusted.pop(wanted, None)
        if row is None:
            return None
        client = Client(row[0], row[1], grants_of(row[1]))
        if len(self._trusted) >= _TRUSTED_AT_MOST:
            self._trusted.clear()
        self._trusted[wanted] = (now + TRUSTED_S, client)
        return client

    def tokens(self) -> list[TokenState]:
        with self._database.read() as connection:
            return [TokenState(*row) for row in connection.rows(_LIST)]

    def revoke(self, token_id: int) -> None:
        def work(connection: Connection) -> int:
            return connection.run(_REVOKE, wanted=token_id, at=times.now())

        if not self._database.serially(work):
            raise NotFound("there is no token {id} that could be revoked", id=token_id)
        self._trusted.clear()


def grants_of(scopes: str) -> frozenset[tuple[str, str]]:
    """What SMART scopes (v2, or ``.read`` and ``.write``) allow. Raises ``Refused`` rather than widening one."""
    grants = frozenset(_grants(scopes))
    if not grants:
        raise Refused("a token needs a scope, such as system/*.rs")
    return grants


def _grants(scopes: str) -> Iterator[tuple[str, str]]:
    for scope in scopes.split():
        match = _SCOPE.fullmatch(scope)
        if match is None or not match[2]:
            raise Refused("{scope} is not a scope; write system/*.rs or system/Observation.rs", scope=scope)
        for letter in _VERSION_1.get(match[2], match[2]):
            yield match[1], letter


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
