"""A receiving system that answers as it is told, for trying destinations."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from hub.sandbox.faults import END, START, framed
from hub.sandbox.line import LONGEST_MESSAGE

WAYS = ("AA", "AE", "AR", "silence", "cut")
WEIGHTS = (80, 5, 5, 5, 5)
"""Of ``mixed``: mostly well, and everything that a sender must be able to bear."""
TURNS = 5
"""Of the event loop, after which whoever was accepted last is a guest."""
ERRORS = {"AE": "207^Application internal error^HL70357", "AR": "200^Unsupported message type^HL70357"}


@dataclass
class Heard:
    messages: int = 0
    keys: set[bytes] = field(default_factory=set)
    again: int = 0
    """Messages under a control id that was there before."""
    connections: int = 0
    ways: Counter[str] = field(default_factory=Counter)


class Receiver:
    """``answer`` is one of ``WAYS``, or ``mixed``; ``told`` hears of each message: its type, key and what was done."""

    def __init__(self, answer: str, seed: int, told: Callable[[str, str, str], None]) -> None:
        self.heard = Heard()
        self._answer = answer
        self._chance = random.Random(f"{seed} receiver")  # noqa: S311 - keeps no secret
        self._told = told
        self._guests: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> tuple[str, int]:
        """Where it listens."""
        self._server = await asyncio.start_server(self._serve, host, port, ssl=tls, limit=LONGEST_MESSAGE)
        name, free = self._server.sockets[0].getsockname()[:2]
        return name, free

    async def close(self) -> None:
        if self._server is not None:
            await self._let_nobody_in(self._server)
        for writer in self._guests.values():
            writer.close()
        await asyncio.gather(*filter(None, self._guests))

    @staticmethod
    async def _let_nobody_in(server: asyncio.Server) -> None:
        """Whoever was accepted last becomes a guest first: asyncio would forget them, their connection open."""
        for door in server.sockets:
            asyncio.get_running_loop().remove_reader(door)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.connections += 1
        guest = asyncio.current_task()
        self._guests[guest] = writer
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            while await self._one((await reader.readuntil(END))[: -len(END)].rpartition(START)[2], writer):
                await writer.drain()
        writer.close()
        del self._guests[guest]

    async def _one(self, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        way = self._way()
        kind, key = self._note(body, way)
        self._told(kind.decode("ascii", "replace"), key.decode("ascii", "replace"), way)
        if way == "cut":
            _reset(writer)
        elif way != "silence":
            writer.write(framed(_acknowledgement(way, body, key)))
        return way != "cut"

    def _way(self) -> str:
        return self._chance.choices(WAYS, WEIGHTS)[0] if self._answer == "mixed" else self._answer

    def _note(self, body: bytes, way: str) -> tuple[bytes, bytes]:
        kind, key = _named(body)
        self.heard.messages += 1
        self.heard.again += key in self.heard.keys
        self.heard.keys.add(key)
        self.heard.ways[way] += 1
        return kind, key


def _named(body: bytes) -> tuple[bytes, bytes]:
    """MSH-9 and MSH-10."""
    if not body.startswith(b"MSH"):
        return b"", b""
    kind, key = (*body.partition(b"\r")[0].split(body[3:4] or b"|")[8:10], b"", b"")[:2]
    return kind, key


def _acknowledgement(way: str, body: bytes, key: bytes) -> bytes:
    mark = body[3:4] if body.startswith(b"MSH") and not body[3:4].isalnum() else b"|"
    marks = body[4:8] if mark == body[3:4] and len(body) > 8 and mark not in body[4:8] else b"^~\\&"
    lines = [
        [b"MSH", marks, b"SANDBOX", b"RECEIVER", b"", b"", b"20251103080000", b"", b"ACK", b"A" + key, b"P", b"2.5.1"]
    ]
    lines.append([b"MSA", way.encode(), key])
    if error := ERRORS.get(way):
        lines.append([b"ERR", b"", b"", error.encode().replace(b"^", marks[:1]), b"E"])
    return b"".join(mark.join(fields) + b"\r" for fields in lines)


def _reset(writer: asyncio.StreamWriter) -> None:
    """As a machine does that loses its power."""
    if (connection := writer.get_extra_info("socket")) is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
