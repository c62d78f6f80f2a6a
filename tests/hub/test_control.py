"""The local socket: who is heard, what comes back, and where it is."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub import control
from hub.control import ControlServer, answering, ask, asking, connect
from hub.control.places import places
from hub.errors import HubError, ParseError, Refused, Unavailable
from hub.model import Json


def perform(operation: str, arguments: Json, by: str) -> Any:
    match operation:
        case "echo":
            return {"arguments": arguments, "by": by}
        case "refuse":
            raise Refused("not today, {name}", name="hub")
        case "parse":
            raise ParseError("bad date", place="PID-7")
        case "slow":
            threading.Event().wait(0.5)
            return {}
    raise ZeroDivisionError("1/0")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ControlServer]:
    server = ControlServer(tmp_path, perform)
    server.start()
    yield server
    server.stop()


def asked(directory: Path, operation: str, **arguments: Any) -> Any:
    connection = connect(directory)
    assert connection is not None
    with closing(connection):
        return ask(connection, operation, arguments)


@pytest.mark.usefixtures("server")
def test_a_question_is_answered_with_the_name_of_who_asked(tmp_path: Path) -> None:
    answer = asked(tmp_path, "echo", name="张三", number=3)

    assert answer == {"arguments": {"name": "张三", "number": 3}, "by": control.me()}
    assert answer["by"].startswith("cli:")


@pytest.mark.usefixtures("server")
def test_several_questions_go_over_one_connection(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    assert connection is not None
    with closing(connection):
        assert [ask(connection, "echo", {"n": n})["arguments"]["n"] for n in range(3)] == [0, 1, 2]


@pytest.mark.usefixtures("server")
def test_an_error_comes_back_as_itself(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not today, hub") as caught:
        asked(tmp_path, "refuse")

    assert caught.value.text.args == {"name": "hub"}
    with pytest.raises(ParseError, match="bad date"):
        asked(tmp_path, "parse")


@pytest.mark.usefixtures("server")
def test_an_unexpected_error_is_a_sentence_and_the_server_lives(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="ZeroDivisionError"):
        asked(tmp_path, "divide")

    assert asked(tmp_path, "echo")["arguments"] == {}


@pytest.mark.usefixtures("server")
def test_garbage_is_answered_with_an_error(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    assert connection is not None
    with closing(connection):
        connection.sendall(b"{ nonsense\n")
        assert b'"error"' in connection.makefile("rb").readline()


@pytest.mark.usefixtures("server")
def test_a_slow_question_does_not_hold_up_another(tmp_path: Path) -> None:
    slow = threading.Thread(target=asked, args=(tmp_path, "slow"))
    slow.start()
    try:
        asked(tmp_path, "echo")
        assert slow.is_alive()
    finally:
        slow.join()


def test_nobody_answers_where_no_hub_runs(tmp_path: Path) -> None:
    assert connect(tmp_path) is None
    assert connect(tmp_path / "missing") is None


def test_a_stopped_server_leaves_no_socket(tmp_path: Path) -> None:
    server = ControlServer(tmp_path, perform)
    server.start()
    server.stop()

    assert connect(tmp_path) is None
    assert not (tmp_path / "hub.sock").exists()


def test_the_socket_of_a_killed_hub_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(tmp_path / "hub.sock"))
    assert connect(tmp_path) is None

    server = ControlServer(tmp_path, perform)
    server.start()
    try:
        assert asked(tmp_path, "echo")["arguments"] == {}
    finally:
        server.stop()


@pytest.mark.usefixtures("server")
def test_a_second_hub_leaves_the_socket_to_the_first(tmp_path: Path) -> None:
    second = ControlServer(tmp_path, perform)
    second.start()
    second.stop()

    assert asked(tmp_path, "echo")["arguments"] == {}


@pytest.mark.usefixtures("server")
def test_only_its_user_may_open_the_socket(tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "hub.sock").stat().st_mode) == 0o600


@pytest.mark.usefixtures("server")
def test_another_user_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "peer", lambda _connection: os.geteuid() + 4_711)

    with pytest.raises(Refused, match="only the user who runs the hub"):
        asked(tmp_path, "echo")


@pytest.mark.usefixtures("server")
def test_root_may_ask_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "peer", lambda _connection: 0)

    assert asked(tmp_path, "echo")["by"] == "cli:root"


def test_a_path_too_long_for_a_socket_has_another_place(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    server = ControlServer(deep, perform)
    server.start()
    try:
        assert asked(deep, "echo")["arguments"] == {}
        (place,) = places(deep)
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert not (deep / "hub.sock").exists()
    finally:
        server.stop()
    assert connect(deep) is None
    assert not place.parent.exists()


def test_a_folder_of_somebody_else_is_never_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere := tmp_path / "elsewhere").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "trap.sock"))
        listener.listen()
        monkeypatch.setattr(asking, "places", lambda _directory: iter([elsewhere / "trap.sock"]))

        assert connect(tmp_path) is None


def test_a_hub_that_ends_without_an_answer_is_unavailable() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()

    with closing(ours), pytest.raises(Unavailable):
        ask(ours, "echo", {})


def test_an_unknown_class_of_error_is_still_an_error() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"error": {"class": "Any", "msgid": "from a newer hub", "args": {}}}\n')

    with closing(ours), closing(theirs), pytest.raises(HubError, match="from a newer hub"):
        ask(ours, "echo", {})
