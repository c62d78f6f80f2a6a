"""Hospitals that send without pause: many connections, each waiting for its answer before it sends the next message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.messages import Person, Visit, adt, oru, vxu
from benchmarks.running import HOST
from benchmarks.timing import percentile

CONNECTIONS = 64
BEGIN, END = b"\x0b", b"\x1c\r"
FIRST = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


@dataclass
class Sending:
    """What the senders saw."""

    begin: float
    end: float = 0.0
    ack_s: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        return len(self.ack_s) / (self.end - self.begin)

    def ack_ms(self, share: float) -> float:
        return percentile(self.ack_s, share) * 1e3


def mix(count: int, salt: str) -> list[bytes]:
    """60 % ADT, 30 % ORU with ten results, 10 % VXU, of as many residents as a tenth of the messages."""
    return list(_mixed(count, salt))


def send(port: int, messages: Sequence[bytes], connections: int = CONNECTIONS) -> Sending:
    return asyncio.run(_send(port, messages, connections))


def _mixed(count: int, salt: str) -> Iterator[bytes]:
    residents = max(1, count // 10)
    for number in range(count):
        key, at = f"{salt}-{number}", FIRST + timedelta(seconds=number)
        visit = Visit(Person(number % residents), f"{salt}V{number // 3}", at)
        kind = number * 7 % 10
        if kind < 6:
            yield adt(("A04", "A08", "A03")[number % 3], key, visit)
        elif kind < 9:
            yield oru(key, visit, results=10)
        else:
            yield vxu(key, visit.person, at)


async def _send(port: int, messages: Sequence[bytes], connections: int) -> Sending:
    streams = [await asyncio.open_connection(HOST, port) for _ in range(connections)]
    sending = Sending(time.perf_counter())
    async with asyncio.TaskGroup() as senders:
        for number, (reader, writer) in enumerate(streams):
            senders.create_task(_one(reader, writer, messages[number::connections], sending))
    sending.end = time.perf_counter()
    return sending


async def _one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, messages: Sequence[bytes], sending: Sending
) -> None:
    for message in messages:
        begin = time.perf_counter()
        writer.write(BEGIN + message + END)
        answer = await reader.readuntil(END)
        sending.ack_s.append(time.perf_counter() - begin)
        if b"\rMSA|AA|" + message.split(b"|", 10)[9] not in answer:
            raise RuntimeError(f"not accepted: {answer!r}")
    writer.close()
