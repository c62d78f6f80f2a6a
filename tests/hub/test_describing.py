"""A hub whose claims are of an older spelling opens its doors, describes them, and only then applies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.app import describing
from hub.app.describing import Describing
from hub.database import Database, open_database
from hub.errors import Unavailable
from hub.identity.rebuilding import Rebuilt, needed, rebuild
from hub.migrations import prepare
from tests.hub.feeding import Feeding, person
from tests.hub.identity.test_rebuilding import wipe


class Worker:
    def __init__(self) -> None:
        self.started = threading.Event()
        self.healthy = True

    def start(self) -> None:
        self.started.set()

    def stop(self) -> None:
        self.started.clear()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    prepare(database)
    base = Feeding(database)
    base.tell("a", person("one", "张三"))
    wipe(base)
    yield database
    database.close()


def made(database: Database, worker: Worker) -> Describing:
    return Describing(database, worker, print)  # type: ignore[arg-type] # what it needs of a worker


def test_work_begins_when_all_is_described(old: Database) -> None:
    worker = Worker()
    part = made(old, worker)

    part.start()

    assert worker.started.wait(10)
    assert part.healthy
    assert not needed(old)
    part.stop()
    assert not worker.started.is_set()


def test_until_then_the_hub_is_not_ready_and_may_be_stopped(old: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    at_it = threading.Event()

    def slow(_database: Database, *, stopped: Any) -> Rebuilt:
        at_it.set()
        while not stopped():
            pass
        return Rebuilt(0, needed=True)

    monkeypatch.setattr(describing, "rebuild", slow)
    worker = Worker()
    part = made(old, worker)
    part.start()
    assert at_it.wait(10)
    assert not part.healthy

    part.stop()

    assert not worker.started.is_set()


def test_a_database_that_is_away_for_a_while_is_waited_for(old: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, turns = rebuild, iter([Unavailable("the disk is full")])

    def failing(*arguments: Any, **others: Any) -> Rebuilt:
        if error := next(turns, None):
            raise error
        return whole(*arguments, **others)

    monkeypatch.setattr(describing, "rebuild", failing)
    monkeypatch.setattr(describing, "PAUSE_S", 0.01)
    worker = Worker()
    part = made(old, worker)
    part.start()

    assert worker.started.wait(10)
    part.stop()


def test_a_base_that_is_described_begins_at_once(old: Database) -> None:
    rebuild(old)
    worker = Worker()
    part = made(old, worker)

    part.start()

    assert worker.started.is_set()
    part.stop()
