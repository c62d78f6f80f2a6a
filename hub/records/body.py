"""Two things SQLite and PostgreSQL say differently: a look into a stored body, and text in the order of its bytes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from hub.database.statement import POSTGRESQL, SQLITE


class word_in(ColumnElement[str]):  # noqa: N801 - reads like a function of SQL
    """The top-level string called ``element``, which is a name of ours and never a value from outside."""

    inherit_cache = False
    type = Text()

    def __init__(self, body: ColumnElement[Any], element: str) -> None:
        self.body = body
        self.element = element


@compiles(word_in, SQLITE)
def _sqlite(element: word_in, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract(CAST({compiler.process(element.body, **options)} AS TEXT), '$.{element.element}')"


@compiles(word_in, POSTGRESQL)
def _postgresql(element: word_in, compiler: SQLCompiler, **options: Any) -> str:
    return f"(convert_from({compiler.process(element.body, **options)}, 'UTF8')::json ->> '{element.element}')"


class bytewise(ColumnElement[str]):  # noqa: N801 - reads like a function of SQL
    """A text column that compares by its bytes, whatever language the database sorts in."""

    inherit_cache = False
    type = Text()

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column


@compiles(bytewise, SQLITE)
def _as_it_is(element: bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column, **options)


@compiles(bytewise, POSTGRESQL)
def _collated(element: bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f'({compiler.process(element.column, **options)} COLLATE "C")'
