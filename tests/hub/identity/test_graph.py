"""What a transaction knows of the decisions: always what is in force."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.database import Connection, Database, open_database
from hub.identity.graph import Ruling, component, decide, expect, withdraw
from hub.migrations import prepare

RULING = Ruling("rule", 1, {}, 1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = open_database(database_url)
    prepare(found)
    yield found
    found.close()


def test_what_is_decided_after_a_look_is_seen_by_the_next_look(database: Database) -> None:
    def work(connection: Connection) -> None:
        expect(connection, ["a", "b"])
        assert component(connection, "a").claims == {"a"}
        first = decide(connection, "same", "a", "b", RULING)
        decide(connection, "same", "b", "c", RULING)
        assert component(connection, "a").claims == component(connection, "c").claims == {"a", "b", "c"}
        withdraw(connection, first, "rule", 2, "no longer alike")
        assert component(connection, "a").claims == {"a"}
        assert component(connection, "c").claims == {"b", "c"}

    database.serially(work)


def test_a_transaction_that_failed_leaves_nothing_behind(database: Database) -> None:
    def fail(connection: Connection) -> None:
        expect(connection, ["a"])
        decide(connection, "same", "a", "b", RULING)
        raise KeyError

    with pytest.raises(KeyError):
        database.serially(fail)
    assert database.serially(lambda connection: component(connection, "a").claims) == {"a"}


def test_a_later_transaction_sees_what_others_decided_meanwhile(database: Database) -> None:
    with database.read() as connection:
        assert component(connection, "a").claims == {"a"}
    database.serially(lambda connection: decide(connection, "same", "a", "b", RULING))
    with database.read() as connection:
        assert component(connection, "a").claims == {"a", "b"}
