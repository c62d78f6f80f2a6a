"""Operations do the same whether a running hub is asked or a command does them alone, and each is noted."""

from __future__ import annotations

import base64
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub import control
from hub.adapter import Payload, Receipt
from hub.cli.opening import performing, whole
from hub.control import ControlServer
from hub.database import Database, open_database
from hub.errors import NotFound, Refused
from hub.journal import Journal
from hub.migrations import prepare
from hub.operations import Operations
from hub.records import times
from tests.hub.cli.conftest import directory

__all__ = ["directory"]


@pytest.fixture
def database(directory: Path) -> Iterator[Database]:
    database = open_database("sqlite:///hub.db", base=directory)
    prepare(database)
    yield database
    database.close()


@pytest.fixture
def operations(directory: Path, database: Database) -> Operations:
    return Operations(database, *whole(directory))


def submit(operations: Operations, body: bytes = b"A1 007 cough") -> Any:
    return operations.perform("submit", {"feed": "desk", "body": base64.b64encode(body).decode()}, "cli:wang")


def events(directory: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        return audit.execute("SELECT client, action, outcome FROM event ORDER BY id").fetchall()


def test_what_is_submitted_gets_a_receipt_and_a_resend_the_same(operations: Operations) -> None:
    first, second = submit(operations), submit(operations)

    assert (first["id"], first["resent"]) == (1, False)
    assert (second["id"], second["resent"]) == (1, True)


def test_a_hub_that_runs_receives_by_its_own_door(directory: Path, database: Database) -> None:
    came: list[tuple[str, Payload]] = []

    def receive_for(feed: str) -> Any:
        def receive(payload: Payload) -> Receipt:
            came.append((feed, payload))
            return Receipt(42, times.moment(0))

        return receive

    config, adapters = whole(directory)
    assert submit(Operations(database, config, adapters, receive_for))["id"] == 42
    assert [(feed, payload.key) for feed, payload in came] == [("desk", "A1")]


def test_each_operation_is_noted_with_who_asked_and_how_it_ended(operations: Operations, directory: Path) -> None:
    submit(operations)
    with pytest.raises(NotFound):
        operations.perform("replay", {"message": 77}, "cli:li")

    assert events(directory) == [("cli:wang", "submit", "ok"), ("cli:li", "replay", "NotFound")]


def test_no_body_is_repeated_in_the_audit_log(operations: Operations, directory: Path) -> None:
    submit(operations, b"A1 canary cough")

    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        ((query,),) = audit.execute("SELECT query FROM event").fetchall()
    assert json.loads(query) == {"feed": "desk"}


def test_an_operation_of_another_version_is_not_found(operations: Operations) -> None:
    with pytest.raises(NotFound, match="dance"):
        operations.perform("dance", {}, "cli:wang")


def test_a_command_has_a_running_hub_write_for_it(operations: Operations, directory: Path) -> None:
    """The fixture holds the lock of the database, as a hub does."""
    server = ControlServer(directory, operations.perform)
    server.start()
    try:
        with performing(directory) as perform:
            token = perform("create_token", name="checks", scopes="system/*.rs", days=1)["token"]
            with pytest.raises(NotFound, match="there is no message 77"):
                perform("replay", message=77)
    finally:
        server.stop()

    assert token.startswith("hub_")
    assert [client for client, _, _ in events(directory)] == [control.me()] * 2


def test_a_command_that_finds_the_database_held_says_so(
    operations: Operations, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.cli.opening.PATIENCE_S", 0.2)

    with pytest.raises(Refused, match="another hub has this database open"), performing(directory):
        pass
    assert events(directory) == []
    submit(operations)


def test_a_replay_names_the_first_of_all_tries(operations: Operations, directory: Path, database: Database) -> None:
    from hub.pipeline import Pipeline

    adapters = whole(directory)[1]
    submit(operations, b"garbled")
    for _ in range(2):
        Pipeline(database, adapters).step("desk")
        operations.perform("replay", {"message": 1}, "cli:wang")
    Pipeline(database, adapters).step("desk")
    again = operations.perform("replay", {"message": 3}, "cli:wang")

    kept = Journal(database).message(again["id"])
    assert kept is not None
    assert (again["id"], kept.replay_of) == (4, 1)


def test_a_command_waits_for_a_hub_that_is_just_starting(operations: Operations, directory: Path) -> None:
    server = ControlServer(directory, operations.perform)
    late = threading.Timer(0.3, server.start)
    late.start()
    try:
        with performing(directory) as perform:
            assert perform("create_token", name="checks", scopes="system/*.rs", days=1)["token"]
    finally:
        late.join()
        server.stop()
