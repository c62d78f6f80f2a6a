"""Which arrivals the journal has seen before: one look-up for a whole group, over hashes that are then compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from hub.database import Connection, Statement, any_of
from hub.database.statement import POSTGRESQL, SQLITE
from hub.journal.arrivals import Draft
from hub.schema import entry


class numbers(FunctionElement[int]):  # noqa: N801 - reads like a function of SQL
    """A list given when the statement runs, as rows."""

    inherit_cache = True


@compiles(numbers, SQLITE)
def _sqlite(element: numbers, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(numbers, POSTGRESQL)
def _postgresql(element: numbers, compiler: SQLCompiler, **options: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **options)}::bigint[])"


def _newest_by(column: Column[int]) -> Statement:
    asked = numbers(bindparam("hashes")).table_valued(Column("value", BigInteger)).alias("value")
    newest = select(func.max(entry.c.id)).where(column == asked.c.value).scalar_subquery()
    return Statement(select(newest).select_from(asked))


NEWEST_TWIN = _newest_by(entry.c.twin)
NEWEST_OWNER = _newest_by(entry.c.owner)
SEEN = Statement(
    select(entry.c.id, entry.c.feed, entry.c.sender, entry.c.key, entry.c.fingerprint, entry.c.received_at).where(
        any_of(entry.c.id, "ids")
    )
)


class First(NamedTuple):
    """An entry that was there before."""

    id: int
    received_at: int


class Known:
    """What a transaction knows about keys: what it looked up, and what it has kept since."""

    def __init__(self) -> None:
        self._twins: dict[tuple[str, str, str, bytes], First] = {}
        self._owners: dict[tuple[str, str, str], First] = {}

    @classmethod
    def about(cls, connection: Connection, drafts: Sequence[Draft]) -> Known:
        known = cls()
        twins = list({draft.twin for draft in drafts if draft.twin is not None})
        if twins:
            owners = list({draft.owner for draft in drafts if draft.owner is not None})
            ids = _ids(connection.rows(NEWEST_TWIN, hashes=twins)) | _ids(connection.rows(NEWEST_OWNER, hashes=owners))
            known._learn(connection, ids)
        return known

    def _learn(self, connection: Connection, ids: set[int]) -> None:
        for id_, feed, sender, key, fingerprint, received_at in connection.rows(SEEN, ids=sorted(ids)) if ids else ():
            first = First(id_, received_at)
            self._twins[feed, sender, key, bytes(fingerprint)] = first
            self._owners[feed, sender, key] = first

    def twin(self, draft: Draft, now: int) -> First | None:
        """The same message, if it came within the window."""
        payload = draft.arrival.payload
        return _within(self._twins.get((*_named(draft), payload.fingerprint)), draft, now)

    def owner(self, draft: Draft, now: int) -> First | None:
        """Another message with the same key, if one came within the window."""
        return _within(self._owners.get(_named(draft)), draft, now)

    def keep(self, draft: Draft, first: First) -> None:
        self._twins[(*_named(draft), draft.arrival.payload.fingerprint)] = first
        self._owners[_named(draft)] = first


def _named(draft: Draft) -> tuple[str, str, str]:
    return draft.arrival.feed, draft.sender, draft.key


def _within(first: First | None, draft: Draft, now: int) -> First | None:
    window = draft.arrival.rules.duplicate_window
    if first is None or now - first.received_at > window.total_seconds() * 1_000_000:
        return None
    return first


def _ids(rows: Iterable[tuple[Any, ...]]) -> set[int]:
    return {id_ for (id_,) in rows if id_ is not None}
