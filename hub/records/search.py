"""Finds resources by the index: conditions become one SQL statement, compiled once for each shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count as counter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select

from hub.database import Connection, Statement, any_of
from hub.records.body import word_in
from hub.records.criteria import Condition
from hub.records.parameters import Parameter
from hub.schema import claim, resource, search_date, search_reference, search_string, search_token

_LEADS_BELOW = 7
"""Conditions of this rank and above are tested on what another one found, or on all of a type."""
SHAPES = 1_000
_WORDS = ("status", "gender")
_TABLES = {"token": search_token, "string": search_string, "date": search_date, "reference": search_reference}
_AFTER_ALL: dict[str, tuple[Any, Any]] = {"date": (2**62 + 1, -(2**62) - 1), "token": ("\U0010ffff", "")}
"""What stands for an absent value, ascending and descending, so that it comes last."""

Made = tuple[ColumnElement[bool], Select[Any] | None]
"""A test of one resource, and a list of rids when the test may lead the search."""


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


def _bind(name: str) -> ColumnElement[Any]:
    return bindparam(name)


# --- statements ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=SHAPES)
def _page_statement(shape: tuple[Any, ...]) -> Statement:
    persons, conditions, order, goes_on = shape
    keys = [_key(sort) for sort in order]
    columns = [resource.c[name] for name in ("rid", "id", "version", "updated_at", "person", "body")]
    statement = _matching(select(*columns, *keys), persons, conditions).where(resource.c.rid <= _bind("rid_bound"))
    if any(sort.column == "updated_at" for sort in order):
        statement = statement.where(resource.c.updated_at <= _bind("time_bound"))
    if goes_on:
        statement = statement.where(_after(order, keys))
    directions = [key.desc() if sort.descending else key.asc() for sort, key in zip(order, keys, strict=True)]
    return Statement(statement.order_by(*directions).limit(_bind("limit")))


@lru_cache(maxsize=SHAPES)
def _count_statement(shape: tuple[Any, ...]) -> Statement:
    return Statement(_matching(select(func.count()).select_from(resource), *shape))


def _matching(statement: Select[Any], persons: bool, shapes: Sequence[Any]) -> Select[Any]:
    statement = statement.where(resource.c.type == _bind("type"))
    if persons:
        statement = statement.where(resource.c.id == resource.c.person)
    names = (f"v{number}" for number in counter())
    led = False
    for test, shape, may_lead in shapes:
        holds, rids = _TESTS[test](shape, names)
        leads = may_lead and not led and rids is not None
        led |= leads
        statement = statement.where(resource.c.rid.in_(rids) if leads and rids is not None else holds)
    return statement


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
        seen = [keys[before] == _bind(f"k{before}") for before in range(number)]
        last = _bind(f"k{number}")
        steps.append(and_(*seen, key < last if sort.descending else key > last))
    return or_(*steps)


# --- tests -----------------------------------------------------------------------------------------------------------


def _id(_shape: Any, names: Iterator[str]) -> Made:
    return any_of(resource.c.id, next(names)), None


def _persons(_shape: Any, _names: Iterator[str]) -> Made:
    return resource.c.id == resource.c.person, None


def _person(_shape: Any, names: Iterator[str]) -> Made:
    asked = select(claim.c.person).where(any_of(claim.c.id, next(names)))
    return resource.c.person.in_(asked), None


def _person_identified(shape: tuple[bool, ...], names: Iterator[str]) -> Made:
    next(names)  # which parameter led to the person does not matter
    number, person = search_token.alias(), resource.alias()
    asked = select(person.c.person).join(number, number.c.rid == person.c.rid)
    asked = asked.where(any_of(number.c.name, next(names)), _numbers(number, shape, names))
    return resource.c.person.in_(asked), None


def _token(shape: tuple[bool, bool, int], names: Iterator[str]) -> Made:
    values, systems, pairs = shape
    table = search_token.alias()
    row, value_list, system_list = _bind(next(names)), next(names), next(names)
    ways: list[ColumnElement[bool]] = [_pair(table, names) for _ in range(pairs)]
    if values:
        ways.append(any_of(table.c.value, value_list))
    if systems:
        ways.append(any_of(table.c.system, system_list))
    return _in_index(table, row, or_(*ways))


def _no_token(shape: tuple[bool, bool, int], names: Iterator[str]) -> Made:
    holds, _ = _token(shape, names)
    return not_(holds), None


def _pair(table: Any, names: Iterator[str]) -> ColumnElement[bool]:
    system, value = next(names), next(names)
    return and_(table.c.system == _bind(system), table.c.value == _bind(value))


def _string_starts(shape: tuple[int], names: Iterator[str]) -> Made:
    return _strings(shape, names, lambda table: _between(table.c.value, next(names), next(names)))


def _between(value: ColumnElement[Any], low: str, high: str) -> ColumnElement[bool]:
    return and_(value >= _bind(low), value < _bind(high))


def _string_exact(shape: tuple[int], names: Iterator[str]) -> Made:
    def way(table: Any) -> ColumnElement[bool]:
        folded, exact = next(names), next(names)
        return and_(table.c.value == _bind(folded), table.c.exact == _bind(exact))

    return _strings(shape, names, way)


def _string_contains(shape: tuple[int], names: Iterator[str]) -> Made:
    return _strings(shape, names, lambda table: func.replace(table.c.value, _bind(next(names)), "") != table.c.value)


def _strings(shape: tuple[int], names: Iterator[str], way: Callable[[Any], ColumnElement[bool]]) -> Made:
    table = search_string.alias()
    row = _bind(next(names))
    found = select(table.c.rid).where(table.c.name == row, or_(*(way(table) for _ in range(shape[0]))))
    return resource.c.rid.in_(found), found  # few enough to be listed; there is no way from a resource to its strings


def _date(shape: tuple[str, ...], names: Iterator[str]) -> Made:
    table = search_date.alias()
    row = _bind(next(names))
    return _in_index(table, row, or_(*_compared(shape, table.c.low, table.c.high, names)))


def _updated(shape: tuple[str, ...], names: Iterator[str]) -> Made:
    return or_(*_compared(shape, resource.c.updated_at, resource.c.updated_at + 1, names)), None


def _compared(
    prefixes: Sequence[str], low: ColumnElement[Any], high: ColumnElement[Any], names: Iterator[str]
) -> Iterator[ColumnElement[bool]]:
    for prefix in prefixes:
        start, end = _bind(next(names)), _bind(next(names))
        yield _COMPARISONS[prefix](low, high, start, end)


_COMPARISONS: dict[str, Callable[[Any, Any, Any, Any], ColumnElement[bool]]] = {
    "eq": lambda low, high, start, end: and_(low >= start, low < end, high <= end),
    "ne": lambda low, high, start, end: or_(low < start, high > end),
    "gt": lambda low, high, start, end: high > end,  # noqa: ARG005 - one signature for all
    "lt": lambda low, high, start, end: low < start,  # noqa: ARG005 - one signature for all
    "ge": lambda low, high, start, end: or_(low >= start, high > end),
    "le": lambda low, high, start, end: or_(low < start, high <= end),
    "sa": lambda low, high, start, end: low >= end,  # noqa: ARG005 - one signature for all
    "eb": lambda low, high, start, end: high <= start,  # noqa: ARG005 - one signature for all
    "ap": lambda low, high, start, end: and_(low < end, high > start),
}
"""A resource's stretch of time [low, high) beside the one asked for [start, end): R4 search, 3.1.1.4.8."""


