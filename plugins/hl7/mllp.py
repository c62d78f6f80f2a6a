"""The door hospitals push HL7 v2 messages through: MLLP over TCP."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hub import ConfigError, Text
from plugins.hl7.connection import Connection
from plugins.hl7.returns import Returns
from plugins.hl7.threshold import BACKLOG, Credentials, TlsServer
from plugins.hl7.wording import Wording

if TYPE_CHECKING:
    from hub import Receive
    from plugins.hl7.answering import Questions
    from plugins.hl7.hosting import Guest
    from plugins.hl7.promises import Promises
    from plugins.hl7.settings import HL7Settings

logger = logging.getLogger(__name__)

LAST_ANSWERS_SECONDS = 5.0
"""How long a closing door waits for answers that are under way."""


class MllpListener:
    """Listens for one feed. ``counters`` holds what happened below the level of messages, by name."""

    def __init__(self, feed: str, settings: HL7Settings, receive: Receive, questions: Questions | None = None) -> None:
        self.feed = feed
        self.settings = settings
        self.receive = receive
        self.counters: Counter[str] = Counter()
        self.wording = Wording(feed, settings, receive, ZoneInfo(settings.timezone))
        self.wording.questions = questions
        self.elsewhere: Promises | None = None
        self._returns: Returns | None = None
        self.stopping = False
        self.address = settings.listen
        """Where it listens; the real port once it has started."""
        self._connections: set[Guest] = set()
        self._by_address: Counter[str] = Counter()
        self._empty = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._encrypted: TlsServer | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        settings = self.settings
        if settings.tls is not None:
            self.credentials = Credentials(self.feed, settings.tls, self.counters)
        if settings.application_acks:
            self._returns = Returns(self.feed, settings, self.counters)
            self.elsewhere = self._returns.promises
        try:
            port = await self._open(settings)
        except OSError as error:
            reason = Text(os.strerror(error.errno) if error.errno else str(error))
            raise ConfigError("cannot listen on {address}: {reason}", address=self.address, reason=reason) from None
        host = settings.listen.rpartition(":")[0]
        self.address = f"{host}:{port}"
        self._look_around()

    async def _open(self, settings: HL7Settings) -> str:
        if settings.tls is not None:
            self._encrypted = TlsServer(self)
            return await self._encrypted.start(settings.host, settings.port)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), settings.host, settings.port, backlog=BACKLOG)
        return str(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        self.stopping = True
        if self._server:
            self._server.close()
        if self._encrypted:
            self._encrypted.close()
        if self._timer:
            self._timer.cancel()
        for connection in list(self._connections):
            connection.finish()
        try:
            async with asyncio.timeout(LAST_ANSWERS_SECONDS):
                while self._connections:
                    self._empty.clear()
                    await self._empty.wait()
        except TimeoutError:
            logger.warning("%s: %d connections closed with answers owed", self.feed, len(self._connections))
        for connection in list(self._connections):
            connection.abort()
        if self._returns is not None:
            await self._returns.stop()

    def enter(self, guest: Guest) -> bool:
        """Whether one more connection may stay; when all places are taken, the one idle longest makes room."""
        settings = self.settings
        if self.stopping or self._by_address[guest.address] >= settings.connections_per_address:
            self.counters["turned_away"] += 1
            return False
        if len(self._connections) >= settings.connections and not self._make_room():
            self.counters["turned_away"] += 1
            return False
        self._connections.add(guest)
        self._by_address[guest.address] += 1
        return True

    def leave(self, guest: Guest) -> None:
        if guest in self._connections:
            self._connections.remove(guest)
            self._by_address[guest.address] -= 1
            if not self._by_address[guest.address]:
                del self._by_address[guest.address]
            self._empty.set()

    def _make_room(self) -> bool:
        idle = min((one for one in self._connections if one.is_idle), key=lambda one: one.heard_at, default=None)
        if idle is None:
            return False
        self.counters["made_room"] += 1
        self.leave(idle)
        idle.abort()
        return True

    def _look_around(self) -> None:
        """Ends connections that keep silent or dribble. One timer for all: messages set none."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self.settings.tls is not None:
            self.credentials.refresh()
        for connection in list(self._connections):
            connection.look(now)
        often = min(1.0, self.settings.frame_seconds / 4, self.settings.idle_seconds / 4)
        self._timer = loop.call_later(often, self._look_around)
