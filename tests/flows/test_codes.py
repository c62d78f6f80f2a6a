"""While a hub runs: a code nobody knows is answered at the terminal, and the person's record has it a moment later."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub import control
from hub.app import App
from hub.config import load
from hub.database import Statement, open_database
from hub.loader import load_plugins
from hub.review import Reviews
from hub.schema import resource

MESSAGE = r"MSH|^~\&|HIS|H|HUB|C|20240301080000||ADT^A08|{key}|P|2.5.1" + "\rPID|1||M1||Zhang^San||19900307|7\r"
_GENDERS = Statement(select(resource.c.body).where(resource.c.type == "Patient"))


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text("[work]\nsweep_seconds = 0.2\n")
    (tmp_path / "feeds" / "north.toml").write_text('adapter = "hl7"\n[settings]\nlisten = "127.0.0.1:0"\n')
    plugins = load_plugins()
    app = App(load(tmp_path, plugins.adapters(), plugins.broken, plugins.senders()), plugins, ("listen", "work"))
    app.start()
    yield tmp_path
    app.stop()


def test_an_answer_reaches_the_record_of_a_running_hub_and_so_does_its_withdrawal(directory: Path) -> None:
    ask(directory, "submit", feed="north", body=base64.b64encode(MESSAGE.format(key="K1").encode()).decode())
    with closing(open_database("sqlite:///hub.db", base=directory, writable=False)) as database:

        def genders() -> list[str | None]:
            with database.read() as connection:
                return [json.loads(bytes(body)).get("gender") for (body,) in connection.rows(_GENDERS)]

        until(lambda: bool(Reviews(database).list(status="open")))
        (review,) = Reviews(database).list()
        assert genders() == [None]
        assert ask(directory, "decide_code", review=review.id, code="male")["messages"] == 1
        until(lambda: genders() == ["male"])
        ask(directory, "submit", feed="north", body=base64.b64encode(MESSAGE.format(key="K2").encode()).decode())
        ask(directory, "undo_code", review=review.id, why="7 is no sex")
        until(lambda: genders() == [None])
        until(lambda: Reviews(database).list(status="open") != [])


def test_an_answer_is_taken_while_another_feeds_file_has_a_mistake(directory: Path) -> None:
    ask(directory, "submit", feed="north", body=base64.b64encode(MESSAGE.format(key="K1").encode()).decode())
    with closing(open_database("sqlite:///hub.db", base=directory, writable=False)) as database:
        until(lambda: bool(Reviews(database).list(status="open")))
    (directory / "feeds" / "south.toml").write_text('adapter = "hl8"\n')
    ask(directory, "decide_code", review=1, code="male")
    assert (directory / "codes" / "north" / "sex.csv").exists()


def ask(directory: Path, operation: str, **arguments: Any) -> Any:
    connection = control.connect(directory)
    assert connection
    with closing(connection):
        return control.ask(connection, operation, arguments)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
