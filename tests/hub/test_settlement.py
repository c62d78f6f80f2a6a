from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

import pytest

from hub.adapter import Message, Payload, Refusal
from hub.database import Database
from hub.journal import Arrival, Journal
from hub.language import Text
from hub.records import times
from hub.settlement import MessageState, Outcome, Overtaken, Settlements, come_so_far, settle
from tests.hub.spine import opened, payload

PARKED = Outcome("parked", "parse_error", Text("there is no {field}", {"field": "number"}), "PID-3")
APPLIED = Outcome("applied", claims=frozenset({"anna"}))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


@pytest.fixture
def settlements(database: Database) -> Settlements:
    return Settlements(database)


def settle_all(database: Database, feed: str, outcomes: Sequence[Outcome]) -> None:
    with database.read() as connection:
        expected = come_so_far(connection, feed)
    messages = Journal(database).waiting(feed, expected, len(outcomes))
    pairs = list(zip(messages, outcomes, strict=True))
    database.serially(lambda connection: settle(connection, feed, expected, pairs))


def receive(journal: Journal, feed: str, *bodies: str) -> list[int]:
    return [receipt.message_id for receipt in journal.append([Arrival(feed, payload(body)) for body in bodies])]


def ids(states: Iterator[MessageState]) -> list[int]:
    return [state.id for state in states]


def test_figures_of_a_feed_add_up(database: Database, journal: Journal, settlements: Settlements) -> None:
    receive(journal, "north", "a", "b", "c", "d")
    journal.append([Arrival("north", payload("e", refusal=Refusal("encoding", Text("no"))))])
    settle_all(database, "north", [APPLIED, PARKED, Outcome("skipped", "unsupported", Text("of no use"))])
    (state,) = settlements.feeds()
    assert (state.received, state.refused, state.waiting) == (5, 1, 1)
    assert (state.applied, state.parked, state.skipped) == (1, 1, 1)


def test_a_message_says_what_became_of_it(database: Database, journal: Journal, settlements: Settlements) -> None:
    receive(journal, "north", "a", "b")
    settle_all(database, "north", [PARKED])
    parked, waiting = settlements.messages(newest_first=False)
    assert (parked.status, parked.code, parked.place) == ("parked", "parse_error", "PID-3")
    assert parked.reason == PARKED.reason
    assert parked.settled_at is not None
    assert (waiting.status, waiting.reason, waiting.settled_at) == ("received", None, None)
    assert settlements.message(parked.id) == parked
    assert settlements.message(99) is None


def test_who_was_overtaken_settles_nothing(database: Database, journal: Journal, settlements: Settlements) -> None:
    receive(journal, "north", "a", "b")
    (first, second) = journal.waiting("north", 0)
    database.serially(lambda connection: settle(connection, "north", 0, [(first, APPLIED)]))
    for expected in (0, second.id):
        late = partial(settle, feed="north", expected=expected, outcomes=[(first, PARKED)])
        with pytest.raises(Overtaken):
            database.serially(late)
    (state,) = settlements.feeds()
    assert (state.applied, state.parked, state.waiting) == (1, 0, 1)


def test_a_replay_brings_its_outcome_to_the_first(
    database: Database, journal: Journal, settlements: Settlements
) -> None:
    (first,) = receive(journal, "north", "a")
    settle_all(database, "north", [PARKED])
    for outcome in (PARKED, APPLIED):
        journal.append([Arrival("north", payload("a", replay_of=first))])
        settle_all(database, "north", [outcome])
        states = list(settlements.messages(newest_first=False))
        assert {states[0].status, states[-1].status} == {outcome.status}
        assert (states[0].replayed_as, states[-1].replay_of) == (states[-1].id, first)
        (feed,) = settlements.feeds()
        assert feed.received == feed.applied + feed.parked + feed.waiting
        counted = {status: sum(state.status == status for state in states) for status in ("applied", "parked")}
        assert {"applied": feed.applied, "parked": feed.parked} == counted
    assert ids(settlements.messages(claims={"anna"})) == [3, 1]


def test_the_replay_of_a_refused_payload_leaves_it_refused(
    database: Database, journal: Journal, settlements: Settlements
) -> None:
    (refused,) = journal.append([Arrival("north", payload("a", refusal=Refusal("encoding", Text("no"))))])
    journal.append([Arrival("north", payload("a", replay_of=refused.message_id))])
    settle_all(database, "north", [APPLIED])
    (state,) = settlements.feeds()
    assert (state.received, state.refused, state.applied, state.waiting) == (2, 1, 1, 0)
    shown = settlements.message(refused.message_id)
    assert shown is not None
    assert shown.status == "refused"


