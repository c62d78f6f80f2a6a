"""SQL written once as SQLAlchemy expressions, compiled once for each dialect, run on the driver's own cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import UserDefinedType

SQLITE, POSTGRESQL = "sqlite", "postgresql"

_DIALECTS: dict[str, Dialect] = {
    SQLITE: sqlite.dialect(paramstyle="qmark"),
    POSTGRESQL: postgresql.psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
}
_INSERTS: dict[str, Callable[..., Any]] = {SQLITE: sqlite.insert, POSTGRESQL: postgresql.insert}


class ListOf(UserDefinedType[Any]):
    """A list given when the statement runs."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        raise AssertionError("no column holds a list")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a driver is given; its parameters stand in ``order``."""

    sql: str
    constants: dict[str, Any]
    """The literal values of the expression, which are parameters too."""
    lists: tuple[str, ...]
    order: tuple[str, ...]

    def in_order(self, parameters: Mapping[str, Any]) -> list[Any]:
        return [parameters[name] for name in self.order]


class Statement:
    """An expression, or a function of the dialect's ``insert`` for what needs ``on_conflict``.

    Its parameters are the expression's ``bindparam`` names; give a value for each of them when it runs.
    """

    def __init__(self, expression: ClauseElement | Callable[[Callable[..., Any]], ClauseElement]) -> None:
        self._expression = expression
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: str) -> Compiled:
        found = self._compiled.get(dialect)
        if found is None:
            found = self._compiled[dialect] = self._compile(dialect)
        return found

    def sql(self, dialect: str) -> str:
        return self.compiled(dialect).sql

    def _compile(self, dialect: str) -> Compiled:
        expression = self._expression
        if not isinstance(expression, ClauseElement):
            expression = expression(_INSERTS[dialect])
        compiled: Any = expression.compile(dialect=_DIALECTS[dialect])
        return Compiled(
            str(compiled),
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple(name for name, bound in compiled.binds.items() if isinstance(bound.type, ListOf)),
            tuple(compiled.positiontup or ()),
        )


class any_of(ColumnElement[bool]):  # noqa: N801 - reads like a function of SQL
    """``column`` equals one of a list given when the statement runs: ``any_of(table.c.id, "ids")``."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values: Any = bindparam(name, type_=ListOf())

    def self_group(self, against: Any = None) -> any_of:  # noqa: ARG002 - SQLAlchemy's signature
        """As it stands: SQLAlchemy would append ``= 1`` for SQLite, which then scans instead of using an index."""
        return self


@compiles(any_of, SQLITE)
def _sqlite(element: any_of, compiler: SQLCompiler, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled expressions


@compiles(any_of, POSTGRESQL)
def _postgresql(element: any_of, compiler: SQLCompiler, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} = ANY({values})"
