"""What else is unusual: refused or parked in a row, a message that waits too long, codes that nobody has mapped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from hub.language import Text
from hub.review import Question, open_review
from hub.watch.figures import UNMAPPED, figures
from tests.hub.spine import opened
from tests.hub.watch.clocks import Ward


@pytest.fixture
def ward(database_url: str) -> Iterator[Ward]:
    with opened(database_url) as database:
        yield Ward(database, silence="off")


def test_ten_refused_in_a_row_begin_an_alert_and_one_accepted_ends_it(ward: Ward) -> None:
    ward.send()
    ward.apply()
    for _ in range(9):
        ward.send(refused=True)
    assert ward.lasting() == []
    ward.send(refused=True)
    assert ward.lasting() == ward.lasting() == ["refusing"]
    ward.send()
    ward.apply()
    assert ward.lasting() == []
    assert [(one.kind, one.subject) for one in ward.alerts.history()] == [("refusing", "north")]


def test_ten_parked_in_a_row_begin_an_alert_whatever_was_refused_between(ward: Ward) -> None:
    for number in range(10):
        ward.send("garbled")
        ward.send(refused=number < 9)
        ward.apply()
        assert ward.lasting() == []
    for _ in range(10):
        ward.send("garbled")
    ward.apply()
    assert ward.lasting() == ["parking"]
    ward.send("useless")
    ward.apply()
    assert ward.lasting() == [], "skipped is not parked"


def test_a_message_that_waits_too_long_is_a_backlog_until_it_is_applied(ward: Ward) -> None:
    ward.send()
    ward.now += timedelta(seconds=300)
    assert ward.lasting() == []
    ward.now += timedelta(seconds=1)
    assert ward.lasting() == ["backlog"]
    ward.apply()
    assert ward.lasting() == []


def test_a_feed_that_is_switched_off_or_gone_ends_what_lasted(ward: Ward) -> None:
    ward.send()
    ward.now += timedelta(hours=1)
    assert ward.lasting() == ["backlog"]
    ward.set(enabled=False)
    assert ward.lasting() == []


def test_codes_that_nobody_has_mapped_are_an_alert_of_their_feed(ward: Ward) -> None:
    question = Question(UNMAPPED, "unmapped_code/north/sex/X", "north", None, (), {})
    ward.database.serially(lambda connection: open_review(connection, question))
    assert ward.lasting() == ["unmapped"]
    with ward.database.read() as connection:
        assert [one.unmapped for one in figures(connection, ["north", "south"])] == [1, 0]


def test_destinations_begin_and_end_their_own_alerts(ward: Ward) -> None:
    ward.alerts.begin("destination", "archive", Text("it does not answer"))
    assert ward.lasting() == ["destination"], "a look at the feeds leaves them alone"
