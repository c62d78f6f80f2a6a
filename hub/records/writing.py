"""Writes resources, their old versions and their search rows, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, text, update

from hub import schema
from hub.database import Connection, Statement
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
_INDEX = {
    "tokens": schema.search_token,
    "strings": schema.search_string,
    "dates": schema.search_date,
    "references": schema.search_reference,
}

Row = dict[str, Any]


def _insert_into(table: Table) -> Statement:
    return Statement(insert(table).values({column.name: bindparam(column.name) for column in table.columns}))


def _delete_from(table: Table) -> Statement:
    return Statement(delete(table).where(*[column == bindparam(column.name) for column in table.primary_key]))


_INSERT = _insert_into(_resource)
_INSERT_VERSION = _insert_into(_version)
_ADD = {kind: _insert_into(table) for kind, table in _INDEX.items()}
_REMOVE = {kind: _delete_from(table) for kind, table in _INDEX.items()}


@dataclass(frozen=True, slots=True)
class OldVersion:
    """What a resource was before; its ``rid`` is known when it is written."""

    of_resource: Stored
    row: dict[str, Any]

    @classmethod
    def of(cls, stored: Stored) -> OldVersion:
        names = ("version", "feed", "entry", "recorded_at", "updated_at", "body")
        return cls(stored, {name: getattr(stored, name) for name in names})


def write(connection: Connection, resources: Sequence[Stored], old: Sequence[OldVersion]) -> None:
    changed = [stored for stored in resources if stored.changed]
    later = [stored for stored in resources if stored.later and not stored.changed]
    connection.many(_UPDATE, [_new_values(stored) for stored in changed if stored.rid is not None])
    _insert(connection, [stored for stored in changed if stored.rid is None])
    connection.many(_INSERT_VERSION, [{**past.row, "rid": past.of_resource.rid} for past in old])
    connection.many(_LATER, [{"at_rid": stored.rid, "recorded_at": stored.recorded_at} for stored in later])
    _index(connection, changed)
    for stored in resources:
        stored.changed = stored.later = False


def _insert(connection: Connection, new: Sequence[Stored]) -> None:
    if not new:
        return
    for stored, rid in zip(new, _next_rids(connection, len(new)), strict=True):
        stored.rid = rid
    connection.many(_INSERT, [{name: getattr(stored, name) for name in _COLUMNS} for stored in new])


def _next_rids(connection: Connection, count: int) -> Iterable[int]:
    found = connection.rows(_NEXT_RIDS[connection.dialect], count=count)
    return (
        range(found[0][0] - count + 1, found[0][0] + 1) if connection.dialect == SQLITE else [rid for (rid,) in found]
    )


def _new_values(stored: Stored) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in _CHANGING} | {"at_rid": stored.rid}


def _index(connection: Connection, changed: Sequence[Stored]) -> None:
    adding, removing = _Rows(), _Rows()
    for stored in changed:
        before, after = stored.saved_rows(), stored.rows()
        if stored.rid is not None:
            adding.note(stored.rid, after if before is None else after.without(before))
            if before is not None:
                removing.note(stored.rid, before.without(after))
        stored.saved = stored.body if stored.searchable else None
    for kind in _INDEX:
        connection.many(_REMOVE[kind], getattr(removing, kind))
        connection.many(_ADD[kind], getattr(adding, kind))


@dataclass(slots=True)
class _Rows:
    """Rows of the search tables as parameters."""

    tokens: list[Row] = field(default_factory=list)
    strings: list[Row] = field(default_factory=list)
    dates: list[Row] = field(default_factory=list)
    references: list[Row] = field(default_factory=list)

    def note(self, rid: int, rows: IndexRows) -> None:
        self.tokens += [{"name": name, "value": value, "system": of, "rid": rid} for name, value, of in rows.tokens]
        self.strings += [{"name": name, "value": value, "exact": as_, "rid": rid} for name, value, as_ in rows.strings]
        self.dates += [{"name": name, "low": low, "high": high, "rid": rid} for name, low, high in rows.dates]
        self.references += [{"target": target, "name": name, "rid": rid} for target, name in rows.references]
