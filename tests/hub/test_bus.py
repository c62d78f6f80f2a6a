from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from kombu import Connection as Broker

from hub.bus import Bus
from tests.hub.spine import until


@contextmanager
def listening(url: str) -> Iterator[tuple[Bus, list[str]]]:
    heard: list[str] = []
    bus = Bus(url)
    bus.listen(heard.append)
    bus.start()
    try:
        yield bus, heard
    finally:
        bus.stop()


def test_a_bell_is_heard(bus_url: str) -> None:
    with listening(bus_url) as (bus, heard):
        until(lambda: bus.healthy)
        bus.ring("north")
        until(lambda: "north" in heard)
        begin = time.monotonic()
        bus.ring("south")
        until(lambda: "south" in heard)
        assert time.monotonic() - begin < 1


def test_many_rings_are_few_bells(bus_url: str) -> None:
    with listening(bus_url) as (bus, heard):
        until(lambda: bus.healthy)
        begin = time.monotonic()
        for number in range(20_000):
            bus.ring(f"feed {number % 3}")
        assert time.monotonic() - begin < 1
        until(lambda: set(heard) >= {"feed 0", "feed 1", "feed 2"})
        assert len(heard) < 10_000


def test_a_bell_of_one_process_is_heard_in_another(rabbitmq_url: str) -> None:
    ringing = Bus(rabbitmq_url)
    ringing.start()
    with listening(rabbitmq_url) as (_, heard):
        ringing.ring("north")
        until(lambda: "north" in heard)
    ringing.stop()


def test_two_buses_in_memory_do_not_hear_each_other() -> None:
    with listening("memory://") as (one, heard), listening("memory://") as (other, others):
        one.ring("north")
        until(lambda: heard)
        other.ring("south")
        until(lambda: others)
        assert (heard, others) == (["north"], ["south"])


def test_a_queue_deleted_by_hand_comes_back_and_the_bell_with_it(rabbitmq_url: str) -> None:
    bus = Bus(rabbitmq_url)
    bus.start()
    until(lambda: bus.healthy)
    with Broker(rabbitmq_url) as broker, broker.channel() as channel:
        channel.queue_delete("hub.bell")
    bus.ring("north")
    with listening(rabbitmq_url) as (_, heard):
        until(lambda: "north" in heard)
    bus.stop()


def test_an_idle_connection_stays_alive(rabbitmq_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.bus.HEARTBEAT_S", 2.0)
    with listening(rabbitmq_url) as (bus, heard):
        until(lambda: bus.healthy)
        end = time.monotonic() + 7
        while time.monotonic() < end:
            assert bus.healthy
            time.sleep(0.05)
        bus.ring("north")
        until(lambda: "north" in heard)


class Line:
    """A TCP line to the broker that can be cut."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.sockets: list[socket.socket] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.server: socketserver.ThreadingTCPServer | None = None

    def mend(self) -> None:
        line = self

        class Forward(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(line.target) as far:
                    line.sockets += [self.request, far]
                    back = threading.Thread(target=_copy, args=(far, self.request))
                    back.start()
                    _copy(self.request, far)
                    back.join()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", self.port), Forward)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def cut(self) -> None:
        assert self.server is not None
        self.server.shutdown()
        for end in self.sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was closed already
        self.server.server_close()
        self.sockets.clear()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the line was cut


def test_the_bus_outlives_its_broker_and_says_so_once(rabbitmq_url: str, caplog: pytest.LogCaptureFixture) -> None:
    parts = urlsplit(rabbitmq_url)
    line = Line(("127.0.0.1", parts.port or 5672))
    url = rabbitmq_url.replace(f":{parts.port}", f":{line.port}")
    with listening(url) as (bus, heard):
        time.sleep(0.5)
        assert not bus.healthy
        begin = time.monotonic()
        bus.ring("before")
        assert time.monotonic() - begin < 1  # a broker that is away holds up who asks it for seconds
        until(lambda: len(caplog.records) >= 2)
        line.mend()
        until(lambda: bus.healthy and "before" in heard)
        line.cut()
        until(lambda: not bus.healthy)
        bus.ring("between")
        time.sleep(1)
        line.mend()
        until(lambda: "between" in heard)
        until(lambda: bus.healthy)
    line.cut()
    said = [record.getMessage() for record in caplog.records if record.name == "hub.bus"]
    for line_name in ("ringing", "listening"):
        assert len([text for text in said if "does not answer" in text and line_name in text]) == 2
        assert len([text for text in said if "answers again" in text and line_name in text]) == 2
    assert "hub:hub" not in caplog.text
