from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub.adapter import Delivery, Finding, Message, Route, Sender, Settings
from hub.hookspecs import hookimpl
from hub.language import Text
from hub.outbox import Due, Ended, Outbox, queue
from tests.hub.cli.conftest import Answer, Hub, PlugIn, opened

Slip = Callable[[str], Answer]


class Post(Sender[Settings]):
    name = "post"
    Route = Route

    def wants(self, message: Message) -> bool:
        return bool(message.body)

    def send(self, delivery: Delivery) -> bytes:
        raise AssertionError(delivery)

    def check(self) -> list[Finding]:
        return [
            Finding(Text("there is a post office"), ok=True),
            Finding(Text("it is open"), False, Text("it is night")),
        ]


@pytest.fixture
def office(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A destination, of a plugin that brings its sender."""
    monkeypatch.setattr(PlugIn, "register_senders", hookimpl(lambda _self: [Post]), raising=False)
    (directory / "destinations").mkdir()
    (directory / "destinations" / "office.toml").write_text('sender = "post"\nfeeds = ["desk"]\n')
    return directory


@pytest.fixture
def told(slip: Slip, directory: Path) -> None:
    """Three messages: one nobody knows of, one refused, one that waits."""
    for text in ("A1 007 cough", "A2 007 fever", "A3 008 cold"):
        slip(text)
    with closing(opened(directory)) as database:
        database.serially(lambda connection: queue(connection, [Due("office", number) for number in (1, 2, 3)]))
        outbox = Outbox(database)
        for status in ("unknown", "failed"):
            head = outbox.head("office")
            assert head
            outbox.write(None, head)
            outbox.write(Ended(head, status, "x", Text("no answer"), answer=b"MSA|AE|A1"), None)


def statuses(hub: Hub) -> dict[int, Any]:
    return {row["id"]: row["status"] for row in hub("deliveries", "--json").data}


@pytest.mark.usefixtures("told")
def test_deliveries_are_listed_without_what_was_answered(hub: Hub) -> None:
    answer = hub("deliveries", "--status", "failed", "--json")
    (found,) = answer.data
    assert (found["destination"], found["message"], found["reason"]) == ("office", 2, "no answer")
    assert "MSA" not in answer.out
    assert "no answer" in hub("deliveries", "--destination", "office").out
    assert hub("deliveries", "--destination", "nobody", "--json").data == []


@pytest.mark.usefixtures("told")
def test_one_delivery_is_shown_with_its_answer(hub: Hub) -> None:
    assert hub("deliveries", "show", "2", "--json").data["answer"] == "MSA|AE|A1"
    assert "MSA|AE|A1" in hub("deliveries", "show", "2").out
    assert hub("deliveries", "show", "9").code == 3


@pytest.mark.usefixtures("told")
def test_a_person_sends_again_or_gives_up(hub: Hub) -> None:
    assert hub("review", "list", "--status", "open", "--json").data[0]["kind"] == "delivery"
    assert hub("deliveries", "resend", "1").code == 0
    assert hub("deliveries", "drop", "2", "3").code == 0
    assert statuses(hub) == {1: "waiting", 2: "dropped", 3: "dropped"}
    assert hub("review", "list", "--status", "open", "--json").data == []
    again = hub("deliveries", "resend", "1", "2", "--json")
    assert (again.code, [row["status"] for row in again.data]) == (6, [None, "waiting"])
    assert hub("deliveries", "drop", "9").code == 3


@pytest.mark.usefixtures("told")
def test_a_message_shows_who_is_told_of_it(hub: Hub) -> None:
    assert hub("show", "1", "--json").data["deliveries"] == [
        {"id": 1, "destination": "office", "part": 0, "status": "unknown"}
    ]
    assert "office (unknown whether it arrived)" in hub("show", "1").out


@pytest.mark.usefixtures("office")
def test_a_destination_is_tried_step_by_step(hub: Hub) -> None:
    found = hub("deliveries", "check", "office", "--json")
    assert found.code == 5
    assert [(step["step"], step["ok"]) for step in found.data["steps"]] == [
        ("there is a post office", True),
        ("it is open", False),
    ]
    assert "WRONG  it is open: it is night" in hub("deliveries", "check", "office", "--answer").out
    assert hub("deliveries", "check", "nobody").code == 3


def test_nothing_was_ever_queued(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")
    assert hub("deliveries").err == "nothing was ever queued for a destination\n"


MISTAKES = {
    'sender = "pst"': '1: sender: "pst" is not known; did you mean "post"?',
    'sender = "pigeon"': '1: sender: there is no sender "pigeon"; the plugins here offer post',
    'sender = "post"\nfeeds = ["dask"]': "2: feeds: there is no feed dask; did you mean desk?",
    'sender = "post"\nfeeds = "desk"': "2: feeds: must be a list of feeds",
    'sender = "post"\nfeed = "desk"': "2: feed: there is no such key; did you mean feeds?",
    'sender = "post"\n[[route]]\nevents = []': "3: route.0.events: there is no such key",
    'sender = "post"\n[settings]\nconnect = "x"': "3: settings.connect: there is no such key",
}


@pytest.mark.parametrize(("written", "said"), MISTAKES.items())
def test_a_mistake_in_a_destination_is_named_at_its_line(hub: Hub, office: Path, written: str, said: str) -> None:
    (office / "destinations" / "office.toml").write_text(written)
    answer = hub("check")
    assert answer.code == 4
    assert f"office.toml:{said}" in answer.err


def test_messages_that_would_go_round_in_a_circle_are_a_mistake(
    hub: Hub, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Address(Settings):
        connect: str = ""
        listen: str = ""

    monkeypatch.setattr(Post, "Settings", Address)
    monkeypatch.setattr("tests.hub.cli.conftest.Slips.Settings", Address)
    for feed, port in (("desk", 1001), ("ward", 1002)):
        (office / "feeds" / f"{feed}.toml").write_text(f'adapter = "slips"\n[settings]\nlisten = "127.0.0.1:{port}"\n')
    for name, feed, port in (("office", "desk", 1002), ("archive", "ward", 1001)):
        (office / "destinations" / f"{name}.toml").write_text(
            f'sender = "post"\nfeeds = ["{feed}"]\n[settings]\nconnect = "localhost:{port}"\n'
        )
    said = hub("check").err
    assert (
        "archive.toml:4: settings.connect: messages would go round in a circle: archive → desk → office → ward" in said
    )
    assert "office → ward → archive → desk → office" in said
    (office / "destinations" / "archive.toml").unlink()
    assert hub("check").code == 0
