from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest

from hub import logs
from hub.errors import ParseError

ID_NUMBER, OLD_NUMBER, PHONE = "110101199003077934", "110101900307793", "13800138000"
log = logging.getLogger("hub.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root, hook = logging.root, threading.excepthook
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)


@pytest.fixture
def as_json() -> io.StringIO:
    stream = io.StringIO()
    logs.begin("info", "auto", stream)
    return stream


@pytest.fixture
def as_text() -> io.StringIO:
    stream = io.StringIO()
    logs.begin("info", "text", stream)
    return stream


def test_an_event_is_one_json_object_with_a_code_and_its_facts(as_json: io.StringIO) -> None:
    logs.event(log, "door.open", "{feed} listens on {address}", feed="a", address="127.0.0.1:1", name=3)
    line = json.loads(as_json.getvalue())
    assert line.pop("ts")[10] == "T"
    assert line == {
        "level": "info", "event": "door.open", "text": "a listens on 127.0.0.1:1",
        "feed": "a", "address": "127.0.0.1:1", "name": 3,
    }  # fmt: skip


def test_an_event_is_a_readable_line_on_a_terminal(as_text: io.StringIO) -> None:
    logs.event(log, "door.open", "{feed} listens", feed="a")
    assert as_text.getvalue()[8:] == " info     door.open: a listens\n"


def test_an_ordinary_log_line_is_known_by_its_module(as_json: io.StringIO) -> None:
    log.warning("%d waiting", 3)
    line = json.loads(as_json.getvalue())
    assert (line["event"], line["text"], line["level"]) == ("test", "3 waiting", "warning")


@pytest.mark.parametrize("number", [ID_NUMBER, ID_NUMBER[:-1] + "X", OLD_NUMBER, PHONE])
@pytest.mark.parametrize("form", ["json", "text"])
def test_numbers_of_persons_are_masked_wherever_they_stand(number: str, form: logs.Format) -> None:
    stream = io.StringIO()
    logs.begin("info", form, stream)
    logs.event(log, "odd", "about {who}", who=number)
    log.error("with %s,", number, exc_info=ParseError("{value} is no date", value=number))
    assert number not in stream.getvalue()
    assert stream.getvalue().count(logs.MASK) == (4 if form == "json" else 3)


@pytest.mark.parametrize("harmless", ["1763760000123456", "10000000000", "110101199003077934123", "20261121093212"])
def test_other_numbers_are_left_alone(harmless: str) -> None:
    assert logs.masked(f"({harmless})") == f"({harmless})"


def test_the_words_of_a_strangers_error_are_not_repeated(as_json: io.StringIO) -> None:
    try:
        int("张三")
    except ValueError:
        log.exception("it failed")
    trace = json.loads(as_json.getvalue())["trace"]
    assert trace[-1] == "ValueError"
    assert __file__ in trace[-2]
    assert "张三" not in as_json.getvalue()


def test_a_thread_that_ends_with_an_error_is_an_event(as_json: io.StringIO) -> None:
    thread = threading.Thread(target=lambda: int("x"), name="worker-9")
    thread.start()
    thread.join()
    line = json.loads(as_json.getvalue())
    assert (line["event"], line["level"], line["text"]) == ("thread.ended", "critical", "the thread worker-9 ended")


def test_libraries_are_heard_only_when_they_warn(as_json: io.StringIO) -> None:
    logging.getLogger("alembic.runtime").info("hello")
    logging.getLogger("kombu").warning("careful")
    assert [json.loads(line)["text"] for line in as_json.getvalue().splitlines()] == ["careful"]
