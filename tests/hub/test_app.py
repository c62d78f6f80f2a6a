from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pluggy
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hub import hookspecs
from hub.adapter import NO_CODES, Adapter, Message, Payload, Receive, Settings
from hub.app import PARTS, App
from hub.audit import Audit
from hub.cli import run
from hub.config import HubConfig, load
from hub.database import open_database
from hub.database.sqlite import SqliteDatabase
from hub.demo.ports import free_port
from hub.errors import ConfigError, HubError, JournalFailed, Refused, Unavailable
from hub.hookspecs import hookimpl
from hub.journal import Journal
from hub.loader import Plugin, Plugins
from hub.migrations import prepare
from hub.model import CodeMaps, RecordUpdate, Resource
from hub.settlement import Settlements

Started = Callable[..., App]


class LineSettings(Settings):
    listen: str


class Lines:
    """A door for tests: one payload a line, ``ok N`` or ``no`` after it."""

    def __init__(self, address: str, receive: Receive) -> None:
        self._address = address
        self._receive = receive
        self._server: asyncio.Server | None = None
        self.counters = Counter({"nonsense": 3})
        self._clients: dict[asyncio.Task[Any], bool] = {}
        """Whether each is being answered just now."""

    async def start(self) -> None:
        host, _, port = self._address.rpartition(":")
        self._server = await asyncio.start_server(self._answer, host, int(port))

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for client, under_way in self._clients.items():
            if not under_way:
                client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.current_task()
        assert client is not None
        with closing(writer):
            self._clients[client] = False
            while line := await reader.readline():
                self._clients[client] = True
                writer.write(await self._said(line))
                self._clients[client] = False
                if self._server is None or not self._server.is_serving():
                    break
        del self._clients[client]

    async def _said(self, line: bytes) -> bytes:
        try:
            receipt = await self._receive.soon(Payload(line, line.decode().strip()))
        except HubError:
            return b"no\n"
        return f"ok {receipt.message_id}\n".encode()


class LineAdapter(Adapter[LineSettings]):
    name: ClassVar[str] = "lines"
    Settings = LineSettings

    def parse(self, message: Message) -> list[RecordUpdate]:
        place = {"resourceType": "Location", "status": "active", "name": message.key}
        return [RecordUpdate(None, (Resource(message.key, place),))]

    def listen(self, receive: Receive) -> Lines:
        return Lines(self.settings.listen, receive)


class Moody(LineAdapter):
    name: ClassVar[str] = "moody"

    def __init__(self, feed: str, settings: LineSettings, codes: CodeMaps = NO_CODES) -> None:
        super().__init__(feed, settings, codes)
        raise KeyError("mood")


class Doorless(LineAdapter):
    name: ClassVar[str] = "doorless"

    def listen(self, receive: Receive) -> Lines:
        raise KeyError(type(receive).__name__)


class Routes:
    @hookimpl
    def register_routes(self, hub: Any) -> list[Route]:
        return [Route("/lines", lambda _request: PlainTextResponse(type(hub).__name__))]


def plugins() -> Plugins:
    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(hookspecs)
    manager.register(Routes(), "lines")
    return Plugins(manager, [Plugin("lines", "lines", "", "", (LineAdapter, Moody, Doorless))])


@pytest.fixture
def config(tmp_path: Path) -> HubConfig:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text(f'[web]\nlisten = "127.0.0.1:{free_port()}"\n[work]\nsweep_seconds = 0.1\n')
    for name, first in {"ward": "", "closed": "enabled = false\n"}.items():
        feed = f'{first}adapter = "lines"\n[settings]\nlisten = "127.0.0.1:{free_port()}"\n'
        (tmp_path / "feeds" / f"{name}.toml").write_text(feed)
    return load(tmp_path, plugins().adapters())


@pytest.fixture
def started(config: HubConfig) -> Iterator[Started]:
    running: list[App] = []

    def start(*parts: str) -> App:
        app = App(config, plugins(), parts or PARTS)
        app.start()
        running.append(app)
        return app

    yield start
    for app in running:
        app.stop()


def door(config: HubConfig, feed: str) -> tuple[str, int]:
    settings = config.feeds[feed].settings
    assert isinstance(settings, LineSettings)
    host, _, port = settings.listen.rpartition(":")
    return host, int(port)


def send(config: HubConfig, *lines: str, feed: str = "ward") -> list[str]:
    with closing(socket.create_connection(door(config, feed), timeout=10)) as connection:
        connection.sendall("".join(f"{line}\n" for line in lines).encode())
        answers = connection.makefile()
        return [answers.readline().strip() for _ in lines]