@pytest.fixture
def mixed(database: Database, journal: Journal) -> list[int]:
    """Two feeds, taking turns: applied, parked, waiting, and every eighth refused."""
    for number in range(160):
        feed = ("north", "south")[number % 2]
        refusal = Refusal("encoding", Text("no")) if number % 8 == 0 else None
        journal.append([Arrival(feed, Payload(b"%d" % number, f"K{number % 10}", refusal=refusal))])
    settle_all(database, "north", [APPLIED, PARKED] * 20)
    settle_all(database, "south", [APPLIED, PARKED] * 30)
    return list(range(1, 161))


def test_listings_are_complete_in_order_and_the_same_both_ways(mixed: list[int], settlements: Settlements) -> None:
    assert ids(settlements.messages()) == mixed[::-1]
    assert ids(settlements.messages(newest_first=False)) == mixed
    everything = list(settlements.messages())
    for status in ("received", "applied", "skipped", "parked", "refused"):
        listed = list(settlements.messages(status=status))
        assert listed == [state for state in everything if state.status == status]
        assert ids(settlements.messages(status=status, newest_first=False)) == ids(iter(listed))[::-1]
    assert len(list(settlements.messages(status="parked"))) == 50
    assert len(list(settlements.messages(status="refused"))) == 20


@pytest.mark.usefixtures("mixed")
def test_a_listing_can_be_narrowed(settlements: Settlements) -> None:
    everything = list(settlements.messages())
    wanted = [state for state in everything if state.feed == "south"]
    assert list(settlements.messages(feed="south")) == wanted
    assert list(settlements.messages(feed="south", key="K3")) == [state for state in wanted if state.key == "K3"]
    assert list(settlements.messages(key="K3", status="parked")) == [
        state for state in everything if (state.key, state.status) == ("K3", "parked")
    ]
    assert list(settlements.messages(limit=7)) == everything[:7]
    assert list(settlements.messages(before_id=100, limit=5)) == [state for state in everything if state.id < 100][:5]
    assert ids(settlements.messages(after_id=158)) == [160, 159]
    assert list(settlements.messages(claims=["anna", "nobody"])) == [
        state for state in everything if state.status == "applied"
    ]
    assert list(settlements.messages(claims=["nobody"])) == []
    assert list(settlements.messages(feed="west")) == []


def test_a_listing_can_begin_at_a_time(database: Database) -> None:
    clock = [1_700_000_000_000_000]
    journal = Journal(database, lambda: clock[0])
    for number in range(50):
        clock[0] += 3_600_000_000
        journal.append([Arrival("north", payload(str(number)))])
    since = times.moment(clock[0]) - timedelta(hours=9, minutes=30)
    assert ids(Settlements(database).messages(since=since)) == list(range(50, 40, -1))
    assert ids(Settlements(database).messages(since=since, newest_first=False)) == list(range(41, 51))
    assert list(Settlements(database).messages(since=since + timedelta(days=1))) == []


@pytest.mark.slow
def test_a_listing_of_many_messages_begins_at_once(database: Database, settlements: Settlements) -> None:
    journal = Journal(database)
    for start in range(0, 50_000, 500):
        journal.append([Arrival("north", payload("x", f"K{start + n}", fingerprint=b"1")) for n in range(500)])
    while messages := journal.waiting("north", _settled(database), 5_000):
        _settle(database, messages)
    for asked in ({}, {"status": "parked"}, {"status": "received"}, {"key": "K7"}, {"status": "refused"}):
        seconds = []
        for _ in range(3):
            begin = time.perf_counter()
            list(settlements.messages(**asked, limit=20))  # type: ignore[arg-type] # the filters of above
            seconds.append(time.perf_counter() - begin)
        assert min(seconds) < 0.1, asked


def _settled(database: Database) -> int:
    with database.read() as connection:
        return come_so_far(connection, "north")


def _settle(database: Database, messages: list[Message]) -> None:
    pairs = [(message, PARKED if message.id == 5 else APPLIED) for message in messages]
    before = _settled(database)
    database.serially(lambda connection: settle(connection, "north", before, pairs))
