from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import distinct, func, select

from hub.adapter import Adapter, Message, Settings
from hub.bus import Bus
from hub.database import Database, Statement, open_database
from hub.errors import Collision, JournalFailed, Unavailable
from hub.identity.rules import Rules
from hub.journal import Arrival, Journal
from hub.model import Claim, RecordUpdate, id_number_fault
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number
from hub.pipeline import Pipeline
from hub.schema import claim
from hub.settlement import Settlements
from hub.worker import Worker, pace
from tests.hub.spine import Obedient, Remembering, applied, opened, payload, until

FEEDS = ("north", "south", "west")
_persons = Statement(select(func.count(), func.count(distinct(claim.c.person))).select_from(claim))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@contextmanager
def working(
    database: Database,
    application: type[Remembering] = Remembering,
    sweep_seconds: float = 0.1,
    seconds: float = 30.0,
    busy: int = 0,
) -> Iterator[tuple[Worker, Bus, list[BaseException]]]:
    errors: list[BaseException] = []
    bus = Bus("memory://")
    adapters = {feed: Obedient(feed, Settings()) for feed in FEEDS}
    pipeline = Pipeline(database, adapters, Rules(), seconds, application)
    worker = Worker(pipeline, bus, FEEDS, errors.append, batch=20, sweep_seconds=sweep_seconds, busy=lambda: busy)
    bus.start()
    worker.start()
    try:
        yield worker, bus, errors
    finally:
        worker.stop()
        bus.stop()


def receive(database: Database, feed: str, *bodies: str) -> None:
    Journal(database).append([Arrival(feed, payload(body)) for body in bodies])


def waiting(database: Database) -> int:
    return sum(feed.waiting for feed in Settlements(database).feeds())


def test_a_bell_wakes_the_feed_long_before_the_sweep(database: Database) -> None:
    with working(database, sweep_seconds=60) as (_, bus, _):
        time.sleep(0.2)
        receive(database, "north", "visit 1")
        begin = time.monotonic()
        bus.ring("north")
        until(lambda: applied(database))
        assert time.monotonic() - begin < 2


def test_the_sweep_finds_what_no_bell_told(database: Database) -> None:
    with working(database):
        receive(database, "north", "visit 1")
        until(lambda: applied(database) == ["visit 1"])


def test_a_bell_for_a_feed_nobody_knows_is_ignored(database: Database) -> None:
    with working(database) as (worker, bus, _):
        bus.ring("east")
        receive(database, "north", "visit 1")
        until(lambda: applied(database))
        assert worker.healthy


def test_each_feed_keeps_its_order_while_others_go_on(database: Database) -> None:
    bodies = {feed: [f"visit {feed} {number}" for number in range(100)] for feed in FEEDS}
    with working(database) as (_, bus, _):
        for number in range(100):
            for feed in FEEDS:
                receive(database, feed, bodies[feed][number])
                bus.ring(feed)
        until(lambda: not waiting(database))
    done = applied(database)
    for feed in FEEDS:
        assert [body for body in done if f" {feed} " in body] == bodies[feed]


def test_an_adapter_that_hangs_does_not_hold_up_other_feeds(database: Database) -> None:
    receive(database, "north", "hangs 1")
    receive(database, "south", "visit 2")
    with working(database, seconds=3.0):
        begin = time.monotonic()
        until(lambda: applied(database) == ["visit 2"])
        assert time.monotonic() - begin < 2.5


