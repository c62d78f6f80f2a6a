"""Numbers that every reload raises: how the processes of one hub hear that what they have read is another.

An answer about a code raises a number of its own: the others then read the code maps anew, and leave alone what else
may have been written into the files meanwhile. Only a reload puts that in force.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from hub.database import Connection, Database, Statement, any_of
from hub.schema import house

RELOADS, CODES = "generation", "generation of code maps"

_find = Statement(select(house.c.name, house.c.value).where(any_of(house.c.name, "wanted")))
_first = Statement(insert(house).values(name=bindparam("name"), value=bindparam("value")))
_next = Statement(update(house).where(house.c.name == bindparam("of")).values(value=bindparam("value")))


class Generation(NamedTuple):
    """0 before the first."""

    reloads: int = 0
    codes: int = 0


def generation(database: Database) -> Generation:
    with database.read() as connection:
        known = _in(connection)
    return Generation(known.get(RELOADS, 0), known.get(CODES, 0))


def raise_generation(database: Database, what: str = RELOADS) -> int:
    return database.serially(lambda connection: _raised(connection, what))


def _raised(connection: Connection, what: str) -> int:
    known = _in(connection).get(what)
    number = (known or 0) + 1
    if known is None:
        connection.run(_first, name=what, value=b"%d" % number)
    else:
        connection.run(_next, of=what, value=b"%d" % number)
    return number


def _in(connection: Connection) -> dict[str, int]:
    return {name: int(bytes(value)) for name, value in connection.rows(_find, wanted=[RELOADS, CODES])}
