"""A running hub reads its configuration again: what changed is exchanged, all else goes on."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub import control
from hub.app import App
from hub.config import HubConfig, load
from hub.database.postgresql import PostgresDatabase
from hub.demo.ports import free_port
from hub.errors import Refused
from hub.settlement import Settlements
from tests.hub.test_app import LineAdapter, applied, door, plugins, send, wait_for
from tests.hub.test_app import config as config  # noqa: PLC0414 - a fixture


@pytest.fixture
def app(config: HubConfig) -> Iterator[App]:
    app = App(config, plugins(), ("listen", "work"))
    app.start()
    yield app
    app.stop()


def reload(config: HubConfig, *feeds: str) -> Any:
    connection = control.connect(config.directory)
    assert connection
    with closing(connection):
        return control.ask(connection, "reload", {"feeds": feeds})


def write(config: HubConfig, feed: str, port: int, first: str = "") -> HubConfig:
    """A feed's file with that port; the configuration as it is then written."""
    text = f'{first}adapter = "lines"\n[settings]\nlisten = "127.0.0.1:{port}"\n'
    (config.directory / "feeds" / f"{feed}.toml").write_text(text)
    return load(config.directory, plugins().adapters())


@pytest.mark.usefixtures("app")
def test_nothing_has_changed(config: HubConfig) -> None:
    done = reload(config)
    assert (done["changed"], done["opened"], done["closed"], done["generation"]) == ([], [], [], 1)
    assert reload(config)["generation"] == 2


@pytest.mark.usefixtures("app")
def test_only_the_feed_that_changed_is_restarted(config: HubConfig) -> None:
    write(config, "lab", free_port())
    reload(config)
    moved = write(config, "ward", free_port())
    with closing(socket.create_connection(door(moved, "lab"), timeout=10)) as lab, lab.makefile("rw") as lines:
        assert reload(config)["changed"] == ["ward"]
        lines.write("two\n")
        lines.flush()
        assert lines.readline() == "ok 1\n"
    assert send(moved, "one") == ["ok 2"]
    with pytest.raises(ConnectionRefusedError):
        send(config, "one")


def test_a_new_feed_is_opened_and_applied_and_a_removed_one_closed(config: HubConfig, app: App) -> None:
    wider = write(config, "lab", free_port())
    assert reload(config)["opened"] == ["lab"]
    assert send(wider, "one", feed="lab") == ["ok 1"]
    wait_for(lambda: applied(config) == 1)
    assert "lab" in app.addresses
    (config.directory / "feeds" / "lab.toml").unlink()

    assert reload(config)["closed"] == ["lab"]
    assert "lab" not in app.addresses
    with pytest.raises(ConnectionRefusedError):
        send(wider, "two", feed="lab")
    assert send(config, "three") == ["ok 2"]


@pytest.mark.usefixtures("app")
def test_a_feed_that_is_switched_off_keeps_what_waits(config: HubConfig) -> None:
    port = door(config, "ward")[1]
    write(config, "ward", port, "enabled = false\n")
    assert reload(config)["closed"] == ["ward"]
    with pytest.raises(ConnectionRefusedError):
        send(config, "one")
    again = write(config, "ward", port)
    assert reload(config)["opened"] == ["ward"]
    assert send(again, "one") == ["ok 1"]


@pytest.mark.usefixtures("app")
def test_any_mistake_leaves_all_as_it_was(config: HubConfig) -> None:
    moved = write(config, "ward", free_port())
    (config.directory / "feeds" / "bad.toml").write_text('adapter = "linse"\n')

    (mistake,) = reload(config)["mistakes"]

    assert (Path(mistake["file"]).name, mistake["line"]) == ("bad.toml", 1)
    assert "did you mean" in mistake["text"]
    assert send(config, "one") == ["ok 1"]
    with pytest.raises(ConnectionRefusedError):
        send(moved, "two")


