"""Writes many entries with few statements.

Python hands its interpreter lock to other threads around each statement and, while they compute, gets it back late: one
statement for many rows keeps a busy worker from slowing every acknowledgement down.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert

from hub.database import Connection, Statement
from hub.schema import entry

SIZES = (64, 32, *range(16, 0, -1))
"""Of statements: few enough to be compiled once each, close enough together for two to serve most groups."""
COLUMNS = tuple(column.name for column in entry.c)


def insert_entries(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    done = 0
    while done < len(rows):
        size = next(size for size in SIZES if size <= len(rows) - done)
        statement, names = _insert_of(size)
        values = [row[column] for row in rows[done : done + size] for column in COLUMNS]
        connection.run(statement, **dict(zip(names, values, strict=True)))
        done += size


@cache
def _insert_of(size: int) -> tuple[Statement, tuple[str, ...]]:
    rows: list[dict[str, Any]] = [
        {column: bindparam(f"{column}_{number}") for column in COLUMNS} for number in range(size)
    ]
    names = tuple(parameter.key for row in rows for parameter in row.values())
    return Statement(insert(entry).values(rows)), names
