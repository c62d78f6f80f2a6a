"""One connection of the hospital: waits for no answer, and sends again what a lost connection left unanswered."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from hub.errors import Unavailable
from hub.language import Text
from hub.sandbox.faults import END, Shot
from hub.sandbox.tally import Tally

CONNECT_S, STILL_S, PAUSE_S = 10.0, 10.0, 0.2
ATTEMPTS = 3
LONGEST_ANSWER, LONGEST_MESSAGE = 1_000_000, 30_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and how."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    name: str | None = None
    answer_s: float = 30.0


@dataclass(slots=True, eq=False)
class Open:
    """Sent and not answered."""

    shot: Shot
    due: float
    attempts: int = 1


class Line:
    def __init__(self, target: Target, tally: Tally) -> None:
        self._target = target
        self._tally = tally
        self._open: dict[str, deque[Open]] = {}
        self._count = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._heard_at = time.monotonic()
        self._reader: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._lost = False

    async def connect(self) -> None:
        """Raises ``Unavailable`` when nobody answers for ``CONNECT_S``."""
        target, end = self._target, time.monotonic() + CONNECT_S
        while True:
            try:
                async with asyncio.timeout(CONNECT_S):
                    reader, self._writer = await asyncio.open_connection(
                        target.host, target.port, ssl=target.tls, server_hostname=target.name, limit=LONGEST_ANSWER
                    )
                break
            except (OSError, TimeoutError) as error:
                if time.monotonic() + PAUSE_S > end or not self._tally.connected:
                    raise _unreachable(target, error) from error
                await asyncio.sleep(PAUSE_S)
        self._tally.connected += 1
        self._lost = False
        self._reader = asyncio.create_task(self._hear(reader))

    async def send(self, shot: Shot, due: float) -> None:
        if shot.drops:
            await self._still()
        await self._whole()
        self._tally.sent(shot, due)
        if shot.expected != "nothing":
            self._await(Open(shot, due))
        await self._write(shot.wire)
        if shot.drops:
            await self._hang_up()

    async def close(self) -> None:
        """Waits for what is open, as long as answers keep coming."""
        self._heard_at = time.monotonic()
        while self._count:
            await self._whole()
            left = self._heard_at + self._target.answer_s - time.monotonic()
            if left <= 0:
                break
            await self._still(min(left, PAUSE_S))
        await self._hang_up()
        for waiting in self._taken():
            self._tally.answered(waiting.shot, "none")

    async def _still(self, seconds: float = STILL_S) -> None:
        """Until nothing is open, or the connection is lost, or it takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._quiet.wait()

    async def _whole(self) -> None:
        """A connection, over which is sent again what the last one left open."""
        while self._writer is None or self._lost:
            waiting_now = self._taken()
            if self._lost and waiting_now:  # the first may be what the other side hung up over
                waiting_now[0].attempts += 1
                if waiting_now[0].attempts > ATTEMPTS:
                    self._tally.answered(waiting_now.pop(0).shot, "none")
            await self._hang_up()
            await self.connect()
            for waiting in waiting_now:
                self._tally.resent += 1
                self._await(waiting)
                await self._write(waiting.shot.wire)

    async def _write(self, wire: bytes) -> None:
        assert self._writer is not None  # noqa: S101 - there is a connection
        if self._lost or self._writer.is_closing():
            self._lost = True
            return
        self._writer.write(wire)
        try:
            await self._writer.drain()
        except OSError:
            self._lost = True

    async def _hang_up(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                self._match((await reader.readuntil(END)).lstrip(b"\x0b"))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            self._lost = True
            self._quiet.set()

    def _match(self, answer: bytes) -> None:
        self._heard_at = time.monotonic()
        code, key = _msa(answer)
        waiting = self._open.get(key)
        if not waiting:
            self._tally.strays += 1
            return
        first = waiting.popleft()
        if not waiting:
            del self._open[key]
        self._count -= 1
        self._tally.answered(first.shot, code, self._heard_at - first.due)
        if not self._count:
            self._quiet.set()

    def _await(self, waiting: Open) -> None:
        self._open.setdefault(waiting.shot.letter.control_id, deque()).append(waiting)
        self._count += 1
        self._quiet.clear()

    def _taken(self) -> list[Open]:
        """All that is open, in the order it was due."""
        found = sorted((one for waiting in self._open.values() for one in waiting), key=lambda one: one.due)
        self._open.clear()
        self._count = 0
        return found


def _msa(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2."""
    lines = answer.split(b"\r")
    mark = lines[0][3:4] or b"|"
    fields = next((line.split(mark) for line in lines if line.startswith(b"MSA")), [])
    code, key = (*fields[1:3], b"", b"")[:2]
    return code.decode("ascii", "replace"), key.decode("utf-8", "replace")


def _unreachable(target: Target, error: Exception) -> Unavailable:
    reason = Text(getattr(error, "strerror", None) or type(error).__name__)
    return Unavailable("{address} cannot be reached: {reason}", address=f"{target.host}:{target.port}", reason=reason)
