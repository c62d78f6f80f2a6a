"""A door of one feed over real sockets, a journal in memory behind it, and whoever sends."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hub import Payload, Receipt, Settled
from plugins.hl7.mllp import MllpListener
from plugins.hl7.settings import HL7Settings

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable

    from hub import Hub
    from plugins.hl7.answering import Questions

AT = datetime(2024, 3, 1, tzinfo=UTC)


def message(key: str, kind: str = "ADT^A04^ADT_A01", *, sender: str = "HIS|HOSP", wants: str = "|") -> bytes:
    """``wants``: MSH-15 and MSH-16."""
    header = rf"MSH|^~\&|{sender}|HUB|COUNTY|20240301080000||{kind}|{key}|P|2.5.1|||{wants}||UNICODE UTF-8"
    return f"{header}\rPID|1||M1^^^HOSP^MR||王^珅\r".encode()


def frame(*bodies: bytes) -> bytes:
    return b"".join(b"\x0b" + body + b"\x1c\r" for body in bodies)


class Journal:
    """Keeps payloads in memory, knows a resend, and settles when it is told to, or at once."""

    hub: Hub | None = None

    def __init__(self) -> None:
        self.kept: list[Payload] = []
        self.slow = False
        self.fates: dict[str, Settled] = {}
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._waiting: dict[int, list[asyncio.Future[Settled]]] = {}
        self.more = asyncio.Event()

    def __call__(self, payload: Payload) -> Receipt:
        known = self._receipts.get((payload.sender, payload.key))
        if known and payload.refusal is None:
            return Receipt(known.message_id, known.received_at, resent=True)
        self.kept.append(payload)
        receipt = Receipt(len(self.kept), AT, refusal=payload.refusal)
        if payload.refusal is None:
            self._receipts[payload.sender, payload.key] = receipt
        return receipt

    def soon(self, payload: Payload) -> Awaitable[Receipt]:
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        future.set_result(self(payload))
        return future

    def settled(self, receipt: Receipt) -> Awaitable[Settled]:
        future: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        if self.slow:
            self._waiting.setdefault(receipt.message_id, []).append(future)
            self.more.set()
        else:
            future.set_result(self._fate(receipt.message_id))
        return future

    def settle(self, *keys: str) -> None:
        """In the order given."""
        for number in [self.keys.index(key) + 1 for key in keys]:
            for future in self._waiting.pop(number, ()):
                if not future.done():
                    future.set_result(self._fate(number))

    async def until_waiting(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self._waiting) < count:
                self.more.clear()
                await self.more.wait()

    def _fate(self, number: int) -> Settled:
        return self.fates.get(self.kept[number - 1].key, Settled("applied"))

    @property
    def keys(self) -> list[str]:
        return [payload.key for payload in self.kept]


class Sender:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *bodies: bytes) -> None:
        self.writer.write(frame(*bodies))
        await self.writer.drain()

    async def hear(self) -> str:
        """The next answer, as text."""
        async with asyncio.timeout(5):
            answer = await self.reader.readuntil(b"\x1c\r")
        assert answer.startswith(b"\x0bMSH|")
        return answer[1:-2].decode()

    async def answers(self, count: int) -> list[str]:
        """MSA-1 and MSA-2 of the next ones."""
        return [msa(await self.hear()) for _ in range(count)]

    def vanish(self) -> None:
        """As a machine does that loses its power: no end, a reset."""
        found = self.writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def is_closed(self) -> bool:
        try:
            async with asyncio.timeout(5):
                return await self.reader.read(1) == b""
        except ConnectionError:
            return True

    async def is_silent(self) -> bool:
        try:
            async with asyncio.timeout(0.1):
                await self.reader.read(1)
        except TimeoutError:
            return True
        return False


def msa(answer: str) -> str:
    return next(line for line in answer.split("\r") if line.startswith("MSA")).removeprefix("MSA|")


class Door:
    def __init__(self, listener: MllpListener, journal: Journal) -> None:
        self.listener, self.journal = listener, journal
        self._senders: list[Sender] = []

    @property
    def port(self) -> int:
        return int(self.listener.address.rpartition(":")[2])

    async def enter(self, tls: ssl.SSLContext | None = None) -> Sender:
        name = "localhost" if tls else None
        sender = Sender(*await asyncio.open_connection("127.0.0.1", self.port, ssl=tls, server_hostname=name))
        self._senders.append(sender)
        return sender

    async def until(self, counter: str, count: int = 1) -> None:
        """Until something was counted so often."""
        async with asyncio.timeout(5):
            while self.listener.counters[counter] < count:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.listener.stop()
        for sender in self._senders:
            sender.writer.close()
            await asyncio.gather(sender.writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def door(questions: Questions | None = None, **settings: Any) -> AsyncIterator[Door]:
    journal = Journal()
    given = HL7Settings.model_validate({"listen": "127.0.0.1:0", **settings})
    listener = MllpListener("central", given, journal, questions)
    await listener.start()
    opened = Door(listener, journal)
    try:
        yield opened
    finally:
        await opened.close()