def _reference(_shape: Any, names: Iterator[str]) -> Made:
    table = search_reference.alias()
    return _in_index(table, _bind(next(names)), any_of(table.c.target, next(names)))


def _reference_identified(shape: tuple[bool, ...], names: Iterator[str]) -> Made:
    row, rows = _bind(next(names)), next(names)
    table, number, target = search_reference.alias(), search_token.alias(), resource.alias()
    named = select(target.c.type + "/" + target.c.id).join(number, number.c.rid == target.c.rid)
    named = named.where(any_of(number.c.name, rows), _numbers(number, shape, names))
    return _in_index(table, row, table.c.target.in_(named))


def _numbers(table: Any, shape: tuple[bool, ...], names: Iterator[str]) -> ColumnElement[bool]:
    ways = []
    for with_system in shape:
        system, value = _bind(next(names)), _bind(next(names))
        ways.append(and_(table.c.value == value, table.c.system == system) if with_system else table.c.value == value)
    return or_(*ways)


def _missing(shape: tuple[str, bool], names: Iterator[str]) -> Made:
    kind, missing = shape
    table = _TABLES[kind].alias()
    present = exists().where(table.c.name == _bind(next(names)), table.c.rid == resource.c.rid)
    return (not_(present) if missing else present), None


def _in_index(table: Any, row: ColumnElement[Any], way: ColumnElement[bool]) -> Made:
    holds = exists().where(table.c.name == row, way, table.c.rid == resource.c.rid)
    return holds, select(table.c.rid).where(table.c.name == row, way)


_TESTS: dict[str, Callable[[Any, Iterator[str]], Made]] = {
    "id": _id,
    "updated": _updated,
    "persons": _persons,
    "person": _person,
    "person_identified": _person_identified,
    "token": _token,
    "no_token": _no_token,
    "string_starts": _string_starts,
    "string_exact": _string_exact,
    "string_contains": _string_contains,
    "date": _date,
    "reference": _reference,
    "reference_identified": _reference_identified,
    "missing": _missing,
}
