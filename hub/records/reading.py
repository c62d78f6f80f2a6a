"""Reads the record: one resource, its versions, what a search finds, everything about a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, func, select, text, union_all

from hub.database import Connection, Database, Statement, any_of
from hub.identity.asking import Alike, alike
from hub.identity.graph import about
from hub.identity.scoring import Model
from hub.model import Json
from hub.records import times
from hub.records.compartment import Span, everything
from hub.records.parameters import Parameter
from hub.records.rows import COLUMNS, TYPED, Page, Stored, named
from hub.records.search import Place, Query, count, find
from hub.schema import claim, resource, search_reference, search_token, version


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one version came from."""

    type: str
    id: str
    version: int
    feed: str
    entry: int
    recorded_at: int
    updated_at: int
    person: str | None


@dataclass(frozen=True, slots=True)
class ClaimSaid:
    """One claim, as its feed describes the person."""

    id: str
    """A Patient id, too."""
    feed: str
    patient: bytes
    """A Patient in JSON, without id; the hub's flags are in ``meta.tag``."""
    recorded_at: int
    entry: int
    """The message that last told something else."""


_READ = Statement(select(*COLUMNS).where(resource.c.type == bindparam("type"), resource.c.id == bindparam("id")))
_OLD = (
    select(
        resource.c.rid, resource.c.id, version.c.version, version.c.updated_at, resource.c.person, version.c.body
    )
    .join(version, version.c.rid == resource.c.rid)
    .where(resource.c.type == bindparam("type"), resource.c.id == bindparam("id"))
)  # fmt: skip
_VREAD = Statement(_OLD.where(version.c.version == bindparam("wanted")))
_HISTORY = Statement(
    _OLD.where(version.c.version < bindparam("before"), version.c.updated_at >= bindparam("since"))
    .order_by(version.c.version.desc())
    .limit(bindparam("limit"))
)
_PERSON = Statement(select(claim.c.person).where(claim.c.id == bindparam("id")))
_CLAIMS = Statement(
    select(claim.c.id, claim.c.feed, claim.c.patient, claim.c.recorded_at, claim.c.entry)
    .where(claim.c.person == bindparam("person"))
    .order_by(claim.c.number)
)
_USED = Statement(
    select(search_token.c.rid)
    .where(search_token.c.name == bindparam("name"), search_token.c.system == bindparam("system"))
    .limit(1)
)
_NEWEST = Statement(select(func.coalesce(func.max(resource.c.rid), 0)))
_REFERRING = Statement(
    select(*TYPED)
    .join(search_reference, search_reference.c.rid == resource.c.rid)
    .where(search_reference.c.name == bindparam("name"), any_of(search_reference.c.target, "targets"))
    .order_by(resource.c.rid)
    .limit(bindparam("limit"))
    .distinct()
)
_OF_PERSONS = Statement(
    select(*TYPED)
    .where(any_of(resource.c.person, "persons"), resource.c.type == bindparam("type"))
    .order_by(resource.c.rid)
    .limit(bindparam("limit"))
)
_CAUSE = ("version", "feed", "entry", "recorded_at", "updated_at")


def _origins() -> CompoundSelect[Any]:
    """Of the versions there were, and of the one there is."""
    of_target = (resource.c.type == bindparam("type"), any_of(resource.c.id, "ids"))
    head, tail = (resource.c.type, resource.c.id), resource.c.person
    old = select(*head, *(version.c[name] for name in _CAUSE), tail).join(resource, version.c.rid == resource.c.rid)
    new = select(*head, *(resource.c[name] for name in _CAUSE), tail)
    both = union_all(old.where(*of_target), new.where(*of_target))
    return both.order_by(text("1"), text("2"), text("3")).limit(bindparam("limit"))


_ORIGINS = Statement(_origins())


