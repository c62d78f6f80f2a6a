"""What a condition means in SQL: a test of one resource, and the list of all that pass it where the index has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, not_, or_, select

from hub.database import any_of
from hub.records.body import bytewise
from hub.schema import claim, resource, search_date, search_reference, search_string, search_token

TABLES = {"token": search_token, "string": search_string, "date": search_date, "reference": search_reference}
Made = tuple[ColumnElement[bool], Select[Any] | None]
"""A test of one resource, and a list of rids when the test may lead the search."""


def bind(name: str) -> ColumnElement[Any]:
    return bindparam(name)


def _id(_shape: Any, names: Iterator[str]) -> Made:
    return any_of(resource.c.id, next(names)), None


def _persons(_shape: Any, _names: Iterator[str]) -> Made:
    return resource.c.id == resource.c.person, None


def _told_by(_shape: Any, names: Iterator[str]) -> Made:
    return exists().where(claim.c.person == resource.c.person, claim.c.feed == bind(next(names))), None


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
    row, value_list, system_list = bind(next(names)), next(names), next(names)
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
    return and_(table.c.system == bind(system), table.c.value == bind(value))


def _string_starts(shape: tuple[int], names: Iterator[str]) -> Made:
    return _strings(shape, names, lambda table: _between(bytewise(table.c.value), next(names), next(names)))


def _between(value: ColumnElement[Any], low: str, high: str) -> ColumnElement[bool]:
    return and_(value >= bind(low), value < bind(high))


def _string_exact(shape: tuple[int], names: Iterator[str]) -> Made:
    def way(table: Any) -> ColumnElement[bool]:
        folded, exact = next(names), next(names)
        return and_(table.c.value == bind(folded), table.c.exact == bind(exact))

    return _strings(shape, names, way)


def _string_contains(shape: tuple[int], names: Iterator[str]) -> Made:
    return _strings(shape, names, lambda table: func.replace(table.c.value, bind(next(names)), "") != table.c.value)


def _strings(shape: tuple[int], names: Iterator[str], way: Callable[[Any], ColumnElement[bool]]) -> Made:
    table = search_string.alias()
    row = bind(next(names))
    found = select(table.c.rid).where(table.c.name == row, or_(*(way(table) for _ in range(shape[0]))))
    return resource.c.rid.in_(found), found  # few enough to be listed; there is no way from a resource to its strings


def _date(shape: tuple[str, ...], names: Iterator[str]) -> Made:
    table = search_date.alias()
    row = bind(next(names))
    return _in_index(table, row, or_(*_compared(shape, table.c.low, table.c.high, names)))


def _updated(shape: tuple[str, ...], names: Iterator[str]) -> Made:
    return or_(*_compared(shape, resource.c.updated_at, resource.c.updated_at + 1, names)), None


def _compared(
    prefixes: Sequence[str], low: ColumnElement[Any], high: ColumnElement[Any], names: Iterator[str]
) -> Iterator[ColumnElement[bool]]:
    for prefix in prefixes:
        start, end = bind(next(names)), bind(next(names))
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
    return _in_index(table, bind(next(names)), any_of(table.c.target, next(names)))


def _reference_identified(shape: tuple[bool, ...], names: Iterator[str]) -> Made:
    row, rows = bind(next(names)), next(names)
    table, number, target = search_reference.alias(), search_token.alias(), resource.alias()
    named = select(target.c.type + "/" + target.c.id).join(number, number.c.rid == target.c.rid)
    named = named.where(any_of(number.c.name, rows), _numbers(number, shape, names))
    return _in_index(table, row, table.c.target.in_(named))


def _numbers(table: Any, shape: tuple[bool, ...], names: Iterator[str]) -> ColumnElement[bool]:
    ways = []
    for with_system in shape:
        system, value = bind(next(names)), bind(next(names))
        ways.append(and_(table.c.value == value, table.c.system == system) if with_system else table.c.value == value)
    return or_(*ways)


def _missing(shape: tuple[str, bool], names: Iterator[str]) -> Made:
    kind, missing = shape
    table = TABLES[kind].alias()
    present = exists().where(table.c.name == bind(next(names)), table.c.rid == resource.c.rid)
    return (not_(present) if missing else present), None


def _in_index(table: Any, row: ColumnElement[Any], way: ColumnElement[bool]) -> Made:
    holds = exists().where(table.c.name == row, way, table.c.rid == resource.c.rid)
    return holds, select(table.c.rid).where(table.c.name == row, way)


TESTS: dict[str, Callable[[Any, Iterator[str]], Made]] = {
    "id": _id,
    "updated": _updated,
    "persons": _persons,
    "told_by": _told_by,
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
