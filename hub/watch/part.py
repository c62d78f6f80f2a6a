"""The part of a hub that watches: looks at the feeds every so often, and has the alarms tell of what it saw."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.alarm import Alarm, Alert, Change
from hub.alerts import Told
from hub.config import HubConfig
from hub.database import Database
from hub.errors import HubError, JournalFailed, RetryLater
from hub.logs import event
from hub.watch.looking import Look

log = logging.getLogger("hub.watch")

STOP_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0


@dataclass
class Teller:
    """One alarm, and what it wants to hear of. What it cannot be told now it is told later, in order."""

    alarm: Alarm[Any]
    kinds: frozenset[str] | None = None
    """None for all."""
    clock: Callable[[], float] = time.monotonic
    _rest_until: float = field(default=0.0, init=False)
    _pause: float = field(default=FIRST_PAUSE_S, init=False)
    _failing: bool = field(default=False, init=False)

    def tell(self, told: Told) -> None:
        if self.clock() < self._rest_until:
            return
        for alert, change in told.due(self.alarm.alarm):
            if not self._told(alert, change):
                return
            told.keep(self.alarm.alarm, alert.id, change)

    def _told(self, alert: Alert, change: Change) -> bool:
        if self.kinds is not None and alert.kind not in self.kinds:
            return True
        try:
            self.alarm.tell(alert, change)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's alarm raises, the others are told
            self._failed(error)
            return False
        if self._failing:
            event(log, "alarm.well", "alarm {alarm}: tells again", logging.WARNING, alarm=self.alarm.alarm)
        self._failing, self._pause = False, FIRST_PAUSE_S
        return True

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            reason = str(error) if isinstance(error, HubError) else type(error).__name__
            sentence = "alarm {alarm}: cannot tell, and tries again: {reason}"
            event(log, "alarm.failed", sentence, logging.WARNING, alarm=self.alarm.alarm, reason=reason)
        self._failing = True
        self._rest_until = self.clock() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)


class Watch:
    """``fatal`` hears of an error after which nothing may be written any more."""

    def __init__(
        self, database: Database, config: HubConfig, tellers: Sequence[Teller], fatal: Callable[[BaseException], None]
    ) -> None:
        self._database = database
        self._look = Look(database, config)
        self._told = Told(database)
        self._tellers = tuple(tellers)
        self._fatal = fatal
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        _close(self._tellers)

    def serve(self, config: HubConfig, tellers: Sequence[Teller]) -> None:
        """Another configuration than before, from the next look on."""
        self._look.config = config
        before, self._tellers = self._tellers, tuple(tellers)
        _close([teller for teller in before if teller not in self._tellers])

    def once(self) -> None:
        """One look, and telling of what it saw; nothing when another process has the turn."""
        with self._database.turn("watch") as mine:
            if not mine:
                return
            self._look()
            for teller in self._tellers:
                teller.tell(self._told)

    def _run(self) -> None:
        trouble = False
        while not self._stopping.is_set():
            try:
                self.once()
                trouble = False
            except JournalFailed as error:
                self._fatal(error)
                return
            except Exception as error:  # noqa: BLE001 - nothing may end the watch; it looks again
                if not trouble:
                    what = str(error) if isinstance(error, RetryLater) else type(error).__name__
                    log.warning("the feeds cannot be watched just now: %s", what)
                trouble = True
            self._stopping.wait(self._look.config.watch.every_seconds)


def _close(tellers: Sequence[Teller]) -> None:
    for teller in tellers:
        try:
            teller.alarm.close()
        except Exception as error:  # noqa: BLE001 - a stranger's alarm
            log.warning("alarm %s did not close well: %s", teller.alarm.alarm, type(error).__name__)
