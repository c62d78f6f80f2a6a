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

MOST_AT_ONCE = 64
COLUMNS = tuple(column.name for column in entry.c)


def insert_entries(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    done, size = 0, MOST_AT_ONCE
    while done < len(rows):
        while size > len(rows) - done:
            size //= 2
        statement, names = _insert_of(size)
        values = [row[column] for row in rows[done : done + size] for column in COLUMNS]
        connection.run(statement, **dict(zip(names, values, strict=True)))
        done += size


@cache
def _insert_of(size: int) -> tuple[Statement, tuple[str, ...]]:
    """For 1, 2, 4, … rows, so that few statements serve every number of them."""
    rows: list[dict[str, Any]] = [
        {column: bindparam(f"{column}_{number}") for column in COLUMNS} for number in range(size)
    ]
    names = tuple(parameter.key for row in rows for parameter in row.values())
    return Statement(insert(entry).values(rows)), names
