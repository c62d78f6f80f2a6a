"""Empties feeds, oldest first, when a bell rings; sweeps for bells nobody heard."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection

from hub.bus import Bus
from hub.errors import JournalFailed, RetryLater
from hub.pipeline import Pipeline
from hub.settlement import Overtaken

log = logging.getLogger(__name__)

THREADS = 2
STOP_S = 20.0
TURN_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
BUSY_BATCH, BUSY_SHARE = 8, 0.15
LONGEST_REST_S = 0.5
"""After a step that was slow, such as the first one of all: those who made it rest may have gone long ago."""
IN_TIME_S, LATE_S = 1.0, 4.0
"""How far behind the worker may fall before it rests less, and when it rests no more."""


def pace(behind_s: float, batch: int) -> tuple[int, float]:
    """How many messages to take while senders wait for their acknowledgement, and the share of time to spend on them.

    A burst is acknowledged first and applied afterwards. Senders who do not pause must not be acknowledged faster
    than they are applied for long: the further behind, the larger the steps and the shorter the rests.
    """
    late = min(1.0, max(0.0, (behind_s - IN_TIME_S) / (LATE_S - IN_TIME_S)))
    return round(BUSY_BATCH + late * max(0, batch - BUSY_BATCH)), BUSY_SHARE + late * (1 - BUSY_SHARE)


class Worker:
    """A few threads, each through one feed at a time; each feed by one thread of one process at a time.

    While senders wait for their acknowledgement (``busy``) it takes small steps and rests between them, as ``pace``
    says. ``fatal`` hears of an error after which nothing may be written any more.
    """

    def __init__(  # noqa: PLR0913 - the last are settings, and who else should know
        self,
        pipeline: Pipeline,
        bus: Bus,
        feeds: Collection[str],
        fatal: Callable[[BaseException], None],
        *,
        batch: int = 200,
        sweep_seconds: float = 2.0,
        busy: Callable[[], int] = lambda: 0,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._pipeline = pipeline
        self._feeds = frozenset(feeds)
        self._fatal = fatal
        self._batch = batch
        self._sweep_seconds = sweep_seconds
        self._busy = busy
        self._settled = settled
        self._rung: dict[str, None] = {}
        self._running: set[str] = set()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._in_trouble: set[str] = set()
        self._threads = [threading.Thread(target=self._run, name=f"worker-{n}", daemon=True) for n in range(THREADS)]
        self._sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        bus.listen(self.heard)

    def start(self) -> None:
        for thread in (self._sweeper, *self._threads):
            thread.start()

    def stop(self) -> None:
        """Settles the batch at hand, and takes no other."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        end = time.monotonic() + STOP_S
        for thread in (self._sweeper, *self._threads):
            if thread.is_alive():
                thread.join(max(0.1, end - time.monotonic()))

    def serve(self, feeds: Collection[str]) -> None:
        """Other feeds than before; what waits in those that are left out keeps waiting."""
        self._feeds = frozenset(feeds)
        self._in_trouble &= self._feeds

    @property
    def healthy(self) -> bool:
        return not self._in_trouble and all(thread.is_alive() for thread in self._threads)

    def heard(self, feed: str) -> None:
        """There may be something new in a feed."""
        if feed in self._feeds:
            with self._changed:
                self._rung[feed] = None
                self._changed.notify()

    def _sweep(self) -> None:
        while True:
            for feed in sorted(self._feeds):
                self.heard(feed)
            if self._stopping.wait(self._sweep_seconds * random.uniform(0.8, 1.2)):  # noqa: S311 - keeps no secret
                return

    def _run(self) -> None:
        while feed := self._next():
            try:
                self._empty(feed)
            except JournalFailed as error:
                self._stopping.set()
                self._fatal(error)
            finally:
                with self._changed:
                    self._running.discard(feed)
                    self._changed.notify()

    def _next(self) -> str | None:
        """The feed that was rung longest ago and that no other thread is at; None when it is time to stop."""
        with self._changed:
            while not self._stopping.is_set():
                for feed in self._rung:
                    if feed not in self._running:
                        del self._rung[feed]
                        self._running.add(feed)
                        return feed
                self._changed.wait()
        return None

    def _empty(self, feed: str) -> None:
        """Steps through a feed until nothing is waiting, or until the others must have their turn."""
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set() and feed in self._feeds:
            try:
                if not self._steps(feed):
                    self.heard(feed)
                self._well(feed)
            except Overtaken:
                continue
            except JournalFailed:
                raise
            except Exception as error:  # noqa: BLE001 - nothing may end a worker; what it could not do stays waiting
                self._unwell(feed, error)
                self._stopping.wait(random.uniform(pause / 2, pause))  # noqa: S311 - spreads turns, keeps no secret
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                return

    def _steps(self, feed: str) -> bool:
        """Whether the feed is empty, or another process is at it."""
        end = time.monotonic() + TURN_S
        with self._pipeline.database.turn(feed) as mine:
            while mine and not self._stopping.is_set():
                begin = time.monotonic()
                busy = self._busy()
                batch, share = pace(self._pipeline.behind_s(feed), self._batch) if busy else (self._batch, 1.0)
                if not self._pipeline.step(feed, batch):
                    return True
                self._settled()
                now = time.monotonic()
                if share < 1:
                    self._stopping.wait(min(LONGEST_REST_S, (now - begin) * (1 - share) / share))
                if now > end:
                    return False
        return True

    def _well(self, feed: str) -> None:
        if feed in self._in_trouble:
            self._in_trouble.discard(feed)
            log.warning("feed %s: messages are applied again", feed)

    def _unwell(self, feed: str, error: Exception) -> None:
        if feed not in self._in_trouble:
            self._in_trouble.add(feed)
            what = str(error) if isinstance(error, RetryLater) else type(error).__name__
            log.warning("feed %s: messages have to wait: %s", feed, what)
