"""What a plugin that serves something is given of the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from hub.access import Access
from hub.adapter import Receive
from hub.audit import Audit
from hub.records.reading import Records
from hub.web.sealing import Seal

T = TypeVar("T")
READERS = 4


def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READERS, thread_name_prefix="web-reader")


@dataclass(frozen=True)
class Hub:
    """Reading the record, knowing who asks, noting what was answered; and the door for what is sent."""

    records: Records
    access: Access
    audit: Audit
    seal: Seal
    receive: Callable[[str], Receive] | None = None
    """The door of a feed; none where nothing may be sent."""
    base_url: str = ""
    """What clients write before a plugin's own path; empty = what each request says."""
    _threads: ThreadPoolExecutor = field(default_factory=_readers, repr=False)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Runs what waits for the database without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Ends its threads, once nothing is asked any more."""
        self._threads.shutdown()