@pytest.mark.usefixtures("app")
def test_a_door_that_cannot_be_opened_leaves_the_old_one_open(config: HubConfig) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        write(config, "ward", taken.getsockname()[1])
        wider = write(config, "lab", free_port())
        with closing(socket.create_connection(door(config, "ward"), timeout=10)) as ward, ward.makefile("rw") as lines:
            done = reload(config)
            lines.write("one\n")
            lines.flush()
            assert lines.readline() == "ok 1\n"
    assert (done["opened"], list(done["failed"])) == (["lab"], ["ward"])
    assert "cannot be opened" in done["failed"]["ward"]
    assert send(wider, "two", feed="lab") == ["ok 2"]
    assert reload(config)["changed"] == ["ward"]  # the address has become free


@pytest.mark.usefixtures("app")
def test_two_feeds_exchange_their_addresses(config: HubConfig) -> None:
    first, second = door(config, "ward")[1], free_port()
    write(config, "lab", second)
    reload(config)
    write(config, "ward", free_port())
    write(config, "lab", first)
    exchanged = write(config, "ward", second)

    assert reload(config)["changed"] == ["lab", "ward"]
    assert send(exchanged, "one") == ["ok 1"]
    assert send(exchanged, "two", feed="lab") == ["ok 2"]


@pytest.mark.usefixtures("app")
def test_a_feed_that_is_named_is_restarted_though_its_file_is_the_same(config: HubConfig) -> None:
    with closing(socket.create_connection(door(config, "ward"), timeout=10)) as ward:
        assert reload(config, "ward")["changed"] == ["ward"]
        assert ward.recv(1) == b""
    assert send(config, "one") == ["ok 1"]
    assert "there is no feed wrad" in reload(config, "wrad")["mistakes"][0]["text"]


@pytest.mark.usefixtures("app")
def test_what_needs_a_restart_is_named(config: HubConfig) -> None:
    (config.directory / "hub.toml").write_text('bus = "amqp://elsewhere//"\n')
    assert reload(config)["restart"] == ["bus", "web", "work"]


def test_messages_are_parsed_by_the_new_rules_by_every_process(
    config: HubConfig, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[str] = []

    def parse(adapter: LineAdapter, message: Any) -> list[Any]:
        places.append(f"{message.key} {adapter.settings.listen}")
        return []

    monkeypatch.setattr(LineAdapter, "parse", parse)
    shared = (config.directory / "hub.toml").read_text()
    (config.directory / "hub.toml").write_text(f'database = "{postgres_url}"\n{shared}')
    wide = load(config.directory, plugins().adapters())
    listening, working = App(wide, plugins(), ("listen",)), App(replace(wide), plugins(), ("work",))
    listening.start()
    working.start()
    try:
        assert send(wide, "one") == ["ok 1"]
        wait_for(lambda: len(places) == 1)
        moved = write(wide, "ward", free_port())
        assert reload(wide)["changed"] == ["ward"]
        assert send(moved, "two") == ["ok 2"]
        wait_for(lambda: len(places) == 2)
    finally:
        working.stop()
        listening.stop()
    assert places == [f"one 127.0.0.1:{door(wide, 'ward')[1]}", f"two 127.0.0.1:{door(moved, 'ward')[1]}"]


def test_a_process_that_only_listens_follows_a_reload_that_another_was_asked_for(
    config: HubConfig, postgres_url: str
) -> None:
    shared = (config.directory / "hub.toml").read_text()
    (config.directory / "hub.toml").write_text(f'database = "{postgres_url}"\n{shared}')
    wide = load(config.directory, plugins().adapters())
    working, listening = App(wide, plugins(), ("work",)), App(wide, plugins(), ("listen",))
    working.start()
    listening.start()
    try:
        moved = write(wide, "ward", free_port())
        reload(wide)
        wait_for(lambda: listening.addresses["ward"] == ":".join(map(str, door(moved, "ward"))))
        assert send(moved, "one") == ["ok 1"]
        with closing(PostgresDatabase(postgres_url)) as database:
            wait_for(lambda: Settlements(database).feeds()[0].applied == 1)
    finally:
        listening.stop()
        working.stop()


def answer(config: HubConfig, **row: str) -> Any:
    """A code map is imported: a hub that runs reads the maps again."""
    body = base64.b64encode(f"{','.join(row)}\n{','.join(row.values())}\n".encode()).decode()
    connection = control.connect(config.directory)
    assert connection
    with closing(connection):
        return control.ask(connection, "import_codes", {"name": "rooms", "feed": "ward", "body": body})


def seen_by_parse(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, list[str]]]:
    """What each message was parsed by: its key, where its feed listens, and the codes of its map."""
    seen: list[tuple[str, str, list[str]]] = []

    def parse(adapter: LineAdapter, message: Any) -> list[Any]:
        seen.append((message.key, adapter.settings.listen, list(adapter.codes.get("rooms", {}))))
        return []

    monkeypatch.setattr(LineAdapter, "parse", parse)
    return seen


