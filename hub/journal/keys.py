"""Which arrivals the journal has seen before: a few look-ups for a whole group.

A key is looked up in the index of keys, of which few pages are touched while senders count upwards. What came under a
key that was taken is found by a hash, so that a sender who gives every message the same key costs no more than others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from hub.database import Connection, Statement, any_of
from hub.database.statement import POSTGRESQL, SQLITE, ListOf
from hub.journal.arrivals import Draft
from hub.schema import entry


class listed(FunctionElement[Any]):  # noqa: N801 - reads like a function of SQL
    """A list given when the statement runs, as rows."""

    inherit_cache = True
    kind = "text"


class listed_numbers(listed):  # noqa: N801 - as above
    inherit_cache = True
    kind = "bigint"


@compiles(listed, SQLITE)
def _sqlite(element: listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(listed, POSTGRESQL)
def _postgresql(element: listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **options)}::{element.kind}[])"


def _newest(items: listed, where: Callable[[Any], tuple[Any, ...]]) -> Statement:
    """The newest entry for each item of a list, where there is one.

    Mostly there is none, and a row less is a turn of the interpreter lock less.
    """
    asked = items.table_valued("value").alias("value")
    newest = select(func.max(entry.c.id)).where(*where(asked.c.value)).scalar_subquery()
    found = select(newest.label("id")).select_from(asked).subquery()
    return Statement(select(found.c.id).where(found.c.id.is_not(None)))


_owners = _newest(
    listed(bindparam("keys", type_=ListOf())),
    lambda key: (entry.c.key == key, entry.c.feed == bindparam("feed"), entry.c.owns == true()),
)
_twins = _newest(listed_numbers(bindparam("hashes", type_=ListOf())), lambda number: (entry.c.twin == number,))
_columns = (
    entry.c.id,
    entry.c.feed,
    entry.c.sender,
    entry.c.key,
    entry.c.fingerprint,
    entry.c.received_at,
    entry.c.owns,
)
_seen = Statement(select(*_columns).where(any_of(entry.c.id, "ids")))
_owner_of_sender = Statement(
    select(*_columns)
    .where(
        entry.c.key == bindparam("key"),
        entry.c.feed == bindparam("feed"),
        entry.c.owns == true(),
        entry.c.sender == bindparam("sender"),
    )
    .order_by(entry.c.id.desc())
    .limit(1)
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
        keyed = [draft for draft in drafts if draft.twin is not None]
        if keyed:
            ids = _ids(connection.rows(_twins, hashes=list({draft.twin for draft in keyed})))
            for feed in sorted({draft.arrival.feed for draft in keyed}):
                keys = list({draft.key for draft in keyed if draft.arrival.feed == feed})
                ids |= _ids(connection.rows(_owners, keys=keys, feed=feed))
            known._learn(connection, ids, keyed)
        return known

    def _learn(self, connection: Connection, ids: set[int], keyed: Sequence[Draft]) -> None:
        rows = connection.rows(_seen, ids=sorted(ids)) if ids else []
        for found in rows:
            self._note(found)
        taken = {(feed, key) for _, feed, _, key, _, _, owns in rows if owns}
        for draft in keyed:
            if (draft.arrival.feed, draft.key) in taken and _named(draft) not in self._owners:
                # The newest owner of this key is another sender's.
                asked = {"feed": draft.arrival.feed, "sender": draft.sender, "key": draft.key}
                if row := connection.row(_owner_of_sender, **asked):
                    self._note(row)

    def _note(self, row: tuple[Any, ...]) -> None:
        number, feed, sender, key, fingerprint, received_at, owns = row
        first = First(number, received_at)
        self._twins[feed, sender, key, bytes(fingerprint)] = first
        if owns:
            self._owners[feed, sender, key] = first

    def twin(self, draft: Draft, now: int) -> First | None:
        """The same message, if it came within the window."""
        payload = draft.arrival.payload
        return _within(self._twins.get((*_named(draft), payload.fingerprint)), draft, now)

    def owner(self, draft: Draft, now: int) -> First | None:
        """Another message that owns the key, if it came within the window."""
        return _within(self._owners.get(_named(draft)), draft, now)

    def keep(self, draft: Draft, first: First, *, reused: bool) -> None:
        self._twins[(*_named(draft), draft.arrival.payload.fingerprint)] = first
        if not reused:
            self._owners[_named(draft)] = first


def _named(draft: Draft) -> tuple[str, str, str]:
    return draft.arrival.feed, draft.sender, draft.key


def _within(first: First | None, draft: Draft, now: int) -> First | None:
    window = draft.arrival.rules.duplicate_window
    if first is None or now - first.received_at > window.total_seconds() * 1_000_000:
        return None
    return first


def _ids(rows: Iterable[tuple[Any, ...]]) -> set[int]:
    return {id_ for (id_,) in rows}
