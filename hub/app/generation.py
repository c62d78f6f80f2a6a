"""A number that every reload raises: how the processes of one hub hear that the configuration is another."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from hub.database import Connection, Database, Statement
from hub.schema import house

NAME = "generation"

_find = Statement(select(house.c.value).where(house.c.name == bindparam("wanted")))
_first = Statement(insert(house).values(name=bindparam("name"), value=bindparam("value")))
_next = Statement(update(house).where(house.c.name == bindparam("wanted")).values(value=bindparam("value")))


def generation(database: Database) -> int:
    """0 before the first reload."""
    with database.read() as connection:
        return _in(connection) or 0


def raise_generation(database: Database) -> int:
    return database.serially(_raised)


def _raised(connection: Connection) -> int:
    known = _in(connection)
    number = (known or 0) + 1
    if known is None:
        connection.run(_first, name=NAME, value=b"%d" % number)
    else:
        connection.run(_next, wanted=NAME, value=b"%d" % number)
    return number


def _in(connection: Connection) -> int | None:
    row = connection.row(_find, wanted=NAME)
    return int(bytes(row[0])) if row else None
