"""Application acknowledgements on a connection of their own, which the hub opens (``application_acks``)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from hub import HubError
from plugins.hl7.framing import END, START
from plugins.hl7.line import Line
from plugins.hl7.promises import Promises
from plugins.hl7.tls import client_context

if TYPE_CHECKING:
    import ssl
    from collections import Counter

    from plugins.hl7.settings import HL7Settings

logger = logging.getLogger(__name__)

MOST = 10_000
"""How many may wait for a sender that cannot be reached; the oldest go first."""
KEPT_S, LOOK_S = 5.0, 0.25
"""How long a connection must stand behind what the other machine has confirmed; how often that is looked at."""
LAST_S, CONNECT_S = 2.0, 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0


class Returns:
    """Sends in order what is promised; connects when there is something to send, again and again if need be.

    An acknowledgement has no answer, so one is told when the other machine has confirmed its bytes (TCP) and the
    connection has stood ``KEPT_S`` longer. All that is not told when it ends is sent again on the next, and then one by
    one until a connection stands: one alone is also told by a connection that the other side ends in good order.
    """

    def __init__(self, feed: str, settings: HL7Settings, counters: Counter[str]) -> None:
        self.promises = Promises(self._put)
        self._feed = feed
        self._address = settings.application_acks
        self._settings = settings.tls
        self._tls: ssl.SSLContext | None = client_context(settings.tls) if settings.tls else None
        self._counters = counters
        self._waiting: deque[bytes] = deque()
        self._written: deque[bytes] = deque()
        """On the connection there is, and not known to be told."""
        self._line: Line | None = None
        self._window = MOST
        self._unwell = False
        self._news = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """What the other machine has not confirmed within ``LAST_S`` stays undelivered."""
        lost = self.promises.give_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_S):
                while self._waiting or (self._written and not (self._line and self._line.quiet)):  # noqa: ASYNC110 - the kernel tells nobody when bytes are confirmed
                    await asyncio.sleep(0.01)  # nobody tells when bytes are confirmed
        if self._line and self._line.quiet:
            self._told(len(self._written))
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
        pause = FIRST_PAUSE_S
        while True:
            while not self._waiting:
                self._news.clear()
                await self._news.wait()
            before, reason = self._counters["acks_returned"], "the other side hangs up"
            try:
                async with asyncio.timeout(CONNECT_S):
                    line = await self._connect()
                await self._tell(line)
            except OSError as error:
                reason = type(error).__name__
            if self._counters["acks_returned"] > before:
                pause = FIRST_PAUSE_S
                continue
            if not self._unwell:
                logger.warning("%s: acknowledgements do not reach %s: %s", self._feed, self._address, reason)
            self._unwell = True
            await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads turns, keeps no secret
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _connect(self) -> Line:
        host, _, port = self._address.rpartition(":")
        loop, tls = asyncio.get_running_loop(), self._credentials()
        _, line = await loop.create_connection(lambda: Line(self._news.set), host.strip("[]"), int(port), ssl=tls)
        return line

    def _credentials(self) -> ssl.SSLContext | None:
        """What the files hold now; new ones that cannot be used change nothing, and the door says so."""
        if self._settings is not None:
            with suppress(HubError, OSError):
                self._tls = client_context(self._settings)
        return self._tls

    async def _tell(self, line: Line) -> None:
        """Until the other side hangs up; what it says is of no interest, since an acknowledgement has no answer."""
        self._line = line
        try:
            while not line.ended:
                self._news.clear()
                self._write(line)
                if stood := line.stood(KEPT_S):
                    self._window = MOST
                    self._told(stood)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S if self._written else None):
                        await self._news.wait()
        finally:
            self._line = None
            self._settle(line)

    def _write(self, line: Line) -> None:
        while self._waiting and line.free and len(self._written) < self._window:
            answer = self._waiting.popleft()
            self._written.append(answer)
            line.write(START + answer + END)

    def _settle(self, line: Line) -> None:
        """What a connection that ended has brought, and what it has not."""
        line.transport.abort()
        if line.in_good_order and len(self._written) == 1:
            self._told(1)
        elif self._written:  # of several, nobody knows which were looked at
            self._window = 1
            self._waiting.extendleft(reversed(self._written))
            self._written.clear()

    def _told(self, count: int) -> None:
        for _ in range(count):
            self._written.popleft()
        self._counters["acks_returned"] += count
        if count and self._unwell:
            self._unwell = False
            logger.warning("%s: acknowledgements reach %s again", self._feed, self._address)
