"""What ``/metrics`` shows: the figures of each feed, read when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

STATUSES = ("applied", "skipped", "parked", "refused")


class FeedFigures(Protocol):
    """What is counted of one feed."""

    @property
    def feed(self) -> str: ...
    @property
    def received(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def applied(self) -> int: ...
    @property
    def skipped(self) -> int: ...
    @property
    def parked(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def reused(self) -> int: ...
    @property
    def resent(self) -> int: ...
    @property
    def last_received(self) -> datetime: ...


Feeds = Callable[[], Iterable[FeedFigures]]
Doors = Callable[[], Mapping[str, Mapping[str, int]]]
"""What happened at each feed's open door, below the level of messages."""


class FeedCollector:
    """Asks for the figures each time; nothing is counted twice."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def describe(self) -> Iterable[Metric]:
        """Named without asking, so that registering does not read the database."""
        return _families([])

    def collect(self) -> Iterable[Metric]:
        return _families(list(self._feeds()))


class DoorCollector:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def collect(self) -> Iterable[Metric]:
        events = CounterMetricFamily(
            "hub_door_events", "What happened at a feed's door below the level of messages", labels=["feed", "kind"]
        )
        for feed, counters in self._doors().items():
            for kind, count in sorted(counters.items()):
                events.add_metric([feed, kind], count)
        return [events]


def feed_registry(feeds: Feeds, doors: Doors = dict) -> CollectorRegistry:
    """A registry of this hub's own, to which others may add."""
    registry = CollectorRegistry()
    registry.register(FeedCollector(feeds))
    registry.register(DoorCollector(doors))
    return registry


def _families(feeds: Sequence[FeedFigures]) -> Iterator[Metric]:
    received = CounterMetricFamily("hub_messages_received", "Messages on disk, refused ones included", labels=["feed"])
    settled = CounterMetricFamily("hub_messages_settled", "Messages by what became of them", labels=["feed", "status"])
    waiting = GaugeMetricFamily("hub_messages_waiting", "Messages on disk and not yet settled", labels=["feed"])
    last = GaugeMetricFamily("hub_last_message_timestamp_seconds", "When the newest message came", labels=["feed"])
    resent = CounterMetricFamily("hub_messages_resent", "Messages sent again, answered, not kept", labels=["feed"])
    reused = CounterMetricFamily("hub_message_keys_reused", "Messages under another one's key", labels=["feed"])
    for one in feeds:
        received.add_metric([one.feed], one.received)
        waiting.add_metric([one.feed], one.waiting)
        last.add_metric([one.feed], one.last_received.timestamp())
        resent.add_metric([one.feed], one.resent)
        reused.add_metric([one.feed], one.reused)
        for status in STATUSES:
            settled.add_metric([one.feed, status], getattr(one, status))
    yield from (received, settled, waiting, last, resent, reused)
