"""A server that was restarted costs nobody anything, unless it had begun something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Barrier, Thread

import psycopg
import pytest
from sqlalchemy import insert, select, text

from hub.database import Connection, Statement, any_of, open_database
from hub.database.postgresql import Crowd, PostgresDatabase
from hub.errors import Collision, Unavailable
from hub.migrations import prepare
from hub.schema import house

KEPT = Statement(select(house.c.name).where(house.c.name.like("mark %")))
OWN = Statement(text("SELECT pg_backend_pid()"))
LOCKS = Statement(
    text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
)
COUNTED = Statement(select(house.c.value).where(house.c.name == "count"))
COUNT = Statement(text("UPDATE house SET value = CAST(:value AS bytea) WHERE name = 'count'"))


NAMED = Statement(select(house.c.value).where(any_of(house.c.name, "names")))
PLANNED = Statement(
    text("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT house.value%'")
)


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresDatabase]:
    database = open_database(postgres_url)
    assert isinstance(database, PostgresDatabase)
    prepare(database)
    yield database
    database.close()


def end_all(database: PostgresDatabase) -> int:
    """As a restart does: how many connections it ended, once they are gone."""
    address = database.url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True) as administrator:
        ended = administrator.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchall()
    assert all(gone for (gone,) in ended)
    return len(ended)


def marking(name: str) -> Statement:
    return Statement(insert(house).values(name=f"mark {name}", value=b""))


def kept(database: PostgresDatabase) -> set[str]:
    with database.read() as connection:
        return {name.removeprefix("mark ") for (name,) in connection.rows(KEPT)}


def open_idle(database: PostgresDatabase, number: int) -> None:
    """So many readers at once that each has a connection of its own, then all idle."""
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(database.read())


def test_ended_connections_are_replaced_before_anything_is_begun(database: PostgresDatabase) -> None:
    database.serially(lambda connection: connection.run(marking("before")))
    open_idle(database, 3)
    assert end_all(database) >= 5

    assert kept(database) == {"before"}
    database.serially(lambda connection: connection.run(marking("record")))
    database.append(lambda connection: connection.run(marking("journal")))
    database.note(lambda connection: connection.run(marking("audit")))
    with database.turn("a feed") as mine:
        assert mine
    open_idle(database, 4)
    assert kept(database) == {"before", "record", "journal", "audit"}


def test_one_ended_connection_makes_all_idle_ones_go(database: PostgresDatabase) -> None:
    open_idle(database, 4)
    end_all(database)

    assert kept(database) == set()
    assert end_all(database) == 1


@pytest.mark.parametrize("write", ["serially", "append", "note"])
def test_work_that_had_begun_is_not_done_again(database: PostgresDatabase, write: str) -> None:
    turns: list[int] = []

    def work(connection: Connection) -> None:
        turns.append(connection.rows(OWN)[0][0])
        connection.run(marking("one"))
        end_all(database)
        connection.run(marking("two"))

    with pytest.raises(Unavailable):
        getattr(database, write)(work)
    assert len(turns) == 1
    assert kept(database) == set()


@pytest.mark.parametrize("write", ["serially", "append", "note"])
def test_a_commit_nobody_knows_of_is_not_tried_again(database: PostgresDatabase, write: str) -> None:
    turns: list[int] = []

    def work(connection: Connection) -> None:
        turns.append(connection.run(marking("one")))
        end_all(database)

    with pytest.raises(Unavailable):
        getattr(database, write)(work)
    assert turns == [1]
    assert kept(database) == set()


def test_a_server_that_is_gone_is_unavailable(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_arguments: object, **_options: object) -> None:
        raise psycopg.OperationalError("connection refused")

    open_idle(database, 2)
    with monkeypatch.context() as patch:
        patch.setattr(psycopg, "connect", refuses)
        with psycopg.Connection.connect(database.url.replace("+psycopg", "")) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        for _ in range(3):
            with pytest.raises(Unavailable), database.read():
                pass
    assert kept(database) == set()


def test_whoever_collides_goes_alone_and_none_is_lost(database: PostgresDatabase) -> None:
    """Sixteen that read and write the same row: each at most once in vain."""
    turns, workers = list[None](), 16
    start = Barrier(workers)
    database.serially(lambda connection: connection.run(Statement(insert(house).values(name="count", value=b"0"))))

    def count(connection: Connection) -> None:
        turns.append(None)
        ((value,),) = connection.rows(COUNTED)
        connection.run(COUNT, value=b"%d" % (int(bytes(value)) + 1))

    def bring() -> None:
        start.wait()
        for _ in range(10):
            database.serially(count)

    threads = [Thread(target=bring) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert bytes(connection.rows(COUNTED)[0][0]) == b"%d" % (workers * 10)
        assert connection.rows(LOCKS) == [(0,)]
    assert len(turns) <= 2 * workers * 10


@pytest.mark.parametrize("error", [Collision, ZeroDivisionError])
def test_whoever_fails_leaves_the_place_to_others(database: PostgresDatabase, error: type[Exception]) -> None:
    def fail(_connection: Connection) -> None:
        raise error("told")

    with pytest.raises(error):
        database.serially(fail)
    with database.read() as connection:
        assert connection.rows(LOCKS) == [(0,)]
    database.serially(lambda connection: connection.run(marking("after")))
    assert kept(database) == {"after"}


def test_collisions_that_go_on_send_ever_more_alone_and_what_goes_well_sends_fewer() -> None:
    crowd = Crowd()

    def alone() -> int:
        number = 0
        while crowd.goes_alone():
            number += 1
        return number

    found = []
    for _ in range(5):
        crowd.collided()
        found.append(alone())
    assert found == [0, 3, 15, 31, 31]
    for _ in range(5):
        crowd.went_well()
    crowd.collided()
    assert alone() == 0


def test_a_statement_of_a_writer_is_planned_once_and_not_for_each_key(database: PostgresDatabase) -> None:
    def work(connection: Connection) -> None:
        connection.rows(NAMED, names=["one"])

    for _ in range(12):
        database.serially(work)

    assert database.serially(lambda connection: connection.rows(PLANNED)) == [(12, 0)]
