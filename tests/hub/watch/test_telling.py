"""Alarms hear of each beginning and each end once, in order, across failures and restarts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

from hub.adapter import Settings
from hub.alarm import Alarm, Alert, Change
from hub.alerts import Told
from hub.errors import RetryLater
from hub.language import Text
from hub.watch import Teller, Watch
from tests.hub.spine import opened, until
from tests.hub.watch.clocks import Ward

WHY = Text("it does not answer")


class Bell(Alarm[Settings]):
    name = "bell"

    def __init__(self, alarm: str = "duty") -> None:
        super().__init__(alarm, Settings())
        self.heard: list[tuple[str, Change]] = []
        self.broken = False
        self.asked = 0
        self.closed = False

    def tell(self, alert: Alert, change: Change) -> None:
        self.asked += 1
        if self.broken:
            raise RetryLater("the bell is broken")
        self.heard.append((alert.subject, change))

    def close(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ward(database_url: str) -> Iterator[Ward]:
    with opened(database_url) as database:
        yield Ward(database, silence="off")


def told(ward: Ward, *tellers: Teller) -> None:
    for teller in tellers:
        teller.tell(Told(ward.database, ward.clock))


def test_each_beginning_and_each_end_is_told_once(ward: Ward) -> None:
    bell = Bell()
    teller = Teller(bell)
    ward.alerts.begin("destination", "archive", WHY)
    ward.alerts.begin("destination", "archive", WHY)
    told(ward, teller, teller)
    assert bell.heard == [("archive", "began")]
    ward.alerts.end("destination", "archive")
    ward.alerts.end("destination", "archive")
    told(ward, teller, Teller(bell))
    assert bell.heard == [("archive", "began"), ("archive", "ended")]
    ward.alerts.begin("destination", "archive", WHY)
    told(ward, teller)
    assert bell.heard[2:] == [("archive", "began")]


def test_what_fails_is_told_later_in_order_and_said_once(ward: Ward, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    bell, clock = Bell(), Clock()
    teller = Teller(bell, clock=clock)
    bell.broken = True
    ward.alerts.begin("destination", "archive", WHY)
    ward.alerts.begin("destination", "lab", WHY)
    ward.alerts.end("destination", "archive")
    for seconds in (0, 1, 4, 6, 10, 17):
        clock.seconds = seconds
        told(ward, teller)
    assert bell.asked == 3, "after 5 seconds, then after 10 more"
    bell.broken, clock.seconds = False, 40
    told(ward, teller)
    assert bell.heard == [("archive", "began"), ("archive", "ended"), ("lab", "began")]
    said = [getattr(record, "event", "") for record in caplog.records]
    assert [code for code in said if code.startswith("alarm.")] == ["alarm.failed", "alarm.well"]


def test_an_alarm_hears_only_of_the_kinds_it_asked_for_and_the_others_go_on(ward: Ward) -> None:
    all_of_it, silence = Bell("all"), Bell("night")
    all_of_it.broken = True
    ward.alerts.begin("destination", "archive", WHY)
    ward.alerts.begin("silent", "north", WHY)
    told(ward, Teller(all_of_it), Teller(silence, frozenset({"silent"})))
    assert silence.heard == [("north", "began")]


def test_a_new_alarm_hears_of_what_lasts_and_not_of_history(ward: Ward) -> None:
    ward.alerts.begin("destination", "archive", WHY)
    ward.alerts.begin("destination", "lab", WHY)
    ward.alerts.end("destination", "lab")
    ward.now += timedelta(days=2)
    bell = Bell()
    told(ward, Teller(bell))
    assert bell.heard == [("archive", "began")]


def test_one_of_several_processes_looks_and_tells(ward: Ward) -> None:
    bell = Bell()
    failed: list[BaseException] = []
    watch = Watch(ward.database, ward.config, [Teller(bell)], failed.append)
    ward.alerts.begin("destination", "archive", WHY)
    with ward.database.turn("watch"):
        watch.once()
        assert bell.heard == []
    watch.start()
    until(lambda: bell.heard)
    other = Teller(Bell("other"))
    watch.serve(ward.config, [other])
    assert bell.closed
    watch.stop()
    assert isinstance(other.alarm, Bell)
    assert other.alarm.closed
    assert not failed
