"""What each part of a hub is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hub.access import Access
from hub.adapter import Adapter, Counting, Listener, Receive
from hub.alerts import Alerts
from hub.app.alarms import Alarms
from hub.app.destinations import Destinations
from hub.app.inside import Inside
from hub.audit import Audit
from hub.bus import Bus
from hub.codes import codes_of
from hub.codes.waiting import Waiting
from hub.config import FeedConfig, HubConfig, load
from hub.control import ControlServer
from hub.database import Database
from hub.deliver import Deliver
from hub.errors import ConfigError, HubError
from hub.identity.rules import rules_of
from hub.intake import Intake
from hub.journal import FeedRules, Journal
from hub.loader import AdapterType, Plugins
from hub.operations import Operations
from hub.outbox import Deliveries
from hub.pipeline import Pipeline
from hub.records import times
from hub.settlement import Settlements
from hub.settlement.waiting import Awaited
from hub.watch import Watch
from hub.watch.figures import Figures, figures
from hub.worker import Worker

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from starlette.types import ASGIApp

    from hub.web.facade import Hub

IDENTITY = "identity"
"""What a reload says has changed when the rules are others: weights, thresholds, what counts first."""
PARTS = ("listen", "work", "schedule", "web", "deliver")

Fatal = Callable[[BaseException], None]
ReceiveFor = Callable[[str], Receive]
"""The door of a feed, by its name."""
Checks = Mapping[str, Callable[[], bool]]
Follower = Callable[[HubConfig], Iterable[str]]
"""Takes over a configuration that was read again; gives the names of what it has changed by that, if anything."""


@dataclass
class Wiring:
    """What every part of one process shares. A reload changes ``config`` and ``adapters`` for all of them."""

    config: HubConfig
    plugins: Plugins
    database: Database
    bus: Bus
    adapters: dict[str, Adapter[Any]]
    """By feed."""
    destinations: Destinations
    followers: list[Follower] = field(default_factory=list)
    """Told of each reload once the adapters are exchanged."""

    @classmethod
    def of(cls, config: HubConfig, plugins: Plugins, database: Database) -> Wiring:
        """Raises ``ConfigError`` when an adapter cannot be made from settings that passed its model."""
        destinations = Destinations(plugins.senders(), config)
        wiring = cls(config, plugins, database, Bus(config.bus_url), {}, destinations)
        wiring.followers.append(destinations.follow)
        wiring.adapters |= wiring.made(config)
        destinations.inside = lambda: wiring.inside.senders
        return wiring

    def made(self, config: HubConfig) -> dict[str, Adapter[Any]]:
        """An adapter for each feed. Raises ``ConfigError`` when one cannot be made."""
        kinds = self.plugins.adapters()
        return {feed.name: _adapter(config, feed, kinds[feed.adapter]) for feed in config.feeds.values()}

    def read_again(self) -> HubConfig:
        """The files as they are now. Raises ``Mistakes``."""
        plugins = self.plugins
        config = load(self.config.directory, plugins.adapters(), plugins.broken, plugins.senders(), plugins.alarms())
        rules_of(config)
        return config

    def become(self, config: HubConfig, adapters: Mapping[str, Adapter[Any]]) -> tuple[str, ...]:
        """Another configuration, and the adapters that are new by it; the names of what followers changed."""
        self.config = config
        self.adapters |= adapters
        for gone in self.adapters.keys() - config.feeds.keys():
            self.adapters.pop(gone)
        return tuple(name for follower in self.followers for name in follower(config))

    def __post_init__(self) -> None:
        self.inside = Inside(self)

    @property
    def enabled(self) -> list[FeedConfig]:
        return [feed for feed in self.config.feeds.values() if feed.enabled]

    def intake(self, fatal: Fatal) -> Intake:
        return Intake(Journal(self.database), self.bus.ring, fatal, Awaited(self.database))

    def receive(self, intake: Intake) -> ReceiveFor:
        """The doors of the feeds, each with its own rules."""

        def receive(name: str) -> Receive:
            return door_of(intake, self.config.feeds[name])

        return receive

    def listeners(self, receive: ReceiveFor) -> dict[str, Listener]:
        made = {feed.name: listener_of(feed, self.adapters[feed.name], receive(feed.name)) for feed in self.enabled}
        return {feed: listener for feed, listener in made.items() if listener}

    def worker(self, fatal: Fatal, intake: Intake | None, before_parsing: Callable[[], None]) -> Worker:
        work = self.config.work
        pipeline = Pipeline(self.database, self.adapters, rules_of(self.config), work.parse_seconds)
        pipeline.before_parsing = before_parsing
        pipeline.routing = self.destinations.routing
        pipeline.readers = self.inside.readers
        worker = Worker(
            pipeline,
            self.bus,
            self.config.served,
            fatal,
            batch=work.batch,
            sweep_seconds=work.sweep_seconds,
            busy=(lambda: intake.busy) if intake else (lambda: 0),
            settled=intake.awaited.heard if intake and intake.awaited else (lambda: None),
        )

        def follow(config: HubConfig) -> tuple[str, ...]:
            before, pipeline.rules = pipeline.rules, rules_of(config)
            pipeline.readers = self.inside.readers
            worker.serve(config.served)
            return () if pipeline.rules == before else (IDENTITY,)

        self.followers.append(follow)
        return worker

    def deliver(self, fatal: Fatal) -> Deliver:
        sweep = self.config.work.sweep_seconds
        return self.destinations.served_by(lambda senders: Deliver(self.database, senders, fatal, sweep))

    def watch(self, fatal: Fatal) -> Watch:
        alarms = Alarms(self.plugins.alarms(), self.config)
        watch = Watch(self.database, self.config, alarms.tellers, fatal)

        def follow(config: HubConfig) -> tuple[str, ...]:
            changed = alarms.follow(config)
            watch.serve(config, alarms.tellers)
            return changed

        self.followers.append(follow)
        return watch

    def waiting(self, follow: Callable[[], None]) -> Waiting:
        return Waiting(self.database, self.adapters, self.bus.ring, follow, self.config.work.sweep_seconds)

    def operations(self, receive: ReceiveFor | None, intake: Intake | None, **others: Callable[..., Any]) -> Operations:
        """``others`` are those that only a running hub has."""
        keep = intake.together if intake else None
        operations = Operations(self.database, self.config, self.adapters, receive, others, keep)

        def follow(config: HubConfig) -> tuple[str, ...]:
            operations.config = config
            return ()

        self.followers.append(follow)
        return operations

    def control(self, operations: Operations) -> ControlServer:
        return ControlServer(self.config.directory, operations.perform)

    def facade(self, audit: Audit, receive: ReceiveFor | None, operations: Operations) -> Hub:
        """What plugins that serve something are given."""
        from hub.records.reading import Records
        from hub.web.facade import Hub
        from hub.web.sealing import Seal

        database = self.database
        return Hub(
            Records(database),
            Access(database),
            audit,
            Seal(database),
            receive,
            base_url=self.config.web.base_url,
            perform=operations.perform,
            adapters=self.adapters,
            rules=lambda: rules_of(self.config),
        )

    def web(self, hub: Hub, checks: Checks, open_doors: Mapping[str, Listener]) -> tuple[ASGIApp, list[str]]:
        """The application, and the paths under which plugins serve."""
        from hub.web.app import build

        routes = [route for served in self.plugins.routes(hub).values() for route in served]
        paths = [path for route in routes if (path := getattr(route, "path", None))]
        return build(routes, checks, self._registry(open_doors)), paths

    def _watched(self) -> list[Figures]:
        with self.database.read() as connection:
            return figures(connection, sorted(self.config.feeds))

    def _registry(self, open_doors: Mapping[str, Listener]) -> CollectorRegistry:
        from prometheus_client import Gauge

        from hub.web.deliveries import DeliveryCollector
        from hub.web.metrics import feed_registry
        from hub.web.watching import WatchCollector

        def counted() -> dict[str, dict[str, int]]:
            doors = dict(open_doors)
            return {feed: dict(door.counters) for feed, door in doors.items() if isinstance(door, Counting)}

        registry = feed_registry(Settlements(self.database).feeds, counted)
        deliveries = Deliveries(self.database)
        registry.register(
            DeliveryCollector(lambda: deliveries.figures(list(self.config.destinations)), self.destinations.events)
        )
        alerts = Alerts(self.database)
        registry.register(WatchCollector(alerts.lasting, self._watched, times.now))
        up = Gauge(
            "hub_bus_up", "Whether the bus answers; without it messages are found by sweeping", registry=registry
        )
        up.set_function(lambda: float(self.bus.healthy))
        return registry


def door_of(intake: Intake, feed: FeedConfig) -> Receive:
    return intake.door(feed.name, FeedRules(feed.reused_key, feed.duplicate_window))


def listener_of(feed: FeedConfig, adapter: Adapter[Any], receive: Receive) -> Listener | None:
    with _as_config_error(feed):
        return adapter.listen(receive)


def _adapter(config: HubConfig, feed: FeedConfig, kind: AdapterType) -> Adapter[Any]:
    codes = codes_of(config, feed, kind)
    with _as_config_error(feed):
        return kind(feed.name, feed.settings, codes)


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
