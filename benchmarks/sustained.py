"""Hospitals that send at a steady rate for minutes, and what becomes a record in each window of that time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from benchmarks.running import HOST, RunningHub, memory
from benchmarks.timing import percentile
from benchmarks.traffic import BEGIN, CONNECTIONS, END, mix

WINDOW_S = 10.0
CHUNK = 1_000
"""Messages are made while others are sent: minutes of them would not fit into memory."""


@dataclass
class Window:
    """What was seen at its end; ``applied`` and ``acknowledged`` count from the beginning of the run."""

    at: float
    applied: int
    acknowledged: int
    waiting: int
    rss_mib: float | None


@dataclass
class Sustained:
    """Stop-and-wait on each connection: a sender whose answer is late sends the next message at once."""

    hub: RunningHub
    per_s: float
    seconds: float
    ack_s: list[float] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    def run(self) -> None:
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(ended,))
        watcher.start()
        try:
            asyncio.run(self._send())
        finally:
            ended.set()
            watcher.join()

    def figures(self) -> dict[str, Any]:
        """Whole windows only. What is applied counts, not what is answered."""
        whole = self.windows[: 1 + int(self.seconds / WINDOW_S)]
        pairs = list(pairwise(whole))
        rates = [(after.applied - before.applied) / (after.at - before.at) for before, after in pairs]
        acks = [(after.acknowledged - before.acknowledged) / (after.at - before.at) for before, after in pairs]
        first, last = whole[1], whole[-1]
        grown = last.rss_mib - first.rss_mib if first.rss_mib is not None and last.rss_mib is not None else None
        return {
            "lowest_per_s": min(rates),
            "median_per_s": median(rates),
            "lowest_acks_per_s": min(acks),
            "ack_p50_ms": percentile(self.ack_s, 0.5) * 1e3,
            "ack_p99_ms": percentile(self.ack_s, 0.99) * 1e3,
            "most_waiting": max(window.waiting for window in whole),
            "waiting_at_end": last.waiting,
            **memory(grown_mib=grown),
        }

    def _watch(self, ended: threading.Event) -> None:
        begin = time.perf_counter()
        self._look()
        while not ended.wait(max(0.0, begin + len(self.windows) * WINDOW_S - time.perf_counter())):
            self._look()

    def _look(self) -> None:
        figures = self.hub.figures()
        settled, waiting = figures["hub_messages_settled_total"], figures["hub_messages_waiting"]
        self.windows.append(Window(time.perf_counter(), settled, len(self.ack_s), waiting, self.hub.rss_mib()))

    async def _send(self) -> None:
        streams = [await asyncio.open_connection(HOST, self.hub.mllp) for _ in range(CONNECTIONS)]
        messages, begin = _endless(), time.perf_counter()
        async with asyncio.TaskGroup() as senders:
            for number, (reader, writer) in enumerate(streams):
                senders.create_task(self._one(reader, writer, messages, begin + number / self.per_s))

    async def _one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, messages: Iterator[bytes], due: float
    ) -> None:
        end = due + self.seconds
        while due < end and (begin := time.perf_counter()) < end:
            if begin < due:
                await asyncio.sleep(due - begin)
                begin = time.perf_counter()
            message = next(messages)
            writer.write(BEGIN + message + END)
            answer = await reader.readuntil(END)
            self.ack_s.append(time.perf_counter() - begin)
            if b"\rMSA|AA|" + message.split(b"|", 10)[9] not in answer:
                raise RuntimeError(f"not accepted: {answer!r}")
            due += CONNECTIONS / self.per_s
        writer.close()


def _endless() -> Iterator[bytes]:
    part = 0
    while True:
        yield from mix(CHUNK, f"s{part}")
        part += 1