@pytest.mark.usefixtures("app")
def test_an_answer_puts_the_code_maps_in_force_and_nothing_else(
    config: HubConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_by_parse(monkeypatch)
    unreviewed = write(config, "ward", free_port())
    (config.directory / "feeds" / "half.toml").write_text("adapter = ")

    assert answer(config, code="7", standard_code="seven")["rows"] == 1

    assert send(config, "one") == ["ok 1"]
    wait_for(lambda: len(seen) == 1)
    assert seen == [("one", ":".join(map(str, door(config, "ward"))), ["7"])]
    with pytest.raises(ConnectionRefusedError):
        send(unreviewed, "two")


@pytest.mark.usefixtures("app")
def test_an_answer_beside_a_map_with_a_mistake_says_where_it_is_in_the_readers_language(config: HubConfig) -> None:
    (config.directory / "codes").mkdir()
    (config.directory / "codes" / "beds.csv").write_text("code,standard_code\n1,a\n1,b\n")
    with pytest.raises(Refused) as refused:
        answer(config, code="7", standard_code="seven")
    assert "beds.csv:3: 1 stands in line 2 already" in refused.value.text.render("en")
    assert "stands" not in refused.value.text.render("zh_CN")
    assert not (config.directory / "codes" / "ward" / "rooms.csv").exists()


def test_every_process_reads_the_code_maps_of_an_answer_and_nothing_else(
    config: HubConfig, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = seen_by_parse(monkeypatch)
    shared = (config.directory / "hub.toml").read_text()
    (config.directory / "hub.toml").write_text(f'database = "{postgres_url}"\n{shared}')
    wide = load(config.directory, plugins().adapters())
    listening, working = App(wide, plugins(), ("listen",)), App(replace(wide), plugins(), ("work",))
    listening.start()
    working.start()
    try:
        write(wide, "ward", free_port())
        answer(wide, code="7", standard_code="seven")
        assert send(wide, "one") == ["ok 1"]
        wait_for(lambda: len(seen) == 1)
    finally:
        working.stop()
        listening.stop()
    assert seen == [("one", ":".join(map(str, door(wide, "ward"))), ["7"])]


@pytest.mark.parametrize("first", ['silence = "off"\n', "verified = true\n"])
@pytest.mark.usefixtures("app")
def test_what_a_door_does_not_depend_on_leaves_its_connections_open(config: HubConfig, first: str) -> None:
    with closing(socket.create_connection(door(config, "ward"), timeout=10)) as ward, ward.makefile("rw") as lines:
        write(config, "ward", door(config, "ward")[1], first)
        assert reload(config)["changed"] == ["ward"]
        lines.write("one\n")
        lines.flush()
        assert lines.readline() == "ok 1\n"


@pytest.mark.usefixtures("app")
def test_a_reload_is_logged_in_words(config: HubConfig, caplog: pytest.LogCaptureFixture) -> None:
    write(config, "ward", door(config, "ward")[1], "verified = true\n")
    with caplog.at_level("INFO", "hub.app"):
        reload(config)
    assert "reloaded: changed ward; others identity" in [record.getMessage() for record in caplog.records]