@pytest.mark.parametrize("error", [Collision("first"), Unavailable("full"), RuntimeError("canary")])
def test_a_database_in_trouble_makes_messages_wait_and_is_reported_once(
    database: Database, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    failing = threading.Event()

    class Pipe(Pipeline):
        def step(self, feed: str, limit: int = 200) -> int:
            if failing.is_set():
                raise error
            return super().step(feed, limit)

    failing.set()
    receive(database, "north", "visit 1")
    bus = Bus("memory://")
    pipe = Pipe(database, {"north": Obedient("north", Settings())}, application=Remembering)
    worker = Worker(pipe, bus, ["north"], print, sweep_seconds=0.05)
    worker.start()
    until(lambda: not worker.healthy)
    time.sleep(0.5)
    assert applied(database) == []
    failing.clear()
    until(lambda: applied(database) == ["visit 1"])
    until(lambda: worker.healthy)
    worker.stop()
    said = [record.getMessage() for record in caplog.records if "feed north" in record.getMessage()]
    assert len([line for line in said if "have to wait" in line]) == 1
    assert len([line for line in said if "applied again" in line]) == 1
    assert "canary" not in caplog.text


def test_a_failed_commit_ends_the_work(database: Database) -> None:
    class Failing(Remembering):
        def take(self, _message: Message, _updates: Sequence[RecordUpdate]) -> frozenset[str]:
            raise JournalFailed("the disk failed")

    receive(database, "north", "visit 1")
    with working(database, Failing) as (worker, _, errors):
        until(lambda: errors)
        assert isinstance(errors[0], JournalFailed)
        until(lambda: not worker.healthy)


def test_while_senders_wait_it_still_gets_its_share(database: Database) -> None:
    receive(database, "north", *(f"visit {number}" for number in range(100)))
    with working(database, busy=64):
        until(lambda: not waiting(database))
    assert len(applied(database)) == 100


def test_the_further_behind_the_larger_the_steps_and_the_shorter_the_rests() -> None:
    assert pace(0.0, 200) == pace(0.9, 200) == (8, 0.15), "a burst is acknowledged first"
    batches, shares = zip(*(pace(behind_s, 200) for behind_s in (1.0, 2.0, 3.0, 4.0, 60.0)), strict=True)
    assert batches == (8, 72, 136, 200, 200)
    assert [round(share, 2) for share in shares] == [0.15, 0.43, 0.72, 1.0, 1.0]


def test_how_far_behind_a_feed_is_is_known_after_a_step(database: Database) -> None:
    old = int((datetime.now(UTC) - timedelta(seconds=30)).timestamp() * 1_000_000)
    Journal(database, now=lambda: old).append([Arrival("north", payload("visit 1"))])
    receive(database, "north", "visit 2")
    pipeline = Pipeline(database, {"north": Obedient("north", Settings())}, application=Remembering)
    assert pipeline.behind_s("north") == 0
    assert pipeline.step("north", 1) == 1
    assert 30 <= pipeline.behind_s("north") < 60
    assert pipeline.step("north", 1) == 1
    assert pipeline.behind_s("north") < 15


def test_stopping_settles_the_batch_at_hand_and_takes_no_other(database: Database) -> None:
    class Slow(Remembering):
        def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
            time.sleep(0.01)
            return super().take(message, updates)

    receive(database, "north", *(f"visit {number}" for number in range(200)))
    with working(database, Slow):
        until(lambda: applied(database))
    done = applied(database)
    assert 0 < len(done) < 200
    assert done == [f"visit {number}" for number in range(len(done))]
    (feed,) = Settlements(database).feeds()
    assert (feed.applied, feed.waiting) == (len(done), 200 - len(done))


def test_two_worker_processes_share_the_feeds_and_apply_each_message_once(postgres_url: str) -> None:
    with opened(postgres_url) as one:
        other = open_database(postgres_url)
        bodies = {feed: [f"visit {feed} {number}" for number in range(150)] for feed in FEEDS}
        with working(one), working(other):
            for feed in FEEDS:
                receive(one, feed, *bodies[feed])
            until(lambda: not waiting(one))
        other.close()
        done = applied(one)
        assert sorted(done) == sorted(body for feed in FEEDS for body in bodies[feed])
        for feed in FEEDS:
            assert [body for body in done if f" {feed} " in body] == bodies[feed]


class Registry(Adapter[Settings]):
    """Says who a message is about: its body is a resident's number."""

    name = "registry"

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        number = message.body.decode()
        patient = {
            "resourceType": "Patient",
            "identifier": [{"system": ID_NUMBER_SYSTEM, "value": number}],
            "name": [{"text": f"测试{number[-4:]}"}],
            "birthDate": "1990-01-01",
        }
        return [RecordUpdate(Claim(f"{self.feed} {number}", patient))]


def test_feeds_that_bring_the_same_new_residents_at_once_make_no_one_twice(postgres_url: str) -> None:
    residents = [normal_id_number(f"110101900101{number:03d}") for number in range(200)]
    residents = [number for number in residents if id_number_fault(number) is None]
    assert len(residents) > 150
    with opened(postgres_url) as one:
        other = open_database(postgres_url)
        for feed in ("north", "south"):
            Journal(one).append([Arrival(feed, payload(number)) for number in residents])
        start = threading.Barrier(2)

        def work(database: Database, feed: str) -> None:
            pipeline = Pipeline(database, {feed: Registry(feed, Settings())})
            start.wait()
            while pipeline.step(feed, 7):
                pass

        threads = [threading.Thread(target=work, args=pair) for pair in ((one, "north"), (other, "south"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        other.close()
        states = Settlements(one).feeds()
        assert [(state.applied, state.parked) for state in states] == [(len(residents), 0)] * 2
        with one.read() as connection:
            assert connection.row(_persons) == (2 * len(residents), len(residents))
