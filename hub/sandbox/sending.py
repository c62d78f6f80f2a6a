"""Sends at the rate that was asked for, whatever the other side takes its time with, and says when it fell behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import islice
from zlib import crc32

from hub.sandbox.day import Day
from hub.sandbox.faults import Mishaps, Shot
from hub.sandbox.line import Line, Target
from hub.sandbox.plan import Plan
from hub.sandbox.tally import Tally

QUEUED = 1_000
"""What waits for a connection that is slower than the others, before all of them wait."""


def shots(plan: Plan) -> Iterator[Shot]:
    """All that goes over the wire, in order."""
    letters = Day(plan.seed, plan.residents, plan.faults, plan.share).letters()
    return Mishaps(plan.seed, plan.faults, plan.share).shots(islice(letters, plan.messages))


def play(plan: Plan, target: Target, tally: Tally, told: Callable[[Tally], None]) -> None:
    """``told`` is called about once a second. Raises ``Unavailable`` when nobody answers at the address."""
    try:
        asyncio.run(_play(plan, target, tally, told))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


async def _play(plan: Plan, target: Target, tally: Tally, told: Callable[[Tally], None]) -> None:
    lines = [Line(target, tally) for _ in range(plan.connections)]
    async with asyncio.TaskGroup() as group:
        queues: list[asyncio.Queue[tuple[float, Shot] | None]] = [asyncio.Queue(QUEUED) for _ in lines]
        for line, queue in zip(lines, queues, strict=True):
            await line.connect()
            group.create_task(_serve(line, queue))
        telling = group.create_task(_tell(tally, told))
        await _pace(plan, queues, tally.begin())
        await asyncio.gather(*(queue.join() for queue in queues))
        telling.cancel()


async def _pace(plan: Plan, queues: list[asyncio.Queue[tuple[float, Shot] | None]], begin: float) -> None:
    for number, shot in enumerate(shots(plan)):
        due = begin + number / plan.rate
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        await queues[crc32(shot.letter.person.encode()) % len(queues)].put((due, shot))
    for queue in queues:
        await queue.put(None)


async def _serve(line: Line, queue: asyncio.Queue[tuple[float, Shot] | None]) -> None:
    while turn := await queue.get():
        due, shot = turn
        await line.send(shot, due)
        queue.task_done()
    await line.close()
    queue.task_done()


async def _tell(tally: Tally, told: Callable[[Tally], None]) -> None:
    while True:
        await asyncio.sleep(1)
        told(tally)
