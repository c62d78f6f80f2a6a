"""Writes resources, their old versions and their search rows, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, text, update

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.database.statement import POSTGRESQL, SQLITE
from hub.records.indexing import IndexRows
from hub.records.stored import Stored

_resource, _version = schema.resource, schema.version
_COLUMNS = tuple(column.name for column in _resource.columns)
_CHANGING = ("version", "entry", "claim", "person", "recorded_at", "updated_at", "digest", "body")
_SAME_RID = _resource.c.rid == bindparam("at_rid")

_UPDATE = Statement(update(_resource).where(_SAME_RID).values({name: bindparam(name) for name in _CHANGING}))
_LATER = Statement(update(_resource).where(_SAME_RID).values(recorded_at=bindparam("recorded_at")))
_NEXT_RIDS = {
    SQLITE: Statement(text("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'resource'), 0) + :count")),
    POSTGRESQL: Statement(
        text("SELECT nextval(pg_get_serial_sequence('resource', 'rid')) FROM generate_series(1, :count)")
    ),
}
Row = tuple[Any, ...]

_INDEX = {
    "tokens": (schema.search_token, ("name", "value", "system", "rid")),
    "strings": (schema.search_string, ("name", "value", "exact", "rid")),
    "dates": (schema.search_date, ("name", "low", "high", "rid")),
    "references": (schema.search_reference, ("target", "name", "rid")),
}
"""Each table of the search index, with its columns in the order of ``IndexRows``."""


def _insert_into(table: Table, columns: Sequence[str]) -> Statement:
    named = ", ".join(columns), ", ".join(f":{column}" for column in columns)
    return Statement(text(f"INSERT INTO {table.name} ({named[0]}) VALUES ({named[1]})"))  # noqa: S608 - names of ours


def _delete_from(table: Table, columns: Sequence[str]) -> Statement:
    return Statement(delete(table).where(*[table.c[column] == bindparam(column) for column in columns]))


_INSERT, _VALUES = _insert_into(_resource, _COLUMNS), attrgetter(*_COLUMNS)
_OLD = ("version", "feed", "entry", "recorded_at", "updated_at", "body")
_INSERT_VERSION, _OLD_VALUES = _insert_into(_version, (*_OLD, "rid")), attrgetter(*_OLD)
_LEAD = Statement(
    update(schema.search_reference)
    .where(schema.search_reference.c.target == bindparam("before"), any_of(schema.search_reference.c.rid, "rids"))
    .values(target=bindparam("after"))
)
_ADD = {kind: _insert_into(*place) for kind, place in _INDEX.items()}
_REMOVE = {kind: _delete_from(*place) for kind, place in _INDEX.items()}


class OldVersion(NamedTuple):
    """What a resource was before; its ``rid`` is known when it is written."""

    of_resource: Stored
    values: tuple[Any, ...]

    @classmethod
    def of(cls, stored: Stored) -> OldVersion:
        return cls(stored, _OLD_VALUES(stored))


def write(connection: Connection, resources: Sequence[Stored], old: Sequence[OldVersion]) -> None:
    changed = [stored for stored in resources if stored.changed]
    later = [stored for stored in resources if stored.later and not stored.changed]
    with connection.together():
        connection.many(_UPDATE, [_new_values(stored) for stored in changed if stored.rid is not None])
        _insert(connection, [stored for stored in changed if stored.rid is None])
        connection.many_in_order(_INSERT_VERSION, [(*past.values, past.of_resource.rid) for past in old])
        connection.many(_LATER, [{"at_rid": stored.rid, "recorded_at": stored.recorded_at} for stored in later])
        _index(connection, changed)
    for stored in resources:
        stored.changed = stored.later = False


def _insert(connection: Connection, new: Sequence[Stored]) -> None:
    if not new:
        return
    for stored, rid in zip(new, _next_rids(connection, len(new)), strict=True):
        stored.rid = rid
    connection.many_in_order(_INSERT, list(map(_VALUES, new)))


def _next_rids(connection: Connection, count: int) -> Iterable[int]:
    found = connection.rows(_NEXT_RIDS[connection.dialect], count=count)
    return (
        range(found[0][0] - count + 1, found[0][0] + 1) if connection.dialect == SQLITE else [rid for (rid,) in found]
    )


def _new_values(stored: Stored) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in _CHANGING} | {"at_rid": stored.rid}


def _index(connection: Connection, changed: Sequence[Stored]) -> None:
    adding, removing = _Rows(), _Rows()
    _lead(connection, [stored for stored in changed if stored.led])
    for stored in changed:
        if stored.rid is not None and stored.saved == stored.body and stored.searchable:
            continue
        before, after = stored.saved_rows(), stored.rows()
        if stored.rid is not None:
            adding.note(stored.rid, after if before is None else after.without(before))
            if before is not None:
                removing.note(stored.rid, before.without(after))
        stored.saved, stored.found_by = stored.body if stored.searchable else None, None
    for kind in _INDEX:
        connection.many_in_order(_REMOVE[kind], getattr(removing, kind))
        connection.many_in_order(_ADD[kind], getattr(adding, kind))


def _lead(connection: Connection, moved: Sequence[Stored]) -> None:
    """What only names another person now is found as before, but for that."""
    for led in {stored.led for stored in moved if stored.led}:
        before, after = (f"Patient/{person}" for person in led)
        rids = [stored.rid for stored in moved if stored.led == led]
        connection.run(_LEAD, before=before, after=after, rids=rids)
    for stored in moved:
        stored.saved, stored.led = stored.body, None


@dataclass(slots=True)
class _Rows:
    """Rows of the search tables as parameters."""

    tokens: list[Row] = field(default_factory=list)
    strings: list[Row] = field(default_factory=list)
    dates: list[Row] = field(default_factory=list)
    references: list[Row] = field(default_factory=list)

    def note(self, rid: int, rows: IndexRows) -> None:
        self.tokens += [(*row, rid) for row in rows.tokens]
        self.strings += [(*row, rid) for row in rows.strings]
        self.dates += [(*row, rid) for row in rows.dates]
        self.references += [(*row, rid) for row in rows.references]
