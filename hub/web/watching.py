"""What ``/metrics`` shows of what is unusual: alerts that last, and the figures behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from prometheus_client.core import GaugeMetricFamily, Metric

from hub.alarm import Alert

SECOND = 1_000_000


class Watched(Protocol):
    """What is looked at of one feed; times are microseconds since 1970 in UTC."""

    @property
    def feed(self) -> str: ...
    @property
    def refused(self) -> int: ...
    @property
    def parked(self) -> int: ...
    @property
    def oldest(self) -> int | None: ...
    @property
    def unmapped(self) -> int: ...


class WatchCollector:
    """Asks each time; names feeds and destinations, and nobody else."""

    def __init__(
        self, lasting: Callable[[], Iterable[Alert]], feeds: Callable[[], Iterable[Watched]], now: Callable[[], int]
    ) -> None:
        self._lasting = lasting
        self._feeds = feeds
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Named without asking, so that registering does not read the database."""
        return self._families((), ())

    def collect(self) -> Iterable[Metric]:
        return self._families(self._lasting(), self._feeds())

    def _families(self, lasting: Iterable[Alert], feeds: Iterable[Watched]) -> list[Metric]:
        alerts = GaugeMetricFamily("hub_alert", "1 for each alert that lasts", labels=["kind", "subject"])
        refused = GaugeMetricFamily("hub_refused_in_a_row", "The newest messages, refused in a row", labels=["feed"])
        parked = GaugeMetricFamily("hub_parked_in_a_row", "The last settled, parked in a row", labels=["feed"])
        oldest = GaugeMetricFamily(
            "hub_oldest_waiting_seconds", "How long the oldest message has waited to be settled", labels=["feed"]
        )
        unmapped = GaugeMetricFamily("hub_unmapped_codes", "Codes that wait for somebody to map them", labels=["feed"])
        for alert in lasting:
            alerts.add_metric([alert.kind, alert.subject], 1)
        for one in feeds:
            refused.add_metric([one.feed], one.refused)
            parked.add_metric([one.feed], one.parked)
            oldest.add_metric([one.feed], 0 if one.oldest is None else max(0, self._now() - one.oldest) / SECOND)
            unmapped.add_metric([one.feed], one.unmapped)
        return [alerts, refused, parked, oldest, unmapped]
