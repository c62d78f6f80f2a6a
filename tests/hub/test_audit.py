"""The audit log: on disk before anybody goes on, or nobody goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from hub.audit import Audit, AuditEvent, redacted
from hub.database import Connection, Database, Statement, open_database
from hub.errors import JournalFailed, Unavailable
from hub.migrations import prepare
from hub.schema import event

EVENT = AuditEvent("a client", "192.0.2.1", "read", "Patient", "1", ("1", "2"), "name=李", "ok", 2)
ALL = Statement(select(event).order_by(event.c.id))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    yield database
    database.close()


@pytest.fixture
def audit(database: Database) -> Iterator[Audit]:
    audit = Audit(database)
    audit.start()
    yield audit
    audit.stop()


def noted(database: Database) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return connection.rows(ALL)


def test_an_event_is_on_disk_when_record_returns(database: Database) -> None:
    Audit(database).record(EVENT)
    ((_, at, *rest),) = noted(database)
    assert at > 0
    assert rest == ["a client", "192.0.2.1", "read", "Patient", "1", '["1","2"]', "name=李", "ok", 2]


def test_many_events_at_once_share_commits_and_none_is_lost(
    database: Database, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    note = database.note

    def counted(work: Callable[[Connection], None]) -> None:
        commits.append(1)
        note(work)

    monkeypatch.setattr(database, "note", counted)

    async def all_at_once() -> None:
        await asyncio.gather(*(audit.soon(EVENT) for _ in range(300)))

    asyncio.run(all_at_once())
    assert len(noted(database)) == 300
    assert len(commits) < 100


def test_it_is_on_disk_when_the_answer_may_leave(database: Database, audit: Audit) -> None:
    async def one_after_the_other() -> list[int]:
        counts = []
        for _ in range(3):
            await audit.soon(EVENT)
            counts.append(len(noted(database)))
        return counts

    assert asyncio.run(one_after_the_other()) == [1, 2, 3]


@pytest.mark.parametrize("error", [OSError("disk"), JournalFailed("disk"), Unavailable("full")])
def test_what_cannot_be_written_is_said(
    database: Database, audit: Audit, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(_work: object) -> None:
        raise error

    async def soon() -> None:
        await audit.soon(EVENT)

    with monkeypatch.context() as patch:
        patch.setattr(database, "note", fails)
        with pytest.raises(Unavailable):
            audit.record(EVENT)
        with pytest.raises(Unavailable):
            asyncio.run(soon())
        assert not audit.healthy
    asyncio.run(soon())
    assert audit.healthy
    assert len(noted(database)) == 1


def test_nothing_is_promised_when_it_does_not_run(database: Database) -> None:
    async def soon() -> None:
        await Audit(database).soon(EVENT)

    with pytest.raises(Unavailable):
        asyncio.run(soon())


def test_stopping_writes_what_waits(database: Database) -> None:
    audit = Audit(database)
    audit.start()

    async def ask_and_stop() -> None:
        waiting = [audit.soon(EVENT) for _ in range(50)]
        await asyncio.to_thread(audit.stop)
        await asyncio.gather(*waiting)

    asyncio.run(ask_and_stop())
    assert len(noted(database)) == 50


def test_somebody_who_went_away_holds_nobody_up(database: Database, audit: Audit) -> None:
    async def leave() -> None:
        gone, stays = audit.soon(EVENT), audit.soon(EVENT)
        gone.cancel()
        await stays

    asyncio.run(leave())
    assert len(noted(database)) == 2


def test_very_many_persons_are_bounded(database: Database) -> None:
    def persons(connection: Connection) -> list[str]:
        return list(json.loads(connection.rows(Statement(select(event.c.persons)))[0][0]))

    Audit(database).record(AuditEvent("a", "", "search", persons=tuple(map(str, range(5_000)))))
    with database.read() as connection:
        assert len(persons(connection)) == 1_000


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("name=李&birthdate=1990", "name=李&birthdate=1990"),
        ("access_token=abc&name=x", "access_token=[redacted]&name=x"),
        ("name=x&Access%54oken=a=b", "name=x&Access%54oken=[redacted]"),
        ("client_secret=s&password=p&apikey=k", "client_secret=[redacted]&password=[redacted]&apikey=[redacted]"),
        ("authorization=Bearer+abc", "authorization=[redacted]"),
        ("name=hub_0123456789abcdefXYZ", "[redacted]"),
        ("name=hub%5F0123456789abcdefXYZ", "[redacted]"),
        ("name=hub%255F0123456789abcdefXYZ", "[redacted]"),
        ("hub_0123456789abcdefXYZ", "[redacted]"),
        ("hub messages --patient", "hub messages --patient"),
        ("token", "token"),
        ("", ""),
    ],
)
def test_secrets_of_a_query_are_not_kept(database: Database, query: str, kept: str) -> None:
    Audit(database).record(AuditEvent("a", "", "search", query=query))
    assert redacted(query) == kept
    assert noted(database)[0][8] == kept


def test_what_a_store_cannot_keep_is_replaced(database: Database) -> None:
    Audit(database).record(AuditEvent("a", "", "denied", "\0", "hub_0123456789abcdefXYZ", query="\0\udcff"))
    assert noted(database)[0][5:7] == ("\ufffd", "[redacted]")
    assert noted(database)[0][8] == "\ufffd?"
