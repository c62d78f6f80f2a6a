"""Before work begins, claims are described by today's spelling; doors are open meanwhile, and what comes waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from hub.database import Database
from hub.errors import HubError, JournalFailed
from hub.identity.rebuilding import needed, rebuild
from hub.logs import event
from hub.worker import Worker

log = logging.getLogger("hub.app")

PAUSE_S = 5.0
Fatal = Callable[[BaseException], None]


class Describing:
    """Starts the worker: at once where all is described, else when it is, from a thread of its own."""

    def __init__(self, database: Database, worker: Worker, fatal: Fatal) -> None:
        self._database = database
        self._worker = worker
        self._fatal = fatal
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.done = False

    @property
    def healthy(self) -> bool:
        return self.done and self._worker.healthy

    def start(self) -> None:
        if needed(self._database):
            event(
                log, "identity.rebuild", "claims are described anew before anything is applied; this may take a while"
            )
            self._thread = threading.Thread(target=self._run, name="describing", daemon=True)
            self._thread.start()
        else:
            rebuild(self._database)
            self._begin()

    def stop(self) -> None:
        """The page at hand is finished; the next start goes on behind it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self.done:
            self._worker.stop()

    def _run(self) -> None:
        while not (self.done or self._stopping.is_set()):
            try:
                rebuild(self._database, stopped=self._stopping.is_set)
            except JournalFailed as error:
                self._fatal(error)
                return
            except HubError as error:
                event(log, "identity.rebuild", "describing claims waits: {reason}", logging.WARNING, reason=str(error))
                self._stopping.wait(PAUSE_S)
            else:
                if not self._stopping.is_set():
                    self._begin()

    def _begin(self) -> None:
        self._worker.start()
        self.done = True
