"""One process of a hub: starts its parts in order, and stops them the other way round."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from hub.adapter import Listener
from hub.app.comparison import Comparison
from hub.app.describing import Describing
from hub.app.doors import DRAIN_S, Doors
from hub.app.ending import Ending
from hub.app.memory import give_back_large_blocks
from hub.app.reloading import Reloading
from hub.app.wiring import PARTS, ReceiveFor, Wiring, door_of
from hub.audit import Audit
from hub.config import HubConfig
from hub.database import Connection, Database, open_database
from hub.intake import Intake
from hub.language import Text
from hub.loader import Plugins
from hub.logs import event
from hub.migrations import prepare

if TYPE_CHECKING:
    from hub.operations import Operations
    from hub.web.facade import Hub

log = logging.getLogger("hub.app")

SWITCH_S = 0.001
FAILED_S = 5.0
COLLECT = (50_000, 20, 50)
"""A batch makes tens of thousands of objects without cycles: looking for cycles costs a third of applying it."""


class Part(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


class App:
    """``start`` and ``stop`` for tests and the demo, ``run`` for the command line."""

    def __init__(self, config: HubConfig, plugins: Plugins, parts: Collection[str] = PARTS) -> None:
        self._config = config
        self._plugins = plugins
        self._parts = frozenset(parts)
        self._stack = ExitStack()
        self._checks: dict[str, Callable[[], bool]] = {}
        self._listeners: dict[str, Listener] = {}
        self._drain_s = DRAIN_S
        self._failed = False
        self.ending = Ending()
        self.addresses: dict[str, str] = {}
        """Where each open door is: by feed, and by path for what is served over HTTP."""

    def start(self) -> None:
        """Returns when all doors are open; else raises ``ConfigError``, ``Refused`` or ``Unavailable``."""
        with ExitStack() as stack:
            self._stack = stack
            wiring = Wiring.of(self._config, self._plugins, self._open_database())
            intake = self._intake(wiring)
            reloading = Reloading(wiring, (lambda feed: door_of(intake, feed)) if intake else None)
            worker = self._worker(wiring, intake, reloading)
            self._open(*self._deliver(wiring), wiring.bus, *worker, *filter(None, [intake]))
            receive = wiring.receive(intake) if intake else None
            more = {"compare": Comparison(wiring).compare, **reloading.operations}
            operations = wiring.operations(receive, intake, **more)
            self._open(reloading, wiring.control(operations))
            if "listen" in self._parts:
                self._checks["listeners"] = lambda: False  # ready only when the doors are open, too
            if intake and receive:
                intake.hub = self._facade(wiring, receive, operations)
                self._serve(wiring, intake.hub)
            self._listen(wiring, receive, reloading)
            if "schedule" in self._parts:
                self._open(wiring.watch(self._fail))
            self._stack = stack.pop_all()

    def stop(self, drain_s: float = DRAIN_S) -> None:
        """Takes nothing new, answers what is under way, finishes the batch at hand."""
        self._drain_s = drain_s
        self._stack.close()

    def run(self) -> int:
        """Until told to end; the exit code. Raises like ``start``."""
        # An event loop that has something to say should not wait five milliseconds for a thread that computes.
        sys.setswitchinterval(SWITCH_S)
        give_back_large_blocks()
        with self.ending.signals():
            self.start()
            self._announce()
            gc.freeze()  # what lives as long as the process need not be looked at again
            gc.set_threshold(*COLLECT)
            return self._end(self.ending.wait())

    def _announce(self) -> None:
        for broken in self._plugins.broken:
            event(log, "plugin.broken", "{reason}", logging.WARNING, reason=str(broken.reason))
        for name, address in self.addresses.items():
            event(log, "door.open", "{door} listens on {address}", door=name, address=address)
        if warning := apart(self._config.database_url, self._parts):
            event(log, "parts.apart", "{warning}", logging.WARNING, warning=warning.both())
        event(log, "hub.ready", "ready: {parts}", parts=" ".join(sorted(self._parts)))

    def _end(self, error: BaseException | None) -> int:
        if error is None:
            event(log, "hub.stopping", "stopping: what is under way is finished first")
            self.stop()
            event(log, "hub.stopped", "stopped")
            return 0
        log.critical("the hub ends: %s", error, extra={"event": "hub.failed"})
        late = threading.Timer(FAILED_S, os._exit, (1,))  # the disk that failed may also hang
        late.daemon = True
        late.start()
        self.stop(0)
        late.cancel()
        return 1

    def _open_database(self) -> Database:
        database = open_database(self._config.database_url, base=self._config.directory)
        self._stack.callback(database.close)
        prepare(database)
        self._checks["database"] = lambda: _reads(database)
        return database

    def _intake(self, wiring: Wiring) -> Intake | None:
        if not self._parts & {"listen", "web"}:
            return None
        self._checks["journal"] = lambda: not self._failed and _writes(wiring.database)
        return wiring.intake(self._fail)

    def _worker(self, wiring: Wiring, intake: Intake | None, reloading: Reloading) -> list[Part]:
        if "work" not in self._parts:
            return []
        worker = Describing(wiring.database, wiring.worker(self._fail, intake, reloading.follow), self._fail)
        self._checks["worker"] = lambda: worker.healthy
        return [worker, wiring.waiting(reloading.follow)]

    def _deliver(self, wiring: Wiring) -> list[Part]:
        """No check of readiness asks for it: a destination that is down keeps no message from being accepted."""
        return [wiring.deliver(self._fail)] if "deliver" in self._parts else []

    def _facade(self, wiring: Wiring, receive: ReceiveFor, operations: Operations) -> Hub:
        """For what is served over HTTP, and for doors that also answer questions."""
        audit = Audit(wiring.database)
        self._checks["audit"] = lambda: audit.healthy or _notes(wiring.database)
        hub = wiring.facade(audit, receive, operations)
        self._stack.callback(hub.close)
        self._open(audit)
        return hub

    def _serve(self, wiring: Wiring, hub: Hub) -> None:
        if "web" not in self._parts:
            return
        from hub.web.server import WebServer

        application, paths = wiring.web(hub, self._checks, self._listeners)
        server = WebServer(application, self._config.web.listen)
        self._open(server)
        home = f"http://{self._config.web.listen.rpartition(':')[0]}:{server.port}"
        self.addresses |= {path: home + path for path in ("/", *paths)}

    def _listen(self, wiring: Wiring, receive: ReceiveFor | None, reloading: Reloading) -> None:
        if "listen" not in self._parts or receive is None:
            return
        self._listeners |= wiring.listeners(receive)
        doors = reloading.doors = Doors(self._listeners)
        self._checks["listeners"] = lambda: doors.open
        doors.start()
        self._stack.callback(lambda: doors.stop(self._drain_s))
        self._place(wiring.config)
        wiring.followers.append(self._place)

    def _place(self, config: HubConfig) -> tuple[str, ...]:
        """Where the doors of the feeds are now."""
        paths = {name: where for name, where in self.addresses.items() if name.startswith("/")}
        settings = {feed: config.feeds[feed].settings for feed in self._listeners}
        self.addresses = paths | {feed: str(getattr(given, "listen", "?")) for feed, given in settings.items()}
        return ()

    def _open(self, *parts: Part) -> None:
        for part in parts:
            part.start()
            self._stack.callback(part.stop)

    def _fail(self, error: BaseException) -> None:
        """From any thread: nothing may be written any more."""
        self._failed = True
        self.ending.fail(error)


def apart(database_url: str, parts: Collection[str]) -> Text | None:
    """What to say when parts that cannot do without each other can never run beside this process."""
    missing = [part for part in ("listen", "work") if part not in parts]
    if not missing or not database_url.startswith("sqlite:"):
        return None
    return Text(
        "SQLite serves one process at a time, and this one runs without {missing}, which no other can do beside it; "
        "run all parts in one process (hub run names none), or use PostgreSQL",
        {"missing": ", ".join(missing)},
    )


def _reads(database: Database) -> bool:
    with database.read():
        return True


def _writes(database: Database) -> bool:
    database.append(_nothing)
    return True


def _notes(database: Database) -> bool:
    database.note(_nothing)
    return True


def _nothing(_connection: Connection) -> None:
    """Opens and commits a transaction."""
