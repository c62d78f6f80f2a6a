"""One destination's line: the oldest delivery first, and none before the one ahead of it has come to an end."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from hub.adapter import Delivery, IdentityChange, Sender
from hub.alerts import Alerts
from hub.database import Database
from hub.deliver.telling import interrupted, told
from hub.errors import JournalFailed, RetryLater
from hub.identity.changes import change
from hub.journal import Journal
from hub.language import Text
from hub.outbox import Ended, Entry, Outbox

log = logging.getLogger("hub.deliver")

TURN_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
ALERT = "destination"


class Line:
    """Of several processes one has the turn; the others look again when they hear of something new, or sweep."""

    def __init__(
        self, database: Database, sender: Sender[Any], fatal: Callable[[BaseException], None], sweep_seconds: float
    ) -> None:
        self.sender = sender
        self.counters: Counter[str] = Counter()
        self._name = sender.destination
        self._database = database
        self._outbox = Outbox(database)
        self._journal = Journal(database)
        self._alerts = Alerts(database)
        self._fatal = fatal
        self._sweep_seconds = sweep_seconds
        self._stopping = threading.Event()
        self._called = threading.Event()
        self._pause = FIRST_PAUSE_S
        self._well: bool | None = None  # what an earlier run left behind is not known
        self._thread = threading.Thread(target=self._run, name=f"deliver-{self._name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._called.set()

    def join(self, seconds: float) -> None:
        if self._thread.is_alive():
            self._thread.join(seconds)

    def hear(self) -> None:
        self._called.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._called.clear()
            try:
                rest = self._take_turn()
            except JournalFailed as error:
                self._fatal(error)
                break
            except Exception as error:  # noqa: BLE001 - nothing may end a line; what it could not do stays waiting
                log.warning("destination %s: deliveries have to wait: %s", self._name, _what(error))
                rest = self._longer()
            if rest:
                self._stopping.wait(rest)
            else:
                self._called.wait(self._sweep_seconds * random.uniform(0.8, 1.2))  # noqa: S311 - keeps no secret
        self.sender.close()

    def _take_turn(self) -> float:
        """How long to rest; 0 when there is nothing to do just now."""
        with self._database.turn(f"deliver {self._name}") as mine:
            if not mine:
                self.sender.close()
                return 0.0
            self._pick_up()
            return self._empty()

    def _pick_up(self) -> None:
        """What was being sent when a process ended: nobody else can be sending while we have the turn."""
        for entry in self._outbox.interrupted(self._name):
            self._keep(interrupted(entry, resend=self.sender.deduplicates), None)

    def _empty(self) -> float:
        """One commit says how a delivery ended and that the next one begins."""
        end = time.monotonic() + TURN_S
        ended: Ended | None = None
        rest = 0.0
        while True:
            head = self._next(ended, end) if not rest else None
            if head is not None:
                rest = self._reach()
            if not self._keep(ended, None if rest else head):
                return rest
            assert head is not None  # noqa: S101 - only what was given can have begun
            ended, rest = self._tell(head)

    def _next(self, ended: Ended | None, end: float) -> Entry | None:
        if self._stopping.is_set():
            return None
        if time.monotonic() > end:
            self._called.set()  # another process may have its turn
            return None
        return self._outbox.head(self._name, besides=ended.entry.id if ended else 0)

    def _reach(self) -> float:
        """Before a delivery begins: what cannot be connected was not sent."""
        try:
            self.sender.connect()
        except RetryLater as error:
            self.counters["unreachable"] += 1
            return self._unwell(error.text)
        return 0.0

    def _tell(self, entry: Entry) -> tuple[Ended, float]:
        """How it ended, and how long to rest."""
        what = self._what_to_tell(entry)
        if what is None:
            reason = Text("the message is no longer in the journal")
            return Ended(entry, "failed", "no_message", reason), 0.0
        ended = told(self.sender, what, entry)
        self.counters[ended.code or ended.status] += 1
        if ended.status == "sent" or (ended.answer and ended.status == "failed"):
            self._recover()
        if ended.status in {"sent", "failed"}:
            return ended, 0.0
        if ended.status == "unknown":
            event_reason = str(ended.reason)
            log.warning("destination %s: delivery %d is set aside: %s", self._name, entry.id, event_reason)
        return ended, self._unwell(ended.reason or Text("it does not answer"))

    def _what_to_tell(self, entry: Entry) -> Delivery | IdentityChange | None:
        if entry.change is None:
            message = self._journal.message(entry.message)
            return None if message is None else Delivery(entry.id, message, entry.attempts, entry.part)
        with self._database.read() as connection:
            kept = change(connection, entry.change)
        return None if kept is None else kept.told

    def _keep(self, ended: Ended | None, begin: Entry | None) -> bool:
        """Whether ``begin`` may be sent now. What is known is not forgotten because the database is away."""
        while ended is not None or begin is not None:
            try:
                return self._outbox.write(ended, begin)
            except RetryLater as error:
                log.warning("destination %s: cannot write what was delivered: %s", self._name, _what(error))
                if self._stopping.wait(self._longer()):
                    return False
        return False

    def _unwell(self, reason: Text) -> float:
        if self._well is not False:
            self._alerts.begin(ALERT, self._name, reason)
            self._well = False
        return self._longer()

    def _recover(self) -> None:
        self._pause = FIRST_PAUSE_S
        if self._well is not True:
            self._alerts.end(ALERT, self._name)
            self._well = True

    def _longer(self) -> float:
        """Spreads attempts, twice as long each time."""
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_S)
        return random.uniform(pause / 2, pause)  # noqa: S311 - keeps no secret


def _what(error: Exception) -> str:
    return str(error) if isinstance(error, RetryLater) else type(error).__name__