class View:
    """The record as it was at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, type_: str, id_: str) -> Stored | None:
        row = self._connection.row(_READ, type=type_, id=id_)
        return Stored(type_, *row) if row else None

    def version(self, type_: str, id_: str, wanted: int) -> Stored | None:
        current = self.read(type_, id_)
        if current is None or current.version == wanted:
            return current
        row = self._connection.row(_VREAD, type=type_, id=id_, wanted=wanted)
        return Stored(type_, *row) if row else None

    def history(self, current: Stored, limit: int, before: int, since: int = times.FIRST) -> list[Stored]:
        """Newest first, versions below ``before`` only."""
        rows = self._connection.rows(
            _HISTORY, type=current.type, id=current.id, before=before, since=since, limit=limit
        )
        newest = [current] if current.version < before and current.updated_at >= since else []
        return [*newest, *(Stored(current.type, *row) for row in rows)][:limit]

    def person_of(self, id_: str) -> str | None:
        """The person that any of its ids means."""
        row = self._connection.row(_PERSON, id=id_)
        return str(row[0]) if row else None

    def claims_of(self, person: str) -> list[ClaimSaid]:
        """The claims that make a person, the earliest first."""
        return [ClaimSaid(*row) for row in self._connection.rows(_CLAIMS, person=person)]

    def joined_by(self, one: str, other: str) -> list[int]:
        """The decisions in force that make one person of two claims without the help of others, the newest last."""
        found = about(self._connection, [one])
        return sorted(each.id for each in found if each.kind == "same" and {each.one, each.other} == {one, other})

    def uses(self, type_: str, name: str, system: str) -> bool:
        """Whether a token parameter of a type has any value of a system; one that is unknown takes a while to miss."""
        return self._connection.row(_USED, name=f"{type_}.{name}", system=system) is not None

    def alike(self, patient: Json, model: Model) -> Alike:
        """Who a Patient could be, as ``Hub.alike`` says."""
        return alike(self._connection, patient, model)

    def start(self) -> Place:
        """Where a walk through what there is now begins."""
        row = self._connection.row(_NEWEST)
        return Place(row[0] if row else 0, times.now())

    def search(self, query: Query, limit: int, place: Place | None = None) -> Page:
        place = place or self.start()
        rows = find(self._connection, query, place, limit + 1)
        return _page([replace(Stored(query.type, *row[:6]), keys=tuple(row[6:])) for row in rows], limit, place)

    def count(self, query: Query) -> int:
        return count(self._connection, query)

    def named(self, references: Iterable[str]) -> list[Stored]:
        """What ``Type/id`` references lead to, as far as it is here."""
        return named(self._connection, references)

    def everything(self, person: str, span: Span, limit: int, place: Place | None = None) -> Page:
        """The person's own resources, then the staff and places they refer to, each once."""
        return everything(self._connection, person, span, limit, place or replace(self.start(), keys=(0, "")))

    def referring(self, parameter: Parameter, targets: Sequence[Stored], limit: int) -> list[Stored]:
        """Resources whose ``parameter`` leads to one of the targets."""
        if parameter.kind == "person":
            persons = sorted({found.person for found in targets if found.type == "Patient" and found.person})
            rows = self._connection.rows(_OF_PERSONS, persons=persons, type=parameter.type, limit=limit)
        else:
            targets_named = [found.reference for found in targets]
            rows = self._connection.rows(_REFERRING, name=parameter.row, targets=targets_named, limit=limit)
        return [Stored(*row) for row in rows]

    def origins(self, targets: Iterable[str], limit: int) -> list[Origin]:
        """Where each version of the targets came from."""
        ids: dict[str, list[str]] = {}
        for target in targets:
            type_, _, id_ = target.partition("/")
            ids.setdefault(type_, []).append(id_)
        rows = (
            row
            for type_ in sorted(ids)
            for row in self._connection.rows(_ORIGINS, type=type_, ids=ids[type_], limit=limit)
        )
        return [Origin(*row) for row in rows][:limit]


def _page(found: Sequence[Stored], limit: int, place: Place) -> Page:
    shown = tuple(found[:limit])
    more = len(found) > limit and shown
    return Page(shown, replace(place, keys=shown[-1].keys) if more else None)


class Records:
    """What the hub knows about persons."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.near = database.dialect == "sqlite"
        """Whether reading by key is so quick that an event loop may do it itself."""

    @contextmanager
    def view(self) -> Iterator[View]:
        with self._database.read() as connection:
            yield View(connection)

    def read(self, type_: str, id_: str) -> Stored | None:
        with self.view() as view:
            return view.read(type_, id_)

    def version(self, type_: str, id_: str, wanted: int) -> Stored | None:
        with self.view() as view:
            return view.version(type_, id_, wanted)

    def person_of(self, id_: str) -> str | None:
        with self.view() as view:
            return view.person_of(id_)

    def search(self, query: Query, limit: int, place: Place | None = None) -> Page:
        with self.view() as view:
            return view.search(query, limit, place)

    def count(self, query: Query) -> int:
        with self.view() as view:
            return view.count(query)
