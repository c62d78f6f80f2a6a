"""A file of many messages is taken in page by page, in one commit with how far it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pytest
from sqlalchemy import func, select

from hub import Adapter, Message, Payload, Piece, Receipt, RecordUpdate, Refusal, Refused, Settings, Text, Unavailable
from hub.batches import GROUP_MESSAGES, Batches, Page
from hub.database import Connection, Database, Statement, open_database
from hub.journal import Also, Arrival, FeedRules, Journal
from hub.migrations import prepare
from hub.schema import entry, reading

RULES = FeedRules()
_keys = Statement(select(entry.c.key).order_by(entry.c.id))
_readings = Statement(select(func.count()).select_from(reading))


class Lines(Adapter[Settings]):
    """A line is a message; its mark, how many came before."""

    name = "lines"

    def parse(self, message: Message) -> Iterator[RecordUpdate]:
        raise NotImplementedError

    def split(self, batch: BinaryIO, after: str = "", *, more: bool = False) -> Iterator[Piece]:
        number, end = int(after or 0), 0
        for line in batch:
            if more and not line.endswith(b"\n"):
                return
            number, end = number + 1, end + len(line)
            refusal = Refusal("bad", Text("this is no line")) if line.startswith(b"?") else None
            yield Piece(end, str(number), (Payload(line, line.decode().strip(), refusal=refusal),))


class Slips(Adapter[Settings]):
    name = "slips"

    def parse(self, message: Message) -> Iterator[RecordUpdate]:
        raise NotImplementedError


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    yield database
    database.close()


def page(body: bytes, at: int = 0, after: str = "", *, more: bool = True, file: str = "f") -> Page:
    return Page("ward", file, body, at, after, more)


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return [key for (key,) in connection.rows(_keys)]


LINES = Lines("ward", Settings())


def test_a_page_is_kept_and_says_where_the_next_begins(database: Database) -> None:
    answer = Batches(database, Journal(database).append).take(page(b"a\n?b\na\nha"), LINES, RULES)

    assert answer is not None
    assert (answer["at"], answer["mark"]) == (7, "3")
    assert (answer["received"], answer["resent"], answer["refused"]) == (1, 1, 1)
    assert [(each["key"], each["at"]) for each in answer["receipts"]] == [("a", 0), ("?b", 2)]
    assert keys(database) == ["a", "?b"]


def test_another_command_goes_on_where_the_first_was_killed(database: Database) -> None:
    body = b"".join(b"%d\n" % number for number in range(200))
    Batches(database, Journal(database).append).take(page(body[:300]), LINES, RULES)
    batches = Batches(database, Journal(database).append)
    begun = batches.begun("ward", "f")
    assert begun["at"] == body.rindex(b"\n", 0, 300) + 1

    batches.take(page(body[begun["at"] :], begun["at"], begun["mark"], more=False), LINES, RULES)

    assert keys(database) == [str(number) for number in range(200)]
    assert batches.begun("ward", "f") == {"at": 0, "mark": "", "received": 0, "resent": 0, "refused": 0}
    with database.read() as connection:
        assert connection.row(_readings) == (0,)


def test_what_fails_half_way_is_neither_kept_nor_noted_as_read(database: Database) -> None:
    journal, commits = Journal(database), 0

    def keep(arrivals: Sequence[Arrival], also: Also) -> list[Receipt]:
        nonlocal commits
        commits += 1

        def fails(connection: Connection, receipts: Sequence[Receipt]) -> None:
            also(connection, receipts)
            if commits == 2:
                raise Unavailable("the disk is full")

        return journal.append(arrivals, fails)

    batches = Batches(database, keep)
    body = b"".join(b"?%d\n" % number for number in range(2 * GROUP_MESSAGES))
    with pytest.raises(Unavailable):
        batches.take(page(body, more=False), LINES, RULES)

    begun = batches.begun("ward", "f")
    assert (len(keys(database)), begun["mark"], begun["refused"]) == (
        GROUP_MESSAGES,
        str(GROUP_MESSAGES),
        GROUP_MESSAGES,
    )
    batches.take(page(body[begun["at"] :], begun["at"], begun["mark"], more=False), LINES, RULES)
    assert keys(database) == [f"?{number}" for number in range(2 * GROUP_MESSAGES)]


def test_two_commands_cannot_read_one_file_at_the_same_time(database: Database) -> None:
    batches = Batches(database, Journal(database).append)
    batches.take(page(b"a\nb\n"), LINES, RULES)

    with pytest.raises(Refused):
        batches.take(page(b"a\nb\n"), LINES, RULES)
    assert keys(database) == ["a", "b"]


def test_what_is_no_file_leaves_no_trace_of_how_far_it_came(database: Database) -> None:
    batches = Batches(database, Journal(database).append)
    batches.take(page(b"a\nb\n", file=""), LINES, RULES)
    with database.read() as connection:
        assert connection.row(_readings) == (0,)


def test_an_adapter_without_batches_has_its_file_submitted_as_one(database: Database) -> None:
    batches = Batches(database, Journal(database).append)
    assert batches.take(page(b"a\nb\n"), Slips("ward", Settings()), RULES) is None
