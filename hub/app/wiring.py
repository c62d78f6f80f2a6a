"""What each part of a hub is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hub.access import Access
from hub.adapter import Adapter, Counting, Listener, Receive
from hub.audit import Audit
from hub.bus import Bus
from hub.config import FeedConfig, HubConfig
from hub.control import ControlServer
from hub.database import Database
from hub.errors import ConfigError, HubError
from hub.intake import Intake
from hub.journal import FeedRules, Journal
from hub.loader import AdapterType, Plugins
from hub.operations import Operations
from hub.pipeline import Pipeline
from hub.settlement import Settlements
from hub.settlement.waiting import Awaited
from hub.worker import Worker

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from starlette.types import ASGIApp

    from hub.web.facade import Hub

PARTS = ("listen", "work", "schedule", "web", "deliver")
IDLE = frozenset({"schedule", "deliver"})
"""Parts that have nothing to do yet."""

Fatal = Callable[[BaseException], None]
ReceiveFor = Callable[[str], Receive]
"""The door of a feed, by its name."""
Checks = Mapping[str, Callable[[], bool]]


@dataclass(frozen=True)
class Wiring:
    """What every part of one process shares."""

    config: HubConfig
    plugins: Plugins
    database: Database
    bus: Bus
    adapters: Mapping[str, Adapter[Any]]
    """By feed."""

    @classmethod
    def of(cls, config: HubConfig, plugins: Plugins, database: Database) -> Wiring:
        """Raises ``ConfigError`` when an adapter cannot be made from settings that passed its model."""
        kinds = plugins.adapters()
        adapters = {feed.name: _adapter(feed, kinds[feed.adapter]) for feed in config.feeds.values()}
        return cls(config, plugins, database, Bus(config.bus_url), adapters)

    @property
    def enabled(self) -> list[FeedConfig]:
        return [feed for feed in self.config.feeds.values() if feed.enabled]

    def intake(self, fatal: Fatal) -> Intake:
        return Intake(Journal(self.database), self.bus.ring, fatal, Awaited(self.database))

    def receive(self, intake: Intake) -> ReceiveFor:
        """The doors of the feeds, each with its own rules."""

        def receive(name: str) -> Receive:
            feed = self.config.feeds[name]
            return intake.door(name, FeedRules(feed.reused_key, feed.duplicate_window))

        return receive

    def listeners(self, receive: ReceiveFor) -> dict[str, Listener]:
        found: dict[str, Listener] = {}
        for feed in self.enabled:
            with _as_config_error(feed):
                if listener := self.adapters[feed.name].listen(receive(feed.name)):
                    found[feed.name] = listener
        return found

    def worker(self, fatal: Fatal, intake: Intake | None) -> Worker:
        verified = frozenset(feed.name for feed in self.config.feeds.values() if feed.verified)
        work = self.config.work
        pipeline = Pipeline(self.database, self.adapters, verified, work.parse_seconds)
        feeds = [feed.name for feed in self.enabled]
        return Worker(
            pipeline,
            self.bus,
            feeds,
            fatal,
            batch=work.batch,
            sweep_seconds=work.sweep_seconds,
            busy=(lambda: intake.busy) if intake else (lambda: 0),
            settled=intake.awaited.heard if intake and intake.awaited else (lambda: None),
        )

    def control(self, receive: ReceiveFor | None) -> ControlServer:
        operations = Operations(self.database, self.config, self.adapters, receive)
        return ControlServer(self.config.directory, operations.perform)

    def facade(self, audit: Audit, receive: ReceiveFor | None) -> Hub:
        """What plugins that serve something are given."""
        from hub.records.reading import Records
        from hub.web.facade import Hub
        from hub.web.sealing import Seal

        database = self.database
        return Hub(
            Records(database), Access(database), audit, Seal(database), receive, base_url=self.config.web.base_url
        )

    def web(self, hub: Hub, checks: Checks, open_doors: Mapping[str, Listener]) -> tuple[ASGIApp, list[str]]:
        """The application, and the paths under which plugins serve."""
        from hub.web.app import build

        routes = [route for served in self.plugins.routes(hub).values() for route in served]
        paths = [path for route in routes if (path := getattr(route, "path", None))]
        return build(routes, checks, self._registry(open_doors)), paths

    def _registry(self, open_doors: Mapping[str, Listener]) -> CollectorRegistry:
        from prometheus_client import Gauge

        from hub.web.metrics import feed_registry

        def counted() -> dict[str, dict[str, int]]:
            doors = dict(open_doors)
            return {feed: dict(door.counters) for feed, door in doors.items() if isinstance(door, Counting)}

        registry = feed_registry(Settlements(self.database).feeds, counted)
        up = Gauge(
            "hub_bus_up", "Whether the bus answers; without it messages are found by sweeping", registry=registry
        )
        up.set_function(lambda: float(self.bus.healthy))
        return registry


def _adapter(feed: FeedConfig, kind: AdapterType) -> Adapter[Any]:
    with _as_config_error(feed):
        return kind(feed.name, feed.settings)


@contextmanager
def _as_config_error(feed: FeedConfig) -> Iterator[None]:
    try:
        yield
    except HubError:
        raise
    except Exception as error:  # a stranger's adapter may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise ConfigError(
            "feed {feed}: its adapter {adapter} cannot start: {reason}",
            feed=feed.name,
            adapter=feed.adapter,
            reason=reason,
        ) from error
