"""The resources one transaction works on: read when needed, changed in memory, written together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import bindparam, select

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.model import Json
from hub.records.references import targets, to_person
from hub.records.stored import Cause, Stored, dressed, meta
from hub.records.writing import OldVersion, write

_table = schema.resource
_COLUMNS = (
    _table.c.type,
    _table.c.id,
    _table.c.feed,
    _table.c.entry,
    _table.c.claim,
    _table.c.person,
    _table.c.recorded_at,
    _table.c.updated_at,
    _table.c.digest,
    _table.c.body,
    _table.c.version,
    _table.c.rid,
)
_BY_KEY = Statement(select(*_COLUMNS).where(_table.c.type == bindparam("of_type"), any_of(_table.c.id, "ids")))
_BY_CLAIM = Statement(select(*_COLUMNS).where(_table.c.claim == bindparam("of_claim")))
_REFERRING = Statement(
    select(*_COLUMNS)
    .join(schema.search_reference, schema.search_reference.c.rid == _table.c.rid)
    .where(schema.search_reference.c.target == bindparam("target"))
)

Key = tuple[str, str]


class Resources:
    """What it has handed out is what later reads in the same transaction see."""

    def __init__(self, connection: Connection, at: int) -> None:
        self.at = at
        self._connection = connection
        self._known: dict[Key, Stored | None] = {}
        self._old: list[OldVersion] = []

    def expect(self, keys: Iterable[Key]) -> None:
        """Reads what will be asked for, a statement for each type."""
        wanted: dict[str, list[str]] = {}
        for key in keys:
            if key not in self._known:
                self._known[key] = None
                wanted.setdefault(key[0], []).append(key[1])
        for type_, ids in wanted.items():
            for row in self._connection.rows(_BY_KEY, of_type=type_, ids=ids):
                self._keep(row)

    def get(self, type_: str, id_: str) -> Stored | None:
        key = (type_, id_)
        if key not in self._known:
            self.expect([key])
        return self._known[key]

    def of_claim(self, claim: str) -> Iterator[Stored]:
        """Everything that came with a claim, its Patient included."""
        for row in self._connection.rows(_BY_CLAIM, of_claim=claim):
            if self._known.get((row[0], row[1])) is None:
                self._keep(row)
        yield from [stored for stored in self._known.values() if stored is not None and stored.claim == claim]

    def referring(self, feed: str, target: str) -> list[Stored]:
        """Of one feed, what refers to ``Type/<id>``: by the index, and among what this transaction has read."""
        for row in self._connection.rows(_REFERRING, target=target):
            if self._known.get((row[0], row[1])) is None:
                self._keep(row)
        return [
            stored
            for stored in self._known.values()
            if stored is not None and stored.feed == feed and target in targets(stored.body)
        ]

    def count(self, claims: Iterable[str]) -> int:
        """How many of those it has read came with these claims, their Patients left out."""
        wanted = set(claims)
        return sum(
            stored is not None and stored.claim in wanted and stored.type != "Patient"
            for stored in self._known.values()
        )

    def add(self, stored: Stored) -> None:
        self._known[stored.type, stored.id] = stored

    def revise(self, stored: Stored, content: bytes, cause: Cause, tags: Sequence[Json] = ()) -> None:
        """A new version with this ``plain`` content; the one before stays readable."""
        self._next(stored, content, cause, meta(stored.version + 1, self.at, cause.source, tags))

    def move(self, stored: Stored, content: bytes, cause: Cause, led: tuple[str, str] | None = None) -> None:
        """A new version that says the same of another person: its source stays who said it.

        ``led`` are the persons before and after, where nothing but references to the one became such to the other.
        """
        only = led is not None and stored.saved == stored.body and to_person(led[1]) not in stored.body
        self._next(stored, content, cause, meta(stored.version + 1, self.at, stored.source))
        stored.led = led if only else None

    def _next(self, stored: Stored, content: bytes, cause: Cause, about: bytes) -> None:
        self._old.append(OldVersion.of(stored))
        stored.version += 1
        stored.entry, stored.updated_at, stored.changed = cause.entry, self.at, True
        stored.body, stored.found_by, stored.led = dressed(content, stored.id, about), None, None

    def flush(self) -> None:
        write(self._connection, [stored for stored in self._known.values() if stored is not None], self._old)
        self._old.clear()

    def _keep(self, row: tuple[object, ...]) -> None:
        stored = Stored(*row)  # type: ignore[arg-type] # the columns stand in the order of the fields
        stored.changed = False
        stored.saved = stored.body if stored.searchable else None
        self._known[stored.type, stored.id] = stored
