"""A destination's line, with a sender that does as each message says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.adapter import Delivery, Sender, Settings
from hub.database import Database, Statement, open_database
from hub.deliver import Deliver, line
from hub.errors import Declined, RetryLater, Uncertain
from hub.journal import Arrival, Journal
from hub.outbox import Deliveries, Due, Outbox, Status, queue
from hub.schema import alert
from tests.hub.spine import opened, payload, until


class Obliging(Sender[Settings]):
    """Told by the first word of a message what becomes of it, the first time it is tried."""

    name = "obliging"

    def __init__(self, destination: str, *, deduplicates: bool = False) -> None:
        super().__init__(destination, Settings())
        self._deduplicates = deduplicates
        self.told: list[str] = []
        self.there = threading.Event()
        self.there.set()
        self.tried = threading.Semaphore(0)
        self.goes_on = threading.Event()
        self.goes_on.set()

    @property
    def deduplicates(self) -> bool:
        return self._deduplicates

    def connect(self) -> None:
        if not self.there.is_set():
            self.tried.release()
            raise RetryLater("nobody there")

    def send(self, delivery: Delivery) -> bytes:
        body = delivery.message.body.decode()
        self.told.append(body)
        self.tried.release()
        self.goes_on.wait(10)
        if not delivery.attempts:
            match body.split()[0]:
                case "busy":
                    raise RetryLater("busy")
                case "silent":
                    raise Uncertain("no answer", answer=b"half")
                case "unfit":
                    raise Declined("it does not fit the standard", place="PV1-2")
                case "refused":
                    raise Declined("the receiver answered AE", answer=b"AE", place="PID-3")
                case "raises":
                    raise ZeroDivisionError("canary")
        return b"AA"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(line, "FIRST_PAUSE_S", 0.01)
    with opened(f"sqlite:///{tmp_path / 'hub.db'}") as database:
        yield database


def due(database: Database, *bodies: str, destination: str = "lab") -> None:
    receipts = Journal(database).append([Arrival("north", payload(body)) for body in bodies])
    each = [Due(destination, receipt.message_id) for receipt in receipts]
    database.serially(lambda connection: queue(connection, each))


@contextmanager
def delivering(database: Database, *senders: Obliging, sweep: float = 60) -> Iterator[Deliver]:
    fatal: list[BaseException] = []
    deliver = Deliver(database, {sender.destination: sender for sender in senders}, fatal.append, sweep)
    deliver.start()
    try:
        yield deliver
    finally:
        for sender in senders:
            sender.goes_on.set()
        deliver.stop()
    assert not fatal


def statuses(database: Database) -> list[Status]:
    return [one.status for one in Deliveries(database).listed()][::-1]


def settled(database: Database) -> bool:
    return not {"waiting", "sending"} & set(statuses(database))


def alerts(database: Database) -> list[tuple[str, bool]]:
    """Subject, and whether it is over."""
    with database.read() as connection:
        rows = connection.rows(Statement(select(alert.c.subject, alert.c.ended_at).order_by(alert.c.id)))
    return [(subject, ended is not None) for subject, ended in rows]


def test_messages_are_told_in_order_and_what_fails_is_set_aside(database: Database) -> None:
    due(database, "one", "refused two", "silent three", "raises four", "five")
    with delivering(database, sender := Obliging("lab")):
        until(lambda: settled(database))
    assert sender.told == ["one", "refused two", "silent three", "raises four", "five"]
    assert statuses(database) == ["sent", "failed", "unknown", "unknown", "sent"]
    found = {one.id: one for one in Deliveries(database).listed()}
    assert (found[2].answer, found[2].place, str(found[2].reason)) == (b"AE", "PID-3", "the receiver answered AE")
    assert found[3].answer == b"half"
    assert "canary" not in str(found[4].reason)


def test_who_is_busy_hears_it_again_before_all_others(database: Database) -> None:
    due(database, "busy one", "two")
    with delivering(database, sender := Obliging("lab")):
        until(lambda: settled(database))
    assert sender.told == ["busy one", "busy one", "two"]
    assert statuses(database) == ["sent", "sent"]


def test_what_is_uncertain_is_sent_again_only_to_who_drops_doubles(database: Database) -> None:
    due(database, "silent one", "two")
    with delivering(database, sender := Obliging("lab", deduplicates=True)):
        until(lambda: settled(database))
    assert sender.told == ["silent one", "silent one", "two"]
    assert statuses(database) == ["sent", "sent"]


def test_an_outage_is_said_once_and_its_end_once(database: Database) -> None:
    sender = Obliging("lab")
    sender.there.clear()
    due(database, "one", "two")
    with delivering(database, sender):
        for _ in range(4):
            assert sender.tried.acquire(timeout=10)
        assert alerts(database) == [("lab", False)]
        assert statuses(database) == ["waiting", "waiting"]
        assert next(Deliveries(database).listed()).attempts == 0
        sender.there.set()
        until(lambda: settled(database))
        until(lambda: alerts(database) == [("lab", True)])
    assert sender.told == ["one", "two"]


def test_what_never_reached_the_other_side_does_not_end_an_outage(database: Database) -> None:
    due(database, "silent one", "unfit two")
    with delivering(database, sender := Obliging("lab")):
        until(lambda: settled(database))
    assert sender.told == ["silent one", "unfit two"]
    assert statuses(database) == ["unknown", "failed"]
    assert alerts(database) == [("lab", False)]


def test_one_destination_that_is_down_holds_up_no_other(database: Database) -> None:
    down, up = Obliging("lab"), Obliging("pharmacy")
    down.there.clear()
    due(database, "one")
    due(database, "two", destination="pharmacy")
    with delivering(database, down, up):
        until(lambda: up.told == ["two"])


def test_what_a_process_was_sending_when_it_was_killed_is_unknown_to_the_next(database: Database) -> None:
    due(database, "one", "two")
    outbox = Outbox(database)
    outbox.write(None, outbox.head("lab"))
    with delivering(database, sender := Obliging("lab")):
        until(lambda: settled(database))
    assert sender.told == ["two"]
    assert statuses(database) == ["unknown", "sent"]


def test_to_who_drops_doubles_it_is_sent_again(database: Database) -> None:
    due(database, "one", "two")
    outbox = Outbox(database)
    outbox.write(None, outbox.head("lab"))
    with delivering(database, sender := Obliging("lab", deduplicates=True)):
        until(lambda: settled(database))
    assert sender.told == ["one", "two"]


def test_a_line_that_stops_finishes_what_it_is_at_and_begins_nothing(database: Database) -> None:
    due(database, "one", "two")
    sender = Obliging("lab")
    sender.goes_on.clear()
    with delivering(database, sender):
        assert sender.tried.acquire(timeout=10)
        assert statuses(database) == ["sending", "waiting"]
    assert statuses(database) == ["sent", "waiting"]


def test_news_is_heard_at_once_and_found_by_sweeping(database: Database) -> None:
    with delivering(database, heard := Obliging("lab")) as deliver:
        due(database, "one")
        deliver.heard(["lab", "nobody"])
        until(lambda: heard.told == ["one"], 2)
    with delivering(database, swept := Obliging("lab"), sweep=0.02):
        due(database, "two")
        until(lambda: swept.told == ["two"])


def test_another_sender_takes_over_when_the_old_one_has_ended(database: Database) -> None:
    old, new = Obliging("lab"), Obliging("lab")
    old.goes_on.clear()
    due(database, "one", "two")
    with delivering(database, old, sweep=0.02) as deliver:
        assert old.tried.acquire(timeout=10)
        deliver.serve({"lab": new})
        old.goes_on.set()
        until(lambda: settled(database))
    assert (old.told, new.told) == (["one"], ["two"])


def test_what_is_resent_takes_its_old_place_in_the_line(database: Database) -> None:
    due(database, "refused one", "two")
    with delivering(database, sender := Obliging("lab")) as deliver:
        until(lambda: settled(database))
        Deliveries(database).resend(1)
        deliver.heard(["lab"])
        until(lambda: statuses(database) == ["sent", "sent"])
    assert sender.told == ["refused one", "two", "refused one"]


def test_of_two_processes_one_sends_and_nothing_twice(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "TURN_S", 0.05)
    with opened(postgres_url) as one:
        two = open_database(postgres_url)
        try:
            due(one, *(f"message {number}" for number in range(60)))
            senders = Obliging("lab"), Obliging("lab")
            lock, overlaps = threading.Lock(), []

            def alone(sender: Obliging, delivery: Delivery) -> bytes:
                if not lock.acquire(blocking=False):
                    overlaps.append(delivery.id)
                    return b""
                sender.told.append(delivery.message.body.decode())
                lock.release()
                return b"AA"

            for sender in senders:
                monkeypatch.setattr(sender, "send", lambda delivery, sender=sender: alone(sender, delivery))
            with delivering(one, senders[0], sweep=0.01), delivering(two, senders[1], sweep=0.01):
                until(lambda: settled(one))
        finally:
            two.close()
        assert not overlaps
        assert sorted(senders[0].told + senders[1].told) == sorted(f"message {number}" for number in range(60))
        assert statuses(one) == ["sent"] * 60


def test_a_message_that_left_the_journal_is_set_aside(database: Database) -> None:
    database.serially(lambda connection: queue(connection, [Due("lab", 99)]))
    with delivering(database, Obliging("lab")):
        until(lambda: settled(database))
    (found,) = Deliveries(database).listed()
    assert (found.status, found.code) == ("failed", "no_message")
