"""What is unusual, as metrics."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from hub.alarm import Alert
from hub.language import Text
from hub.watch.figures import Figures
from hub.web.watching import WatchCollector

NORTH = Figures("north", refused=3, parked=0, oldest=5_000_000, unmapped=2)
SILENT = Alert(1, "silent", "north", Text("no message"), datetime(2024, 5, 6, tzinfo=UTC))


def test_alerts_that_last_and_the_figures_behind_them_are_metrics() -> None:
    registry = CollectorRegistry()
    south = Figures("south", 0, 1, None, 0)
    registry.register(WatchCollector(lambda: [SILENT], lambda: [NORTH, south], lambda: 65_000_000))
    north = {"feed": "north"}
    assert registry.get_sample_value("hub_alert", {"kind": "silent", "subject": "north"}) == 1
    assert registry.get_sample_value("hub_refused_in_a_row", north) == 3
    assert registry.get_sample_value("hub_parked_in_a_row", {"feed": "south"}) == 1
    assert registry.get_sample_value("hub_oldest_waiting_seconds", north) == 60
    assert registry.get_sample_value("hub_oldest_waiting_seconds", {"feed": "south"}) == 0
    assert registry.get_sample_value("hub_unmapped_codes", north) == 2
