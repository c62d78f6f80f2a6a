"""The doorbell: tells workers which feeds have mail. A bell may be lost, doubled or late; the sweep finds the mail."""

from __future__ import annotations

import logging
import random
import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kombu import Connection, Consumer, Exchange, Producer, Queue

log = logging.getLogger(__name__)

HEARTBEAT_S = 12.0
WAIT_S = 1.0
LISTEN_S = 0.5
TOGETHER_S = 0.05
CONFIRM_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0


class Bus:
    """Rings and listens over kombu: ``memory://`` inside one process, ``amqp://`` between processes.

    A thread rings and another listens, each with a connection of its own, since kombu's channels hang when shared. Both
    outlive the broker, and wait for one that is not there yet.
    """

    def __init__(self, url: str) -> None:
        self._bells = _bells(url)
        self._ringer = _Ringer(url, self._bells)
        self._listener: _Listener | None = None
        self._url = url

    def ring(self, feed: str) -> None:
        """Says that a feed has something new; never blocks, never raises."""
        self._ringer.ring(feed)

    def listen(self, heard: Callable[[str], None]) -> None:
        """Call before ``start``; ``heard`` is called in the listening thread."""
        self._listener = _Listener(self._url, self._bells, heard)

    def start(self) -> None:
        for line in self._lines:
            line.start()

    def stop(self) -> None:
        for line in self._lines:
            line.stop()

    @property
    def healthy(self) -> bool:
        return all(line.healthy for line in self._lines)

    @property
    def _lines(self) -> list[_Line]:
        return [self._ringer, *([self._listener] if self._listener else [])]


class _Line(ABC):
    """A thread with a connection to the broker, opened again whenever it breaks."""

    def __init__(self, url: str, bells: Queue, name: str) -> None:
        self._url = url
        self._bells = bells
        self._name = name
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"bus-{name}", daemon=True)
        self.healthy = False
        self._in_trouble = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(CONFIRM_S)

    @abstractmethod
    def _serve(self, connection: Connection, channel: Any) -> None:
        """Works until told to stop, or until the broker fails."""

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                with _connect(self._url) as connection, connection.channel() as channel:
                    self._bells(channel).declare()
                    self._well()
                    pause = FIRST_PAUSE_S
                    self._serve(connection, channel)
            except Exception as error:  # noqa: BLE001 - what a broken broker raises is not even always an OSError
                self._unwell(error)
                self._stopping.wait(random.uniform(pause / 2, pause))  # noqa: S311 - spreads attempts, keeps no secret
                pause = min(pause * 2, LONGEST_PAUSE_S)

    def _well(self) -> None:
        if self._in_trouble:
            log.warning("the bus answers again (%s)", self._name)
        self.healthy, self._in_trouble = True, False

    def _unwell(self, error: Exception) -> None:
        if not self._in_trouble and not self._stopping.is_set():
            log.warning("the bus does not answer (%s, %s); messages are found by sweeping", self._name, _kind(error))
        self.healthy, self._in_trouble = False, True


class _Ringer(_Line):
    """Publishes which feeds have mail, several in one bell when they come faster than the broker confirms."""

    def __init__(self, url: str, bells: Queue) -> None:
        super().__init__(url, bells, "ringing")
        self._feeds: set[str] = set()
        self._rung = threading.Event()

    def ring(self, feed: str) -> None:
        self._feeds.add(feed)
        if not self._rung.is_set():
            self._rung.set()

    def stop(self) -> None:
        self._rung.set()
        super().stop()

    def _serve(self, connection: Connection, channel: Any) -> None:
        producer = Producer(channel, exchange=self._bells.exchange, routing_key=self._bells.routing_key)
        while True:
            if self._rung.wait(WAIT_S):
                self._rung.clear()
                self._publish(producer)
            # What is rung meanwhile goes out as one bell.
            if self._stopping.wait(TOGETHER_S):
                self._publish(producer)
                return
            _keep_alive(connection)

    def _publish(self, producer: Producer) -> None:
        feeds = {self._feeds.pop() for _ in range(len(self._feeds))}
        if not feeds:
            return
        try:
            # With nobody to hear of a return, kombu raises when the broker has no queue for it.
            producer.publish(
                {"feeds": sorted(feeds)}, serializer="json", mandatory=True, delivery_mode=1, confirm_timeout=CONFIRM_S
            )
        except BaseException:  # whatever it was, the feeds are rung again
            self._feeds |= feeds
            self._rung.set()
            raise


class _Listener(_Line):
    def __init__(self, url: str, bells: Queue, heard: Callable[[str], None]) -> None:
        super().__init__(url, bells, "listening")
        self._heard = heard

    def _serve(self, connection: Connection, channel: Any) -> None:
        with Consumer(channel, [self._bells], callbacks=[self._hear], accept=["json"]):
            while not self._stopping.is_set():
                _listen(connection, LISTEN_S)
                _keep_alive(connection)

    def _hear(self, body: Any, message: Any) -> None:
        feeds = body.get("feeds", ()) if isinstance(body, dict) else ()
        for feed in feeds:
            self._heard(str(feed))
        message.ack()


def _bells(url: str) -> Queue:
    """One queue for all workers of a hub; in memory one for each bus, since all of a process share its exchanges."""
    if url.startswith("memory:"):
        name = f"hub.bell.{secrets.token_hex(8)}"
        return Queue(name, Exchange(name, type="direct"), routing_key=name)
    return Queue("hub.bell", Exchange("hub.bell", type="direct", durable=True), routing_key="hub.bell", durable=True)


def _connect(url: str) -> Connection:
    if url.startswith("memory:"):
        return Connection(url, transport_options={"polling_interval": 0.01})
    connection = Connection(url, heartbeat=HEARTBEAT_S, connect_timeout=5, transport_options={"confirm_publish": True})
    # kombu would wait two seconds before it says that nobody answers.
    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    return connection


def _listen(connection: Connection, wait: float) -> None:
    with suppress(TimeoutError):
        connection.drain_events(timeout=wait)


def _keep_alive(connection: Connection) -> None:
    """Takes what has come and sends our own heartbeats when due."""
    if connection.supports_heartbeats:
        _listen(connection, 0.001)
        connection.heartbeat_check()


def _kind(error: BaseException) -> str:
    return type(error).__name__
