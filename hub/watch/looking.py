"""One look at all feeds: learns their rhythm, begins and ends alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.alarm import Alert
from hub.alerts import Alerts
from hub.config import FeedConfig, HubConfig
from hub.database import Database
from hub.language import Text
from hub.records import times
from hub.watch.figures import figures
from hub.watch.judging import KINDS, Kind, silent, unusual
from hub.watch.rhythm import Rhythm, known, learn

Subject = tuple[str, str]
"""Kind of alert, and feed."""


@dataclass
class Look:
    """Of several processes, only the one that has the turn looks."""

    database: Database
    config: HubConfig
    now: Callable[[], int] = times.now

    def __post_init__(self) -> None:
        self._alerts = Alerts(self.database, self.now)
        self._since = self.now()

    def __call__(self) -> None:
        now = self.now()
        lasting: dict[Subject, Alert] = {
            (one.kind, one.subject): one for one in self._alerts.lasting() if one.kind in KINDS
        }
        found = self._unusual(lasting, now)
        for (kind, feed), text in found.items():
            if (kind, feed) not in lasting:
                self._alerts.begin(kind, feed, text)
        for kind, feed in lasting.keys() - found.keys():
            self._alerts.end(kind, feed)

    def _unusual(self, lasting: dict[Subject, Alert], now: int) -> dict[Subject, Text]:
        """Of feeds that are switched on; the others end what lasted."""
        served = sorted(self.config.served)
        found: dict[Subject, Text] = {}
        with self.database.read() as connection:
            for each in figures(connection, served):
                found |= {(kind, each.feed): text for kind, text in unusual(each, self.config.watch, now)}
        for feed in served:
            kind: Kind = "silent"
            if text := self._silence(self.config.feeds[feed], lasting.get((kind, feed)), now):
                found[kind, feed] = text
        return found

    def _silence(self, feed: FeedConfig, lasting: Alert | None, now: int) -> Text | None:
        rhythm = self._rhythm(feed.name)
        if rhythm is None:
            return lasting.text if lasting else None
        if lasting and feed.silence != "off" and rhythm.at < times.micros(lasting.began_at):
            return lasting.text  # only a message ends it, not an hour at which less is usual
        return silent(feed, rhythm, now, self._since)

    def _rhythm(self, feed: str) -> Rhythm | None:
        """None while a long journal is still being learned."""
        with self.database.read() as connection:
            learned = learn(connection, feed)
            if learned is None:
                return known(connection, feed)[1]
        self.database.serially(learned.keep)
        return learned.rhythm if learned.complete else None
