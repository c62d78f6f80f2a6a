"""A door in a thread of its own, for senders that are programs or block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.plugins.hl7.door import Journal, door


class Listening(NamedTuple):
    port: int
    journal: Journal

    @property
    def keys(self) -> list[str]:
        return self.journal.keys


@contextmanager
def listening(**settings: Any) -> Iterator[Listening]:
    opened: list[Listening] = []
    loop = asyncio.new_event_loop()
    ready, leave = threading.Event(), asyncio.Event()

    async def stay() -> None:
        async with door(**settings) as found:
            opened.append(Listening(found.port, found.journal))
            ready.set()
            await leave.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(stay(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join()
        loop.close()
