"""When a feed says nothing for longer than is usual at that hour of the week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.database import Database
from hub.watch.rhythm import HOUR, KEPT, WEEK, Learned, Rhythm, hour_of_week, known, learn
from tests.hub.spine import opened
from tests.hub.watch.clocks import MONDAY, Ward

OFFICE = range(8, 18)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def ward(database: Database) -> Ward:
    """Has spoken every ten minutes of three weeks' office hours; it is Monday again."""
    ward = Ward(database)
    for _ in range(3):
        ward.week(*OFFICE)
    assert not ward.silent()
    return ward


def test_three_times_the_usual_gap_is_silence_and_the_next_message_ends_it(ward: Ward) -> None:
    for minute in (0, 10):
        ward.at(10, minute)
        ward.send()
    ward.at(10, 39)
    assert not ward.silent()
    ward.at(10, 41)
    assert ward.silent()
    ward.at(11, 0)
    assert ward.silent()
    ward.send()
    assert not ward.silent()
    [over] = [one for one in ward.alerts.history() if one.kind == "silent"]
    assert (over.began_at.minute, over.ended_at and over.ended_at.hour) == (41, 11)
    assert str(over.text) == "no message for 31 min; more than 30 min is unusual at this hour"


@pytest.mark.parametrize("hour", [0, 3, 7, 18, 20, 23])
def test_a_night_without_traffic_is_no_silence(ward: Ward, hour: int) -> None:
    ward.day(*OFFICE)
    ward.at(hour, 59)
    assert not ward.silent()


def test_neither_is_a_weekend_nor_a_late_start_in_the_morning(ward: Ward) -> None:
    for _ in range(5):
        ward.day(*OFFICE)
    for _ in range(2):
        for hour in range(0, 24, 5):
            ward.at(hour)
            assert not ward.silent(), "a weekend"
        ward.now += timedelta(days=1)
    ward.at(0)
    ward.at(8, 40)
    assert not ward.silent(), "the last gap of a night ends at this hour, sooner or later"
    ward.at(9, 1)
    assert ward.silent(), "nobody has spoken since Friday, and by nine they usually have"


def test_what_broke_in_the_day_stays_silent_through_the_night(ward: Ward) -> None:
    ward.at(10)
    ward.send()
    ward.at(12)
    assert ward.silent()
    ward.at(23)
    assert ward.silent(), "an hour at which less is usual does not end it"


def test_one_bad_day_changes_nothing_that_is_usual(ward: Ward) -> None:
    ward.day(8, 9)
    ward.day(*OFFICE)
    ward.at(9, 0)
    ward.send()
    ward.at(9, 45)
    assert ward.silent()


def test_a_feed_just_added_is_not_silent_until_its_rhythm_is_known(database: Database) -> None:
    ward = Ward(database)
    assert not ward.silent(), "it has never spoken"
    for _ in range(2):
        ward.day(*OFFICE)
        ward.at(14)
        assert not ward.silent()
        ward.at(0)
    ward.day(*OFFICE)
    ward.at(10)
    ward.send()
    ward.at(14)
    assert ward.silent(), "three workdays are enough"


def test_nobody_is_judged_by_another_kind_of_day(database: Database) -> None:
    ward = Ward(database)
    ward.week(*OFFICE)
    for hour in (0, 8, 12, 18):
        ward.at(hour)
        assert not ward.silent(), "the first Monday after a week without a weekend's traffic"
    ward.day(*OFFICE)
    ward.at(9, 1)
    assert ward.silent(), "from Monday to Tuesday is no weekend"


def test_the_hubs_own_absence_is_not_the_feeds_silence(ward: Ward) -> None:
    ward.at(14)
    ward.restart()
    assert not ward.silent()
    ward.at(14, 31)
    assert ward.silent()
    ward.restart()
    assert ward.silent(), "what lasted when the hub ended still lasts"


def test_a_site_may_name_its_own_limit_or_none(ward: Ward) -> None:
    ward.at(10)
    ward.send()
    ward.set(silence=300)
    ward.at(10, 6)
    assert ward.silent()
    ward.send()
    assert not ward.silent()
    ward.set(silence=40)
    ward.at(10, 7)
    assert ward.silent()
    [lasting] = [one for one in ward.alerts.lasting() if one.kind == "silent"]
    assert str(lasting.text) == "no message for 60 s; more than 40 s is unusual at this hour"
    ward.set(silence="off")
    assert not ward.silent()
    ward.set(silence="auto", enabled=False)
    ward.at(23)
    assert not ward.silent()


def test_a_replay_is_no_sign_of_life(ward: Ward) -> None:
    ward.at(10)
    first = ward.send()
    ward.at(10, 40)
    ward.send(replay_of=first)
    assert ward.silent()


def test_a_long_journal_is_learned_in_parts_and_nothing_is_judged_before(database: Database) -> None:
    ward = Ward(database)
    for _ in range(3):
        for hour in OFFICE:
            ward.at(hour)
            ward.send()
        ward.at(0)
        ward.now += timedelta(days=1)
    parts = list(learned_in_parts(database, 7))
    assert [part.complete for part in parts] == [False] * 4 + [True]
    with database.read() as connection:
        last, found = known(connection, "north")
    assert (last, found.usual(ward.clock() + 10 * HOUR)) == (30, HOUR)


def learned_in_parts(database: Database, most: int) -> Iterator[Learned]:
    while True:
        with database.read() as connection:
            part = learn(connection, "north", most)
        if part is None:
            return
        database.serially(part.keep)
        yield part


@settings(max_examples=50, deadline=None)
@given(gaps=st.lists(st.integers(1, 30 * 24 * 60), max_size=30), cut=st.integers(0, 30))
def test_learning_in_parts_is_learning_at_once(gaps: list[int], cut: int) -> None:
    start = int(MONDAY.timestamp()) * 1_000_000
    times = [start + 60_000_000 * sum(gaps[:count]) for count in range(len(gaps) + 1)]
    whole, first = Rhythm(), Rhythm()
    for at in times:
        whole.hear(at)
    for at in times[:cut]:
        first.hear(at)
    rest = Rhythm(first.at, first.longest, dict(first.gaps))
    for at in times[cut:]:
        rest.hear(at)
    assert (whole.at, whole.longest, whole.gaps) == (rest.at, rest.longest, rest.gaps)
    assert all(len(kept) <= KEPT and 0 <= hour < WEEK for hour, kept in whole.gaps.items())


def test_the_week_begins_on_monday_in_local_time() -> None:
    start = int(MONDAY.timestamp()) * 1_000_000
    assert (hour_of_week(start), hour_of_week(start + 167 * HOUR), hour_of_week(start - 1)) == (0, 167, 167)
