"""Senders who wait hear what became of their message, whichever process settled it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from hub.adapter import Payload, Receipt, Refusal, Settings, Settled
from hub.bus import Bus
from hub.database import Database
from hub.errors import Refused, Unavailable
from hub.intake import Intake
from hub.journal import Journal
from hub.language import Text
from hub.pipeline import Pipeline
from hub.settlement.waiting import Awaited
from hub.worker import Worker
from tests.hub.spine import Obedient, Remembering, opened, payload, until


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@contextmanager
def receiving(database: Database) -> Iterator[tuple[Intake, Pipeline]]:
    """An intake, and a pipeline that steps when the test says so, as another process would."""
    intake = Intake(Journal(database), lambda _: None, print, Awaited(database))
    intake.start()
    try:
        yield intake, Pipeline(database, {"north": Obedient("north", Settings())}, application=Remembering)
    finally:
        intake.stop()


async def fates(intake: Intake, *payloads: Payload, then: object = None) -> list[Settled]:
    door = intake.door("north")
    receipts = await asyncio.gather(*map(door.soon, payloads))
    waiting = [asyncio.ensure_future(door.settled(receipt)) for receipt in receipts]
    if callable(then):
        await asyncio.get_running_loop().run_in_executor(None, then)
    async with asyncio.timeout(10):
        return list(await asyncio.gather(*waiting))


def test_who_waits_hears_what_another_process_made_of_it(database: Database) -> None:
    with receiving(database) as (intake, pipeline):
        told = asyncio.run(
            fates(
                intake,
                *(payload("visit 1"), payload("garbled 2"), payload("useless 3")),
                then=lambda: pipeline.step("north"),
            )
        )
    assert [settled.status for settled in told] == ["applied", "parked", "skipped"]
    assert (told[1].code, told[1].place, str(told[1].text)) == ("parse_error", "PID-3", "there is no number")


def test_a_resend_hears_it_long_after(database: Database) -> None:
    with receiving(database) as (intake, pipeline):
        first = asyncio.run(fates(intake, payload("garbled 1"), then=lambda: pipeline.step("north")))
        again = asyncio.run(fates(intake, payload("garbled 1")))
    assert first == again


def test_a_worker_of_the_same_process_wakes_who_waits_at_once(database: Database) -> None:
    awaited = Awaited(database)
    bus = Bus("memory://")
    intake = Intake(Journal(database), bus.ring, print, awaited)
    pipeline = Pipeline(database, {"north": Obedient("north", Settings())}, application=Remembering)
    heard = threading.Event()

    def settled() -> None:
        awaited.heard()
        heard.set()

    worker = Worker(pipeline, bus, ["north"], print, settled=settled)
    parts: tuple[Intake | Bus | Worker, ...] = (bus, worker, intake)
    for part in parts:
        part.start()
    try:
        assert [one.status for one in asyncio.run(fates(intake, payload("visit 1")))] == ["applied"]
        assert heard.is_set()
    finally:
        for part in reversed(parts):
            part.stop()


def test_nobody_waits_and_nothing_is_read(database: Database) -> None:
    awaited = Awaited(database)
    awaited.heard()
    awaited.stop()
    assert "awaited" not in {thread.name for thread in threading.enumerate()}


class Counting(Awaited):
    """Remembers for how many it asked at a time."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked: list[int] = []

    def _read(self, numbers: list[int]) -> Mapping[int, Settled]:
        self.asked.append(len(numbers))
        return super()._read(numbers)


def test_one_query_serves_all_who_wait(database: Database) -> None:
    with receiving(database) as (intake, pipeline):
        awaited = intake.awaited = Counting(database)

        def settle_once_all_wait() -> None:
            until(lambda: 50 in awaited.asked)
            pipeline.step("north")

        many = [payload(f"visit {number}") for number in range(50)]
        told = asyncio.run(fates(intake, *many, then=settle_once_all_wait))
    assert {settled.status for settled in told} == {"applied"}


def test_who_gave_up_is_forgotten(database: Database) -> None:
    async def give_up() -> None:
        door = intake.door("north")
        receipt = await door.soon(payload("visit 1"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await door.settled(receipt)

    with receiving(database) as (intake, _):
        asyncio.run(give_up())
        assert intake.awaited is not None
        awaited = intake.awaited
        until(lambda: not awaited._waiting)


def test_a_hub_that_stops_says_so_to_who_still_waits(database: Database) -> None:
    async def wait() -> None:
        receipt = await intake.door("north").soon(payload("visit 1"))
        waiting = asyncio.ensure_future(intake.door("north").settled(receipt))
        await asyncio.get_running_loop().run_in_executor(None, intake.stop)
        with pytest.raises(Unavailable):
            await waiting
        with pytest.raises(Unavailable):
            await intake.door("north").settled(receipt)

    with receiving(database) as (intake, _):
        asyncio.run(wait())


def test_what_was_refused_is_not_waited_for(database: Database) -> None:
    async def wait() -> None:
        receipt = Receipt(1, datetime.now(UTC), refusal=Refusal("encoding", Text("no")))
        with pytest.raises(Refused):
            await intake.door("north").settled(receipt)

    with receiving(database) as (intake, _):
        asyncio.run(wait())
