"""What ``/metrics`` shows of destinations, read when somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from hub.outbox import Figures

ENDED = ("sent", "failed", "unknown")
Lines = Callable[[], Mapping[str, Mapping[str, int]]]
"""What happened on each line of this process, below the level of deliveries."""


class DeliveryCollector:
    def __init__(self, figures: Callable[[], Iterable[Figures]], lines: Lines) -> None:
        self._figures = figures
        self._lines = lines

    def describe(self) -> Iterable[Metric]:
        """Named without asking, so that registering does not read the database."""
        return self._families([], {})

    def collect(self) -> Iterable[Metric]:
        return self._families(list(self._figures()), self._lines())

    def _families(self, figures: Sequence[Figures], lines: Mapping[str, Mapping[str, int]]) -> Iterable[Metric]:
        name = ["destination"]
        waiting = GaugeMetricFamily("hub_deliveries_waiting", "Deliveries in line", labels=name)
        oldest = GaugeMetricFamily("hub_delivery_oldest_waiting_seconds", "Age of the oldest in line", labels=name)
        aside = GaugeMetricFamily("hub_deliveries_set_aside", "Deliveries for a person", labels=[*name, "status"])
        ended = CounterMetricFamily("hub_deliveries_ended", "Deliveries by how they ended", labels=[*name, "status"])
        events = CounterMetricFamily("hub_delivery_events", "What happened on a line", labels=[*name, "kind"])
        for one in figures:
            waiting.add_metric([one.destination], one.waiting)
            age = 0.0 if one.oldest is None else max(0.0, time.time() - one.oldest / 1_000_000)
            oldest.add_metric([one.destination], age)
            aside.add_metric([one.destination, "failed"], one.failed)
            aside.add_metric([one.destination, "unknown"], one.unknown)
            for status in ENDED:
                ended.add_metric([one.destination, status], one.ended.get(status, 0))
        for destination, counters in lines.items():
            for kind, count in sorted(counters.items()):
                events.add_metric([destination, kind], count)
        return waiting, oldest, aside, ended, events
