"""A hub's spine without its organs: an adapter that does as each message says, and a record that only remembers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, insert, select, text

from hub.adapter import Adapter, Message, Payload, Settings
from hub.database import Connection, Database, Statement, open_database
from hub.errors import ParseError, Rejected, UnsupportedMessage
from hub.identity.rules import Rules
from hub.migrations import prepare
from hub.model import RecordUpdate

taken = Table("taken", MetaData(), Column("body", Text), Column("entry", BigInteger))
_take = Statement(insert(taken).values(body=bindparam("body"), entry=bindparam("entry")))
_taken = Statement(select(taken.c.body).order_by(taken.c.entry))


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database with its tables, and one more that remembers what was applied."""
    database = open_database(url)
    prepare(database)
    make = Statement(text("CREATE TABLE IF NOT EXISTS taken (body TEXT, entry BIGINT)"))
    database.serially(lambda connection: connection.run(make))
    try:
        yield database
    finally:
        database.close()


def applied(database: Database) -> list[str]:
    """Bodies in the order in which they were applied."""
    with database.read() as connection:
        return [body for (body,) in connection.rows(_taken)]


class Obedient(Adapter[Settings]):
    """Does what the first word of a message says."""

    name = "obedient"

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        match message.body.split()[0]:
            case b"garbled":
                raise ParseError("there is no {field}", place="PID-3", field="number")
            case b"useless":
                raise UnsupportedMessage("of no use")
            case b"raises":
                raise ZeroDivisionError("canary")
            case b"exits":
                raise SystemExit(3)
            case b"hangs":
                while True:
                    time.sleep(0.01)
            case b"nonsense":
                return ["canary"]  # type: ignore[list-item] # what a bad plugin might do
            case b"late":
                return (1 // 0 for _ in "x")  # type: ignore[misc] # fails only when it is read
        return ()


class Remembering:
    """Stands in for the record."""

    def __init__(self, connection: Connection, _rules: Rules) -> None:
        self._connection = connection

    def expect(self, batch: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
        """Reads nothing ahead."""

    def take(self, message: Message, _updates: Sequence[RecordUpdate]) -> frozenset[str]:
        body = message.body.decode()
        if body.startswith("rejected"):
            raise Rejected("not today")
        self._connection.run(_take, body=body, entry=message.id)
        if body.startswith("breaks"):
            raise KeyError("canary")
        return frozenset({body.split()[-1]})

    def flush(self) -> Sequence[int]:
        """Nothing is held back."""
        return ()


def payload(body: str, key: str | None = None, **more: object) -> Payload:
    return Payload(body.encode(), body if key is None else key, "HIS", **more)  # type: ignore[arg-type] # as Payload has them


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
