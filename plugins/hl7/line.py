"""A connection on which only the hub speaks, and what the other machine has got of that."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable


class Line(asyncio.Protocol):
    """Calls ``news`` when it may be written to again, and when it has ended."""

    transport: asyncio.Transport

    def __init__(self, news: Callable[[], None]) -> None:
        self.free = True
        """Whether what is written is also sent."""
        self.ended = False
        self.in_good_order = False
        """Whether the other side ended it after its machine had confirmed every byte."""
        self._news = news
        self._loop = asyncio.get_running_loop()
        self._sent = self._known = 0
        self._marks: deque[tuple[float, int]] = deque()
        """When so many were seen to be confirmed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def pause_writing(self) -> None:
        self.free = False

    def resume_writing(self) -> None:
        self.free = True
        self._news()

    def eof_received(self) -> bool:
        self.in_good_order = self.quiet
        self.ended = True
        self._news()
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self.ended = True
        self._news()

    def write(self, frame: bytes) -> None:
        self.transport.write(frame)
        self._sent += 1

    @property
    def quiet(self) -> bool:
        """Whether the other machine has confirmed all that was written, and the connection is not broken."""
        found: socket.socket | None = self.transport.get_extra_info("socket")
        if self.transport.get_write_buffer_size() or found is None or found.fileno() < 0:
            return False
        (unconfirmed,) = struct.unpack("i", fcntl.ioctl(found.fileno(), termios.TIOCOUTQ, b"\0" * 4))
        return not unconfirmed and not found.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def stood(self, seconds: float) -> int:
        """How many more were confirmed so long ago."""
        now = self._loop.time()
        if self._sent > (self._marks[-1][1] if self._marks else self._known) and self.quiet:
            self._marks.append((now, self._sent))
        before = self._known
        while self._marks and now - self._marks[0][0] >= seconds:
            _, self._known = self._marks.popleft()
        return self._known - before
