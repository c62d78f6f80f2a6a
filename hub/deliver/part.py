"""The part of a hub that delivers: a line for each destination."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.adapter import Counting, Sender
from hub.database import Database
from hub.deliver.line import Line

STOP_S = 10.0


class Deliver:
    """``fatal`` hears of an error after which nothing may be written any more."""

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Sender[Any]],
        fatal: Callable[[BaseException], None],
        sweep_seconds: float = 2.0,
    ) -> None:
        self._database = database
        self._senders = dict(senders)
        self._fatal = fatal
        self._sweep_seconds = sweep_seconds
        self._lines: dict[str, Line] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        self.serve(self._senders)

    def serve(self, senders: Mapping[str, Sender[Any]]) -> None:
        """Other senders than before. An old line ends with what it is at; the new one has to wait for that."""
        with self._lock:
            before = self._lines
            kept = {name: line for name, line in before.items() if senders.get(name) is line.sender}
            for name in before.keys() - kept.keys():
                before[name].ask_to_stop()
            new = {
                name: Line(self._database, sender, self._fatal, self._sweep_seconds)
                for name, sender in senders.items()
                if name not in kept
            }
            self._lines = kept | new
            for line in new.values():
                line.start()

    def stop(self) -> None:
        """Waits for the answers that are owed, and begins nothing new."""
        for line in self._lines.values():
            line.ask_to_stop()
        end = time.monotonic() + STOP_S
        for line in self._lines.values():
            line.join(max(0.1, end - time.monotonic()))

    def heard(self, destinations: Iterable[str]) -> None:
        """There is something new for them."""
        for name in destinations:
            if line := self._lines.get(name):
                line.hear()

    @property
    def counters(self) -> dict[str, dict[str, int]]:
        """What happened on the lines of this process, below the level of deliveries."""
        return {
            name: {**line.counters, **(line.sender.counters if isinstance(line.sender, Counting) else {})}
            for name, line in self._lines.items()
        }
