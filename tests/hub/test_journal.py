from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.adapter import Payload, Refusal
from hub.database import Database, Statement, open_database
from hub.journal import Arrival, FeedRules, Journal
from hub.language import Text
from hub.schema import entry
from hub.settlement import FeedState, Settlements
from tests.hub.spine import opened, payload

LANES = Statement(select(entry.c.lanes).order_by(entry.c.id))
BAD = Refusal("encoding", Text("no encoding fits"), "MSH-18")


class Clock:
    def __init__(self) -> None:
        self.micros = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.micros

    def add(self, time: timedelta) -> None:
        self.micros += int(time.total_seconds() * 1_000_000)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(database: Database, clock: Clock) -> Journal:
    return Journal(database, clock)


def only_state(database: Database) -> FeedState:
    (state,) = Settlements(database).feeds()
    return state


def test_a_group_gets_ids_in_the_order_it_came(journal: Journal) -> None:
    receipts = journal.append([Arrival("north", payload(f"visit {n}")) for n in range(150)])
    assert [receipt.message_id for receipt in receipts] == list(range(1, 151))
    assert [message.body for message in journal.waiting("north", 0, 150)] == [b"visit %d" % n for n in range(150)]


def test_a_message_comes_back_as_it_was_given(journal: Journal) -> None:
    given = Payload(b"\x00\xff", "K1", "HIS", lanes=("42",), notes={"encoding": "gb18030"})
    (receipt,) = journal.append([Arrival("north", given)])
    message = journal.message(receipt.message_id)
    assert message is not None
    assert (message.feed, message.key, message.sender, message.body) == ("north", "K1", "HIS", b"\x00\xff")
    assert (message.notes, message.received_at) == ({"encoding": "gb18030"}, receipt.received_at)
    assert journal.message(999) is None


def test_a_resend_gets_the_receipt_of_the_first_and_is_not_kept(journal: Journal, database: Database) -> None:
    (first,) = journal.append([Arrival("north", payload("visit", "K1"))])
    (again,) = journal.append([Arrival("north", payload("visit", "K1"))])
    assert (again.message_id, again.received_at, again.resent) == (first.message_id, first.received_at, True)
    state = only_state(database)
    assert (state.received, state.resent, state.reused) == (1, 1, 0)


def test_a_resend_inside_one_group_is_one_message(journal: Journal) -> None:
    first, again = journal.append([Arrival("north", payload("visit", "K1"))] * 2)
    assert (again.message_id, again.resent) == (first.message_id, True)


def test_the_same_bytes_under_another_key_sender_or_feed_are_another_message(journal: Journal) -> None:
    arrivals = [
        Arrival("north", Payload(b"visit", "K1", "HIS")),
        Arrival("north", Payload(b"visit", "K2", "HIS")),
        Arrival("north", Payload(b"visit", "K1", "LIS")),
        Arrival("south", Payload(b"visit", "K1", "HIS")),
    ]
    assert not any(receipt.resent for receipt in journal.append(arrivals))


def test_what_a_resend_changes_may_be_left_out_of_the_fingerprint(journal: Journal) -> None:
    _, again = journal.append(
        [Arrival("north", Payload(body, "K1", fingerprint=b"same")) for body in (b"at 10:00", b"at 10:01")]
    )
    assert again.resent


def test_a_reused_key_is_a_message_of_its_own_and_a_fault_of_the_sender(journal: Journal, database: Database) -> None:
    for body in ("visit", "another", "another", "visit"):
        journal.append([Arrival("north", payload(body, "K1"))])
    state = only_state(database)
    assert (state.received, state.reused, state.resent, state.refused) == (2, 1, 2, 0)
    assert [message.body for message in journal.waiting("north", 0)] == [b"visit", b"another"]


def test_a_feed_may_refuse_reused_keys(journal: Journal, database: Database) -> None:
    rules = FeedRules(reused_key="refuse")
    journal.append([Arrival("north", payload("visit", "K1"), rules)])
    (receipt,) = journal.append([Arrival("north", payload("another", "K1"), rules)])
    (again,) = journal.append([Arrival("north", payload("visit", "K1"), rules)])
    assert receipt.refusal is not None
    assert receipt.refusal.code == "reused_key"
    assert (again.resent, again.refusal) == (True, None)
    state = only_state(database)
    assert (state.received, state.refused, state.reused, state.waiting) == (2, 1, 1, 1)


def test_a_refused_payload_is_kept_owns_no_key_and_never_waits(journal: Journal, database: Database) -> None:
    (refused,) = journal.append([Arrival("north", payload("visit", "K1", refusal=BAD))])
    (good,) = journal.append([Arrival("north", payload("visit", "K1"))])
    assert refused.refusal == BAD
    assert (good.resent, good.refusal) == (False, None)
    assert [message.id for message in journal.waiting("north", 0)] == [good.message_id]
    shown = Settlements(database).message(refused.message_id)
    assert shown is not None
    assert (shown.status, shown.code, shown.place, str(shown.reason)) == (
        *("refused", "encoding", "MSH-18"),
        "no encoding fits",
    )
    assert only_state(database).refused == 1


