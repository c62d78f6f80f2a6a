from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from hub.adapter import Receipt, Refusal
from hub.database import Database
from hub.errors import Collision, JournalFailed, Unavailable
from hub.intake import Intake
from hub.journal import Arrival, Journal
from hub.journal.store import Also
from hub.language import Text
from tests.hub.spine import opened, payload, until


class Journalled(Journal):
    """A journal whose next commits can be made to go wrong, and that remembers its groups."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.groups: list[int] = []
        self.troubles: list[BaseException] = []
        self.held = threading.Event()
        self.held.set()

    def append(self, arrivals: Sequence[Arrival], also: Also | None = None) -> list[Receipt]:
        self.held.wait()
        self.groups.append(len(arrivals))
        if self.troubles:
            raise self.troubles.pop(0)
        return super().append(arrivals, also)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def journal(database: Database) -> Journalled:
    return Journalled(database)


@contextmanager
def running(journal: Journal, ring: Callable[[str], None] = print) -> Iterator[tuple[Intake, list[BaseException]]]:
    errors: list[BaseException] = []
    intake = Intake(journal, ring, errors.append)
    intake.start()
    try:
        yield intake, errors
    finally:
        intake.stop()


def test_a_receipt_means_the_message_is_in_the_journal(journal: Journalled) -> None:
    rung: list[str] = []
    with running(journal, rung.append) as (intake, _):
        receipt = intake.door("north")(payload("visit"))
        message = journal.message(receipt.message_id)
        assert message is not None
        assert message.body == b"visit"
    assert rung == ["north"]


def test_neither_a_resend_nor_a_refused_payload_rings(journal: Journalled) -> None:
    rung: list[str] = []
    with running(journal, rung.append) as (intake, _):
        door = intake.door("north")
        door(payload("visit"))
        assert door(payload("visit")).resent
        assert door(payload("bad", refusal=Refusal("encoding", Text("no")))).refusal is not None
    assert rung == ["north"]


def test_many_senders_share_a_commit(journal: Journalled) -> None:
    with running(journal) as (intake, _):
        door = intake.door("north")
        journal.held.clear()

        async def send_all() -> list[Receipt]:
            waiting = [door.soon(payload(f"visit {number}")) for number in range(100)]
            assert intake.busy >= 99
            journal.held.set()
            return [await receipt for receipt in waiting]

        receipts = asyncio.run(send_all())
    assert sorted(receipt.message_id for receipt in receipts) == list(range(1, 101))
    assert len(journal.groups) <= 3
    assert intake.busy == 0


def test_senders_in_threads_and_in_an_event_loop_are_served_side_by_side(journal: Journalled) -> None:
    with running(journal) as (intake, _), ThreadPoolExecutor(8) as threads:
        door = intake.door("north")
        in_threads = [threads.submit(door, payload(f"thread {number}")) for number in range(50)]

        async def send_all() -> list[Receipt]:
            return list(await asyncio.gather(*(door.soon(payload(f"loop {number}")) for number in range(50))))

        receipts = asyncio.run(send_all()) + [sender.result() for sender in in_threads]
    assert sorted(receipt.message_id for receipt in receipts) == list(range(1, 101))


@pytest.mark.parametrize("trouble", [Unavailable("the disk is full"), Collision("somebody else was first")])
def test_when_nothing_can_be_kept_the_sender_hears_so_and_intake_goes_on(
    journal: Journalled, trouble: BaseException
) -> None:
    with running(journal) as (intake, errors):
        door = intake.door("north")
        journal.troubles.append(trouble)
        with pytest.raises(Unavailable):
            door(payload("visit"))
        assert not door(payload("visit")).resent
    assert errors == []


def test_after_a_failed_commit_nobody_is_told_yes_and_nothing_is_accepted(journal: Journalled) -> None:
    with running(journal) as (intake, errors):
        door = intake.door("north")
        door(payload("before"))
        failure = JournalFailed("the disk failed")
        journal.troubles.append(failure)

        async def send_all() -> list[BaseException | Receipt]:
            return list(
                await asyncio.gather(
                    *(door.soon(payload(f"visit {number}")) for number in range(5)), return_exceptions=True
                )
            )

        assert asyncio.run(send_all()) == [failure] * 5
        with pytest.raises(JournalFailed):
            door(payload("after"))
        until(lambda: errors)
        assert errors == [failure]
    assert len(journal.waiting("north", 0)) == 1


def test_one_payload_that_cannot_be_kept_is_not_the_others_fault(journal: Journalled) -> None:
    with running(journal) as (intake, _):
        door = intake.door("north")
        journal.held.clear()
        with ThreadPoolExecutor(3) as threads:
            good = threads.submit(door, payload("good"))
            until(lambda: intake.busy)
            bad = payload("bad", notes={"text": object()})
            waiting = [threads.submit(door, bad), threads.submit(door, payload("also good"))]
            until(lambda: intake.busy == 3)
            journal.held.set()
            assert good.result()
            assert waiting[1].result()
            with pytest.raises(Unavailable):
                waiting[0].result()


def test_a_stopping_intake_answers_whom_it_accepted_and_refuses_the_rest(journal: Journalled) -> None:
    with ThreadPoolExecutor(1) as threads, running(journal) as (intake, _):
        door = intake.door("north")
        accepted = threads.submit(door, payload("visit"))
        until(lambda: accepted.done() or intake.busy)
        intake.stop()
        assert accepted.result().message_id == 1
        with pytest.raises(Unavailable):
            door(payload("late"))


def test_a_door_that_was_never_opened_takes_nothing(journal: Journalled) -> None:
    intake = Intake(journal, print, print)
    with pytest.raises(Unavailable):
        intake.door("north")(payload("visit"))


def test_a_full_disk_is_a_no_until_there_is_room_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("full") / "hub.db"
    with opened(f"sqlite:///{path}") as database, running(Journal(database)) as (intake, errors):
        door = intake.door("north")
        door(payload("visit 1"))
        driver = _journal_driver(database)
        (pages,) = driver.execute("PRAGMA journal.page_count").fetchone()
        driver.execute(f"PRAGMA journal.max_page_count={pages}")
        with pytest.raises(Unavailable):
            door(payload("x" * 1_000_000))
        driver.execute("PRAGMA journal.max_page_count=1000000")
        assert door(payload("visit 2")).message_id > 1
        assert errors == []


def _journal_driver(database: Database) -> sqlite3.Connection:
    driver = database._writers["journal"]._connection.driver  # type: ignore[attr-defined] # SQLite's own
    assert isinstance(driver, sqlite3.Connection)
    return driver
