"""Application acknowledgements on a connection of their own, which the hub opens (``application_acks``)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from plugins.hl7.framing import END, START
from plugins.hl7.promises import Promises
from plugins.hl7.tls import client_context

if TYPE_CHECKING:
    import ssl
    from collections import Counter

    from plugins.hl7.settings import HL7Settings

logger = logging.getLogger(__name__)

MOST = 10_000
"""How many may wait for a sender that cannot be reached; the oldest go first."""
LAST_S, CONNECT_S = 2.0, 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0


class Returns:
    """Sends in order what is promised; connects when there is something to send, again and again if need be.

    What is told is told at least once: an acknowledgement whose connection broke is sent again on the next.
    """

    def __init__(self, feed: str, settings: HL7Settings, counters: Counter[str]) -> None:
        self.promises = Promises(self._put)
        self._feed = feed
        self._address = settings.application_acks
        self._tls: ssl.SSLContext | None = client_context(settings.tls) if settings.tls else None
        self._counters = counters
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._emptied = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """What is not told within ``LAST_S`` stays undelivered."""
        lost = self.promises.give_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_S):
                while self._waiting:
                    self._emptied.clear()
                    await self._emptied.wait()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._counters["acks_undelivered"] += lost + len(self._waiting)

    def _put(self, answers: list[bytes]) -> None:
        self._waiting += answers
        while len(self._waiting) > MOST:
            self._waiting.popleft()
            self._counters["acks_undelivered"] += 1
        self._news.set()

    async def _run(self) -> None:
        pause, unwell = FIRST_PAUSE_S, False
        while True:
            await self._news.wait()
            try:
                async with asyncio.timeout(CONNECT_S):
                    reader, writer = await self._connect()
                if unwell:
                    logger.warning("%s: acknowledgements reach %s again", self._feed, self._address)
                pause, unwell = FIRST_PAUSE_S, False
                await self._tell(reader, writer)
            except OSError as error:
                if not unwell:
                    kind = type(error).__name__
                    logger.warning("%s: acknowledgements do not reach %s: %s", self._feed, self._address, kind)
                unwell = True
                await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads turns, keeps no secret
                pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port), ssl=self._tls)

    async def _tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the other side hangs up; what it says is of no interest, since an acknowledgement has no answer."""
        hung_up = asyncio.ensure_future(_read_away(reader))
        try:
            while not hung_up.done():
                while self._waiting and not hung_up.done():
                    writer.write(START + self._waiting[0] + END)
                    await writer.drain()
                    self._waiting.popleft()
                    self._counters["acks_returned"] += 1
                self._emptied.set()
                self._news.clear()
                more = asyncio.ensure_future(self._news.wait())
                await asyncio.wait([more, hung_up], return_when=asyncio.FIRST_COMPLETED)
                more.cancel()
        finally:
            hung_up.cancel()
            writer.close()


async def _read_away(reader: asyncio.StreamReader) -> None:
    with suppress(OSError):
        while await reader.read(65_536):
            pass