def test_after_the_window_a_key_is_free_again(journal: Journal, clock: Clock) -> None:
    rules = FeedRules(duplicate_window=timedelta(days=2))
    journal.append([Arrival("north", payload("visit", "K1"), rules)])
    clock.add(timedelta(days=2))
    assert journal.append([Arrival("north", payload("visit", "K1"), rules)])[0].resent
    clock.add(timedelta(seconds=1))
    assert not journal.append([Arrival("north", payload("visit", "K1"), rules)])[0].resent


def test_a_replay_is_a_new_entry_that_names_the_first(journal: Journal, clock: Clock) -> None:
    (first,) = journal.append([Arrival("north", payload("visit", "K1"))])
    clock.add(timedelta(hours=1))
    (replay,) = journal.append([Arrival("north", payload("visit", "K1", replay_of=first.message_id))])
    (second,) = journal.append([Arrival("north", payload("visit", "K1", replay_of=replay.message_id))])
    assert not replay.resent
    message = journal.message(second.message_id)
    assert message is not None
    assert (message.replay_of, message.received_at) == (first.message_id, first.received_at)


def test_lanes_are_kept_only_as_hashes_with_the_key_of_this_house(journal: Journal, database: Database) -> None:
    journal.append([Arrival("north", payload(f"visit {n}", lanes=("110101199001011234", "7"))) for n in range(2)])
    with database.read() as connection:
        first, second = (bytes(lanes) for (lanes,) in connection.rows(LANES))
    assert first == second
    assert len(first) == 16
    assert b"1101011990" not in first


@pytest.mark.parametrize("key", ["", "nul\0nul", "half \udc80 character", "键" * 300])
def test_any_key_can_be_kept(journal: Journal, key: str) -> None:
    arrival = Arrival("north", payload("visit", key, notes={"seen": "\0\x1b"}))
    first, again = journal.append([arrival])[0], journal.append([arrival])[0]
    assert (again.message_id, again.resent) == (first.message_id, True)


def test_waiting_messages_come_in_parts_that_fit_into_memory(journal: Journal) -> None:
    journal.append([Arrival("north", Payload(bytes([65 + n]) * 1_000, f"K{n}")) for n in range(5)])
    assert [message.key for message in journal.waiting("north", 0, limit=2)] == ["K0", "K1"]
    assert [message.key for message in journal.waiting("north", 2, size=2_500)] == ["K2", "K3"]
    assert [message.key for message in journal.waiting("north", 4, size=1)] == ["K4"]
    assert journal.waiting("north", 5) == []


def test_two_listeners_that_get_the_same_message_at_once_keep_it_once(postgres_url: str) -> None:
    with opened(postgres_url) as one:
        other = open_database(postgres_url)
        receipts = []
        start = threading.Barrier(2)

        def send(database: Database) -> None:
            journal = Journal(database)
            start.wait()
            for number in range(100):
                receipts.extend(journal.append([Arrival("north", payload(f"visit {number}"))]))

        threads = [threading.Thread(target=send, args=(database,)) for database in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        other.close()
        assert sum(receipt.resent for receipt in receipts) == 100
        assert sorted({receipt.message_id for receipt in receipts}) == list(range(1, 101))
        assert only_state(one).received == 100


def test_a_sender_who_gives_every_message_the_same_key_costs_no_more_than_another(journal: Journal) -> None:
    seconds = []
    for key in ("{}", "always"):
        for start in range(0, 6_000, 500):
            begin = time.perf_counter()
            bodies = [f"{key} {number}" for number in range(start, start + 500)]
            receipts = journal.append([Arrival("north", payload(body, key.format(body))) for body in bodies])
            seconds.append(time.perf_counter() - begin)
            assert not any(receipt.resent for receipt in receipts)
    assert journal.append([Arrival("north", payload("always 77", "always"))])[0].resent
    assert min(seconds[-3:]) < 5 * min(seconds[9:12]) + 0.02


def test_two_applications_of_one_feed_may_use_the_same_keys(journal: Journal) -> None:
    def send(sender: str, body: bytes) -> tuple[bool, int]:
        (receipt,) = journal.append([Arrival("north", Payload(body, "K1", sender))])
        return receipt.resent, receipt.message_id

    assert [send("HIS", b"a"), send("LIS", b"b"), send("HIS", b"a"), send("LIS", b"b"), send("HIS", b"c")] == [
        *((False, 1), (False, 2), (True, 1), (True, 2)),
        (False, 3),
    ]
    assert send("HIS", b"c") == (True, 3)
    (state,) = Settlements(journal._database).feeds()
    assert (state.reused, state.resent) == (1, 3)
