"""The frames of one connection, looked at in their order: a large one in a thread, so that nobody else waits for it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from plugins.hl7.batch import is_batch
from plugins.hl7.door import admit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plugins.hl7.door import Admission
    from plugins.hl7.framing import Frame
    from plugins.hl7.settings import HL7Settings

LARGE = 256_000
"""Bytes. Taking apart a smaller message is quicker than handing it over."""


class Arrivals:
    """``take`` is given each frame in its turn; a large one with what the door says of it, while the next ones wait.

    Then ``rest`` is called when no more wait, ``broken`` when a frame could not be looked at.
    """

    def __init__(
        self,
        settings: HL7Settings,
        take: Callable[[Frame, Admission | None], None],
        rest: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._take = take
        self._rest = rest
        self._broken = broken
        self._frames: deque[Frame] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return self._task is not None

    def add(self, frames: Iterable[Frame]) -> None:
        self._frames += frames
        if self._task is None:
            self._go_on()

    def _go_on(self) -> None:
        while self._frames:
            frame = self._frames.popleft()
            if len(frame.body) > LARGE and not frame.fault and not is_batch(frame.body):
                self._task = asyncio.get_running_loop().create_task(self._at_length(frame))
                return
            self._take(frame, None)

    async def _at_length(self, frame: Frame) -> None:
        try:
            self._take(frame, await asyncio.to_thread(admit, frame.body, self._settings))
        except BaseException:  # as in the event loop itself: whoever sent it must send it again
            self._broken()
            raise
        self._task = None
        self._go_on()
        if self._task is None:
            self._rest()
