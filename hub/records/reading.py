"""Reads the record: one resource, its versions, what a search finds, everything about a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, CompoundSelect, Select, and_, bindparam, exists, func, or_, select, text, union_all

from hub.database import Connection, Database, Statement, any_of
from hub.records import times
from hub.records.parameters import Parameter
from hub.records.search import Place, Query, count, find
from hub.schema import claim, resource, search_date, search_reference, version

DIRECTORY = ("Location", "Medication", "Organization", "Practitioner", "PractitionerRole")
"""Types that belong to no person; ``$everything`` brings those a person's resources refer to."""
CLINICAL_DATES = {
    "Condition": "onset-date",
    "Encounter": "date",
    "MedicationAdministration": "effective-time",
    "MedicationDispense": "whenhandedover",
    "MedicationRequest": "authoredon",
    "MedicationStatement": "effective",
    "ServiceRequest": "authored",
    "Specimen": "collected",
    **dict.fromkeys(("DiagnosticReport", "DocumentReference", "Immunization", "Observation", "Procedure"), "date"),
}
"""The search parameter that says when it happened; types without one are never outside a range of dates."""
_REFERENCE = re.compile(rb'"reference"\s*:\s*"((?:' + "|".join(DIRECTORY).encode() + rb')/[A-Za-z0-9\-.]{1,64})"')
_COLUMNS = [resource.c[name] for name in ("rid", "id", "version", "updated_at", "person", "body")]
_TYPED = [resource.c.type, *_COLUMNS]


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a resource, as it is served."""

    type: str
    rid: int
    id: str
    version: int
    updated_at: int
    person: str | None
    body: bytes
    keys: tuple[Any, ...] = ()
    """What a search sorted it by."""

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was asked for; ``place`` is where to go on, none at the end."""

    rows: tuple[Stored, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Span:
    """Narrows ``$everything``; times are microseconds since 1970, ``end`` is the first outside."""

    start: int = times.FIRST
    end: int = times.LAST
    since: int = times.FIRST
    types: tuple[str, ...] = ()
    """None named = all."""

    @property
    def dated(self) -> bool:
        return (self.start, self.end) != (times.FIRST, times.LAST)


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


_READ = Statement(select(*_COLUMNS).where(resource.c.type == bindparam("type"), resource.c.id == bindparam("id")))
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
_NEWEST = Statement(select(func.coalesce(func.max(resource.c.rid), 0)))
_NAMED = Statement(select(*_TYPED).where(resource.c.type == bindparam("type"), any_of(resource.c.id, "ids")))
_REFERRING = Statement(
    select(*_TYPED)
    .join(search_reference, search_reference.c.rid == resource.c.rid)
    .where(search_reference.c.name == bindparam("name"), any_of(search_reference.c.target, "targets"))
    .order_by(resource.c.rid)
    .limit(bindparam("limit"))
    .distinct()
)
_OF_PERSONS = Statement(
    select(*_TYPED)
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


def _compartment() -> Select[Any]:
    """A person's own resources; what happened outside a range of dates is left out."""
    dates, inside = search_date.alias(), search_date.alias()
    named = and_(dates.c.rid == resource.c.rid, any_of(dates.c.name, "clinical"))
    overlaps = and_(
        inside.c.rid == resource.c.rid,
        any_of(inside.c.name, "clinical"),
        inside.c.low < bindparam("end"),
        inside.c.high > bindparam("start"),
    )
    return (
        select(*_TYPED)
        .where(resource.c.person == bindparam("person"), resource.c.updated_at >= bindparam("since"))
        .where(resource.c.rid > bindparam("after"), resource.c.rid <= bindparam("bound"))
        .where(or_(bindparam("undated", type_=Boolean()), ~exists().where(named), exists().where(overlaps)))
        .order_by(resource.c.rid)
        .limit(bindparam("limit"))
    )


_COMPARTMENT = Statement(_compartment())
_COMPARTMENT_TYPES = Statement(_compartment().where(any_of(resource.c.type, "types")))
_BODIES = Statement(select(resource.c.body).where(resource.c.person == bindparam("person")))


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
        ids: dict[str, set[str]] = {}
        for reference in references:
            type_, _, id_ = reference.partition("/")
            ids.setdefault(type_, set()).add(id_)
        return [
            Stored(*row)
            for type_ in sorted(ids)
            for row in self._connection.rows(_NAMED, type=type_, ids=sorted(ids[type_]))
        ]

    def referring(self, parameter: Parameter, targets: Sequence[Stored], limit: int) -> list[Stored]:
        """Resources whose ``parameter`` leads to one of the targets."""
        if parameter.kind == "person":
            persons = sorted({found.person for found in targets if found.type == "Patient" and found.person})
            rows = self._connection.rows(_OF_PERSONS, persons=persons, type=parameter.type, limit=limit)
        else:
            targets_named = [found.reference for found in targets]
            rows = self._connection.rows(_REFERRING, name=parameter.row, targets=targets_named, limit=limit)
        return [Stored(*row) for row in rows]

    def everything(self, person: str, span: Span, limit: int, place: Place | None = None) -> Page:
        """The person's own resources, then the staff and places they refer to, each once."""
        place = place or replace(self.start(), keys=(0, ""))
        after, directory_after = place.keys
        own = [] if directory_after else self._own(person, span, limit + 1, after, place.rid_bound)
        if len(own) > limit:
            return Page(tuple(own[:limit]), replace(place, keys=(own[limit - 1].rid, "")))
        others = [found for found in self._directory(person, span) if found.reference > directory_after]
        room = limit - len(own)
        return _everything_page(own, others[: room + 1], room, place)

    def _own(self, person: str, span: Span, limit: int, after: int, bound: int) -> list[Stored]:
        statement = _COMPARTMENT_TYPES if span.types else _COMPARTMENT
        rows = self._connection.rows(
            statement, person=person, since=span.since, after=after, bound=bound, limit=limit,
            undated=not span.dated, start=span.start, end=span.end,
            clinical=[f"{type_}.{name}" for type_, name in CLINICAL_DATES.items()], types=list(span.types),
        )  # fmt: skip
        return [Stored(*row) for row in rows]

    def _directory(self, person: str, span: Span) -> list[Stored]:
        bodies = self._connection.rows(_BODIES, person=person)
        found = self.named(_directory_references(body for (body,) in bodies))
        known = {one.reference for one in found}
        found += self.named(_directory_references(one.body for one in found) - known)
        wanted = (one for one in found if one.updated_at >= span.since and (not span.types or one.type in span.types))
        return sorted(wanted, key=lambda one: one.reference)

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


def _directory_references(bodies: Iterable[bytes]) -> set[str]:
    return {match.decode() for body in bodies for match in _REFERENCE.findall(body)}


def _page(found: Sequence[Stored], limit: int, place: Place) -> Page:
    shown = tuple(found[:limit])
    more = len(found) > limit and shown
    return Page(shown, replace(place, keys=shown[-1].keys) if more else None)


def _everything_page(own: Sequence[Stored], others: Sequence[Stored], room: int, place: Place) -> Page:
    shown = (*own, *others[:room])
    if len(others) <= room:
        return Page(shown, None)
    last = others[room - 1].reference if room else ""
    return Page(shown, replace(place, keys=(own[-1].rid if own else place.keys[0], last)))


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
