"""A receiver on a real socket that does with each message what its script says."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Step = Callable[["Receiver", socket.socket, bytes], None]


def control_id(body: bytes) -> bytes:
    return body.split(b"\r")[0].split(b"|")[9]


def ack(code: str, key: bytes, *segments: bytes) -> bytes:
    lines = [b"MSH|^~\\&|LIS|LAB|HUB|CITY|20240501||ACK|A" + key + b"|P|2.5.1", b"MSA|%s|%s" % (code.encode(), key)]
    return b"\x0b" + b"\r".join([*lines, *segments]) + b"\r\x1c\r"


def says(code: str, *segments: bytes) -> Step:
    return lambda _receiver, connection, body: connection.sendall(ack(code, control_id(body), *segments))


def answers_with(raw: bytes) -> Step:
    return lambda _receiver, connection, _body: connection.sendall(raw)


def is_silent(_receiver: Receiver, _connection: socket.socket, _body: bytes) -> None:
    """Hears it, and says nothing."""


def hangs_up(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
    """Closes after it has heard all."""
    connection.close()


def cuts(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
    """Resets the connection after it has heard all."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answers_then_hangs_up(receiver: Receiver, connection: socket.socket, body: bytes) -> None:
    says("AA")(receiver, connection, body)
    connection.close()
    receiver.hung_up.set()


class Receiver:
    """Answers AA once its script has come to its end."""

    def __init__(self, *script: Step) -> None:
        self.script = deque(script)
        self.heard: list[bytes] = []
        self.connections = 0
        self.hung_up = threading.Event()
        self.address = ""
        self._told = threading.Condition()
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    @property
    def keys(self) -> list[str]:
        return [control_id(body).decode() for body in self.heard]

    def hears(self, count: int, seconds: float = 10) -> list[str]:
        """Waits until it has heard that many."""
        with self._told:
            assert self._told.wait_for(lambda: len(self.heard) >= count, seconds), f"heard {self.keys}"
        return self.keys

    def open(self, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> None:
        host, _, port = (self.address or "127.0.0.1:0").rpartition(":")
        self._listener = socket.create_server((host, int(port)))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, args=(self._listener, wrap), daemon=True).start()

    def close(self) -> None:
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()

    def _accept(self, listener: socket.socket, wrap: Callable[[socket.socket], socket.socket]) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError):
                    connection = wrap(connection)
                    self.connections += 1
                    self._open.append(connection)
                    threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        buffer = b""
        with suppress(OSError):
            while data := connection.recv(65_536):
                buffer += data
                while b"\x1c\r" in buffer:
                    frame, _, buffer = buffer.partition(b"\x1c\r")
                    self._hear(connection, frame.removeprefix(b"\x0b"))

    def _hear(self, connection: socket.socket, body: bytes) -> None:
        step = self.script.popleft() if self.script else says("AA")
        with self._told:
            self.heard.append(body)
            self._told.notify_all()
        step(self, connection, body)


@contextmanager
def receiving(*script: Step) -> Iterator[Receiver]:
    receiver = Receiver(*script)
    receiver.open()
    try:
        yield receiver
    finally:
        receiver.close()
