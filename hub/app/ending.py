"""How a hub that runs is told to end."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)

# A signal that the system hands to another thread, or just before the main one begins to wait, does not wake it.
LOOK_S = 0.5


class Ending:
    """The main thread waits here, for a signal or for an error after which nothing may go on.

    The second signal ends the process at once: what was acknowledged is on disk.
    """

    def __init__(self) -> None:
        # The one queue whose put may interrupt its own get, as a signal handler does.
        self._reasons: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._asked = False

    def fail(self, error: BaseException) -> None:
        """From any thread."""
        self._reasons.put(error)

    def wait(self) -> BaseException | None:
        """The error, or none when the hub was asked to end."""
        while True:
            with suppress(queue.Empty):
                return self._reasons.get(timeout=LOOK_S)

    @contextmanager
    def signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._ask) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, _number: int, _frame: Any) -> None:
        if self._asked:
            os._exit(1)
        self._asked = True
        self._reasons.put(None)
