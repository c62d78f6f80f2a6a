"""Finds resources by the index: conditions become one SQL statement, compiled once for each shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count as counter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from hub.database import Connection, Statement
from hub.errors import BadQuery
from hub.records.body import word_in
from hub.records.conditions import TESTS, bind
from hub.records.criteria import Condition
from hub.records.parameters import Parameter
from hub.schema import resource, search_date

_LEADS_BELOW = 7
"""Conditions of this rank and above are tested on what another one found, or on all of a type."""
SHAPES = 1_000
CONDITIONS, VALUES = 30, 2_000
"""Of one search."""
_WORDS = ("status", "gender")
_AFTER_ALL: dict[str, tuple[Any, Any]] = {"date": (2**62 + 1, -(2**62) - 1), "token": ("\U0010ffff", "")}
"""What stands for an absent value, ascending and descending, so that it comes last."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """``parameter`` is none for ``_id``, ``_lastUpdated`` and the order of arrival (``rid``)."""

    column: str
    descending: bool = False
    parameter: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which resources of a type are wanted, and in which order."""

    type: str
    conditions: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...] = ()

    def __post_init__(self) -> None:
        if len(self.conditions) > CONDITIONS or sum(len(one.values) for one in self.conditions) > VALUES:
            raise BadQuery("the search has more criteria or values than one statement may hold", place="")

    @property
    def order(self) -> tuple[SortKey, ...]:
        """As asked, ties broken by id; else whichever order the database can give without sorting."""
        if self.sort:
            return self.sort if self.sort[-1].column == "id" else (*self.sort, SortKey("id"))
        leads = any(condition.rank < _LEADS_BELOW for condition in self.conditions)
        return (SortKey("rid"),) if leads else (SortKey("id"),)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk through the matches has come. What arrived after its first page is not part of it."""

    rid_bound: int
    time_bound: int
    keys: tuple[Any, ...] = ()


def sort_key(parameter: Parameter, *, descending: bool) -> SortKey | None:
    """None for what cannot be sorted by: only dates, and the one word of a status or gender, have an order."""
    sortable = parameter.kind == "date" or (parameter.kind == "token" and parameter.name in _WORDS)
    return SortKey(parameter.name, descending, parameter) if sortable else None


def find(connection: Connection, query: Query, place: Place, limit: int) -> list[tuple[Any, ...]]:
    """Rows ``rid, id, version, updated_at, person, body, *sort keys``."""
    ordered = _narrowest_first(query)
    shape = (ordered.type == "Patient", _shapes(ordered), ordered.order, bool(place.keys))
    return connection.rows(
        _page_statement(shape),
        type=ordered.type,
        rid_bound=place.rid_bound,
        time_bound=place.time_bound,
        limit=limit,
        **_values(ordered.conditions),
        **{f"k{number}": key for number, key in enumerate(place.keys)},
    )


def count(connection: Connection, query: Query) -> int:
    """Exactly how many match now."""
    ordered = _narrowest_first(query)
    statement = _count_statement((ordered.type == "Patient", _shapes(ordered)))
    row = connection.row(statement, type=ordered.type, **_values(ordered.conditions))
    return int(row[0]) if row else 0


def _narrowest_first(query: Query) -> Query:
    return replace(query, conditions=tuple(sorted(query.conditions, key=lambda one: one.rank)), sort=query.order)


def _shapes(query: Query) -> tuple[Any, ...]:
    return tuple((one.test, one.shape, one.rank < _LEADS_BELOW) for one in query.conditions)


def _values(conditions: Sequence[Condition]) -> dict[str, Any]:
    values = (value for one in conditions for value in one.values)
    return {f"v{number}": value for number, value in enumerate(values)}


# --- statements ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=SHAPES)
def _page_statement(shape: tuple[Any, ...]) -> Statement:
    persons, conditions, order, goes_on = shape
    keys = [_key(sort) for sort in order]
    columns = [resource.c[name] for name in ("rid", "id", "version", "updated_at", "person", "body")]
    statement = _matching(select(*columns, *keys), persons, conditions).where(resource.c.rid <= bind("rid_bound"))
    if any(sort.column == "updated_at" for sort in order):
        statement = statement.where(resource.c.updated_at <= bind("time_bound"))
    if goes_on:
        statement = statement.where(_after(order, keys))
    directions = [key.desc() if sort.descending else key.asc() for sort, key in zip(order, keys, strict=True)]
    return Statement(statement.order_by(*directions).limit(bind("limit")))


@lru_cache(maxsize=SHAPES)
def _count_statement(shape: tuple[Any, ...]) -> Statement:
    return Statement(_matching(select(func.count()).select_from(resource), *shape))


def _matching(statement: Select[Any], persons: bool, shapes: Sequence[Any]) -> Select[Any]:
    """The first condition that may lead does: its list of resources is walked, and each is tested by the others."""
    type_: ColumnElement[Any] = resource.c.type
    names = (f"v{number}" for number in counter())
    led = False
    for test, shape, may_lead in shapes:
        holds, rids = TESTS[test](shape, names)
        if may_lead and not led:
            led = True
            if rids is not None:
                holds = resource.c.rid.in_(rids)
                type_ = resource.c.type.concat("")  # else SQLite walks all of a type and looks each up in the list
        statement = statement.where(holds)
    if persons:
        statement = statement.where(resource.c.id == resource.c.person)
    return statement.where(type_ == bind("type"))


def _key(sort: SortKey) -> ColumnElement[Any]:
    if sort.parameter is None:
        return resource.c[sort.column]
    last = _AFTER_ALL[sort.parameter.kind][sort.descending]
    if sort.parameter.kind == "token":
        return func.coalesce(word_in(resource.c.body, sort.parameter.name), last)
    pick = func.max if sort.descending else func.min
    found = select(pick(search_date.c.low)).where(
        search_date.c.name == sort.parameter.row, search_date.c.rid == resource.c.rid
    )
    return func.coalesce(found.scalar_subquery(), last)


def _after(order: Sequence[SortKey], keys: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Beyond the last row seen: equal in the first keys, beyond it in the next."""
    steps = []
    for number, (sort, key) in enumerate(zip(order, keys, strict=True)):
        seen = [keys[before] == bind(f"k{before}") for before in range(number)]
        last = bind(f"k{number}")
        steps.append(and_(*seen, key < last if sort.descending else key > last))
    return or_(*steps)
