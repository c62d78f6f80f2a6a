"""Acknowledgements that come later than their message's turn: in the order of the messages, when they are known."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    Words = Coroutine[Any, Any, bytes | None]


class Promises:
    """What one connection is still to hear. ``write`` is given answers whose turn it is; what is empty is none."""

    def __init__(self, write: Callable[[list[bytes]], None]) -> None:
        self._write = write
        self.owed: deque[asyncio.Task[bytes | None]] = deque()

    def add(self, words: Words) -> None:
        """``words`` never raises: what cannot be said is none."""
        task = asyncio.get_running_loop().create_task(words)
        self.owed.append(task)
        task.add_done_callback(self._keep)

    def give_up(self) -> int:
        """How many will never be heard."""
        count = len(self.owed)
        tasks, self.owed = self.owed, deque()
        for task in tasks:
            task.remove_done_callback(self._keep)
            task.cancel()
        return count

    def _keep(self, _: asyncio.Task[bytes | None]) -> None:
        answers: list[bytes] = []
        while self.owed and self.owed[0].done():
            task = self.owed.popleft()
            if not task.cancelled() and (answer := task.result()):
                answers.append(answer)
        self._write(answers)
