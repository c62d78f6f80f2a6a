"""A feed that speaks when a test says so, and the hub that watches it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from hub.adapter import Refusal, Settings
from hub.alerts import Alerts
from hub.config import FeedConfig, HubConfig, LogConfig, WatchConfig, WebConfig, WorkConfig
from hub.database import Database
from hub.journal import Arrival, Journal
from hub.language import Text
from hub.pipeline import Pipeline
from hub.records.times import SHANGHAI, micros
from hub.watch import Look
from hub.watch.rhythm import Learned, known
from tests.hub.spine import Obedient, Remembering, payload

MONDAY = datetime(2024, 5, 6, tzinfo=SHANGHAI)
NO = Refusal("encoding", Text("no"))


class Ward:
    """A hub with one feed, ``north``, and a clock of its own."""

    def __init__(self, database: Database, silence: int | str = "auto") -> None:
        self.database = database
        self.now = MONDAY
        self.journal = Journal(database, self.clock)
        self.alerts = Alerts(database, self.clock)
        self.pipeline = Pipeline(database, {"north": Obedient("north", Settings())}, application=Remembering)
        feed = FeedConfig("north", "obedient", Settings(), silence=silence)
        watch = WatchConfig()
        self.config = HubConfig(
            Path(),
            "sqlite:///hub.db",
            "memory://",
            WebConfig(),
            WorkConfig(),
            LogConfig(),
            {"north": feed},
            watch=watch,
        )
        self.look = Look(database, self.config, self.clock)
        self._sent = 0

    def clock(self) -> int:
        return micros(self.now)

    def restart(self) -> None:
        self.look = Look(self.database, self.config, self.clock)

    def set(self, **changed: object) -> None:
        feeds = {"north": replace(self.config.feeds["north"], **changed)}  # type: ignore[arg-type] # as a feed has them
        self.config = self.look.config = replace(self.config, feeds=MappingProxyType(feeds))

    def send(self, what: str = "visit", *, refused: bool = False, replay_of: int | None = None) -> int:
        self._sent += 1
        arrival = payload(f"{what} {self._sent}", refusal=NO if refused else None, replay_of=replay_of)
        (receipt,) = self.journal.append([Arrival("north", arrival)])
        return receipt.message_id

    def apply(self) -> None:
        while self.pipeline.step("north"):
            pass

    def day(self, *hours: int) -> None:
        """A day's traffic, at these hours every ten minutes, as if learned; then it is midnight."""
        self.now = self.now.replace(hour=0, minute=0)
        with self.database.read() as connection:
            last, rhythm = known(connection, "north")
        for minutes in (hour * 60 + minute for hour in hours for minute in range(0, 60, 10)):
            rhythm.hear(micros(self.now + timedelta(minutes=minutes)))
        self.database.serially(Learned("north", last, rhythm, complete=True).keep)
        self.now += timedelta(days=1)

    def week(self, *hours: int) -> None:
        """Five days with traffic at these hours, then a weekend without."""
        for _ in range(5):
            self.day(*hours)
        self.now += timedelta(days=2)

    def at(self, hour: int, minute: int = 0) -> None:
        """Later today."""
        self.now = self.now.replace(hour=hour, minute=minute)

    def silent(self) -> bool:
        """After another look."""
        return "silent" in self.lasting()

    def lasting(self) -> list[str]:
        """Kinds of alerts, after another look."""
        self.look()
        return [one.kind for one in self.alerts.lasting()]