def get(config: HubConfig, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(config.web.listen, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def applied(config: HubConfig) -> int:
    with closing(open_database(config.database_url, base=config.directory, writable=False)) as database:
        return sum(feed.applied for feed in Settlements(database).feeds())


def test_the_command_line_knows_the_parts() -> None:
    assert run.PARTS == PARTS


def test_a_started_hub_accepts_applies_and_is_ready(started: Started, config: HubConfig) -> None:
    app = started()
    assert send(config, "one", "two", "one") == ["ok 1", "ok 2", "ok 1"]
    wait_for(lambda: applied(config) == 2)
    status, body = get(config, "/readyz")
    assert (status, json.loads(body)["checks"]) == (
        200, {"database": True, "journal": True, "worker": True, "audit": True, "listeners": True},
    )  # fmt: skip
    assert app.addresses["/lines"] == f"http://{config.web.listen}/lines"
    assert get(config, "/lines") == (200, "Hub")


def test_a_feed_that_is_switched_off_has_no_open_door(started: Started, config: HubConfig) -> None:
    started()
    with pytest.raises(ConnectionRefusedError):
        send(config, "one", feed="closed")


def test_metrics_show_the_feeds_and_whether_the_bus_answers(started: Started, config: HubConfig) -> None:
    started()
    send(config, "one")
    wait_for(lambda: "hub_bus_up 1.0" in get(config, "/metrics")[1])
    assert 'hub_messages_received_total{feed="ward"} 1.0' in get(config, "/metrics")[1]
    assert 'hub_door_events_total{feed="ward",kind="nonsense"} 3.0' in get(config, "/metrics")[1]


def test_a_hub_without_a_working_worker_is_not_ready(
    started: Started, config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    started()
    monkeypatch.setattr("hub.worker.Worker.healthy", property(lambda _worker: False))
    status, body = get(config, "/readyz")
    assert (status, json.loads(body)["checks"]["worker"]) == (503, False)


def test_a_hub_that_cannot_note_what_it_answers_is_not_ready_until_it_can(
    started: Started, config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_database: SqliteDatabase, _work: Any) -> Any:
        raise Unavailable("the disk is full")

    started()
    monkeypatch.setattr(Audit, "healthy", property(lambda _: False, lambda *_: None), raising=False)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "note", full)
        status, body = get(config, "/readyz")
        assert (status, json.loads(body)["checks"]["audit"]) == (503, False)
    assert get(config, "/readyz")[0] == 200


def test_an_address_that_is_taken_is_a_config_error_and_leaves_nothing_open(config: HubConfig) -> None:
    with (
        closing(socket.create_server(door(config, "ward"))),
        pytest.raises(ConfigError, match="the door of feed ward cannot be opened"),
    ):
        App(config, plugins()).start()
    with closing(open_database(config.database_url, base=config.directory)), pytest.raises(OSError, match="refused"):
        get(config, "/livez")


@pytest.mark.parametrize(("adapter", "reason"), [("moody", "mood"), ("doorless", "Door")])
def test_an_adapter_that_cannot_be_made_is_a_config_error(config: HubConfig, adapter: str, reason: str) -> None:
    feed = config.directory / "feeds" / "ward.toml"
    feed.write_text(feed.read_text().replace('"lines"', f'"{adapter}"'))
    with pytest.raises(ConfigError, match=f"feed ward: its adapter {adapter} cannot start: KeyError: '{reason}'"):
        App(load(config.directory, plugins().adapters()), plugins()).start()


def test_a_second_hub_on_the_same_files_is_refused(started: Started, config: HubConfig) -> None:
    started()
    with pytest.raises(Refused, match="another hub has this database open"):
        App(config, plugins()).start()


def test_what_is_under_way_is_answered_before_the_doors_are_closed(
    started: Started, config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, committing = Journal.append, threading.Event()

    def slowly(self: Journal, arrivals: Any) -> Any:
        committing.set()
        time.sleep(0.3)
        return append(self, arrivals)

    app = started()
    monkeypatch.setattr(Journal, "append", slowly)
    answers: list[str] = []
    sender = threading.Thread(target=lambda: answers.extend(send(config, "one")))
    sender.start()
    assert committing.wait(10)
    app.stop()
    sender.join()
    assert answers == ["ok 1"]
    with pytest.raises(ConnectionRefusedError):
        send(config, "two")


def test_messages_wait_while_only_listening_and_are_applied_by_the_next_worker(
    started: Started, config: HubConfig
) -> None:
    listening = started("listen")
    assert send(config, "one") == ["ok 1"]
    listening.stop()
    assert applied(config) == 0
    started("work")
    wait_for(lambda: applied(config) == 1)


def test_a_failing_disk_ends_the_hub_with_1_and_nothing_is_acknowledged(
    config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_self: Journal, _arrivals: Any) -> Any:
        raise JournalFailed("the disk failed ({reason})", reason="test")

    app = App(config, plugins())
    answers: list[str] = []

    def sender() -> None:
        wait_for(lambda: "/" in app.addresses and get(config, "/readyz")[0] == 200)
        monkeypatch.setattr(Journal, "append", lost)
        answers.extend(send(config, "one"))

    thread = threading.Thread(target=sender)
    thread.start()
    assert app.run() == 1
    thread.join()
    assert answers in (["no"], [""])


def test_a_new_hub_has_an_empty_database_that_is_prepared(started: Started, config: HubConfig) -> None:
    started("work")
    with closing(open_database(config.database_url, base=config.directory, writable=False)) as database:
        prepare(database)
        assert Settlements(database).feeds() == []
