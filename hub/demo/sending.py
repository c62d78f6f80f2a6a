"""The hospitals push what they have over MLLP, each on one connection, all at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hub.demo.hospitals import Habits, Sending

ANSWER_S = 30.0
START_BLOCK, END_BLOCK = b"\x0b", b"\x1c\r"


@dataclass
class Tally:
    """What one hospital was answered."""

    answers: Counter[str] = field(default_factory=Counter)
    resends_alike: int = 0


def send_everything(
    ports: Mapping[str, int], days: Mapping[Habits, list[Sending]], console: Console
) -> dict[str, Tally]:
    """Tallies by feed, once every message was answered."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        return asyncio.run(_send(ports, days, progress))


async def _send(ports: Mapping[str, int], days: Mapping[Habits, list[Sending]], progress: Progress) -> dict[str, Tally]:
    tallies = {habits.feed: Tally() for habits in days}
    async with asyncio.TaskGroup() as hospitals:
        for habits, day in days.items():
            bar = progress.add_task(f"{habits.title} ({habits.encoding})", total=len(day))
            sent = partial(progress.advance, bar)
            hospitals.create_task(_send_day(ports[habits.feed], day, tallies[habits.feed], sent))
    return tallies


async def _send_day(port: int, day: list[Sending], tally: Tally, sent: Callable[[], None]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    first_answers: dict[str, bytes] = {}
    for message in day:
        writer.write(START_BLOCK + message.payload + END_BLOCK)
        async with asyncio.timeout(ANSWER_S):
            answer = await reader.readuntil(END_BLOCK)
        tally.answers[answer.partition(b"MSA")[2][1:3].decode()] += 1
        same = first_answers.setdefault(message.control_id, answer) == answer
        tally.resends_alike += same and message.role == "resend"
        sent()
    writer.close()
    await writer.wait_closed()
