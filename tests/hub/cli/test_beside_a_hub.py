"""The verbs while a hub runs: it is the only writer, and does the writing for them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.app import App
from hub.config import load
from hub.loader import load_plugins
from tests.hub.cli.conftest import Answer, Hub

Slip = Callable[[str], Answer]


@pytest.fixture
def running(directory: Path) -> Iterator[None]:
    """A hub that takes in and applies what the desk submits."""
    plugins = load_plugins()
    app = App(load(directory, plugins.adapters(), plugins.broken), plugins, ("listen", "work"))
    app.start()
    yield
    app.stop()


def settled(hub: Hub, message: int) -> str:
    deadline = time.monotonic() + 20
    while (status := status_of(hub, message)) == "received" and time.monotonic() < deadline:
        time.sleep(0.05)
    return status


def status_of(hub: Hub, message: int) -> str:
    return next(str(row["status"]) for row in hub("messages", "--json").data if row["id"] == message)


@pytest.mark.usefixtures("running")
def test_what_is_submitted_is_applied(hub: Hub, slip: Slip) -> None:
    assert slip("A1 007 cough").code == 0
    assert settled(hub, 1) == "applied"


@pytest.mark.usefixtures("running")
def test_a_replay_tells_what_became_of_it(hub: Hub, slip: Slip) -> None:
    slip("garbled")
    slip("A1 007 cough")
    assert (settled(hub, 1), settled(hub, 2)) == ("parked", "applied")
    answer = hub("replay", "1", "2", "--again", "--json")

    assert answer.code == 6
    assert [row["status"] for row in answer.data] == ["parked", "applied"]
    assert answer.data[0]["reason"] == "the number of the resident is missing"


@pytest.mark.usefixtures("running")
def test_a_token_is_given_and_a_message_shown(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    assert hub("token", "checks", "--scope", "system/*.rs").out.startswith("hub_")
    assert hub("show", "1", "--json").data["raw"] == "A1 007 cough"

    with closing(sqlite3.connect(f"file:{directory}/hub-audit.db?mode=ro", uri=True)) as audit:
        actions = [action for (action,) in audit.execute("SELECT action FROM event ORDER BY id")]
    assert actions[-3:] == ["submit", "create_token", "show"]


@pytest.mark.usefixtures("running")
def test_a_running_hub_is_backed_up(hub: Hub, slip: Slip, tmp_path: Path) -> None:
    slip("A1 007 cough")
    settled(hub, 1)

    assert hub("backup", str(tmp_path / "copy"), "--json").data["counts"]["messages"] == 1


@pytest.mark.usefixtures("running")
def test_what_needs_the_hub_stopped_says_so(hub: Hub, slip: Slip, tmp_path: Path) -> None:
    slip("A1 007 cough")
    hub("backup", str(tmp_path / "copy"))

    for arguments in (("migrate",), ("restore", str(tmp_path / "copy"))):
        answer = hub(*arguments)
        assert (answer.code, "stop it first" in answer.err) == (7, True)


@pytest.mark.usefixtures("running")
def test_an_error_in_the_hub_ends_the_command_with_its_code(hub: Hub) -> None:
    assert hub("replay", "77").code == 3
    assert hub("token", "checks", "--scope", "everything").code == 7


@pytest.mark.usefixtures("running")
def test_a_reload_prints_mistakes_as_hub_check_does(hub: Hub, directory: Path) -> None:
    (directory / "feeds" / "desk.toml").write_text('adapter = "slisp"\n')
    answer, check = hub("reload"), hub("check")
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.splitlines()[0] == check.err.splitlines()[0]

    (directory / "feeds" / "desk.toml").write_text('adapter = "slips"\n')
    (directory / "feeds" / "till.toml").write_text('adapter = "slips"\n')
    answer = hub("reload", "--json")
    assert (answer.code, answer.data["opened"], answer.data["generation"]) == (0, ["till"], 1)
    assert "now open" not in hub("reload").out


@pytest.mark.usefixtures("running")
def test_a_reload_says_for_whom_another_order_of_what_counts_first_holds(hub: Hub, directory: Path) -> None:
    (directory / "identity").mkdir(exist_ok=True)
    (directory / "identity" / "survivorship.toml").write_text('[birthDate]\norder = ["newest"]\n')
    answer = hub("reload")
    assert (answer.code, answer.out) == (0, "also changed: identity\n")
    assert "whoever is spoken of from now on" in answer.err
    assert hub("reload").err == "no feed has changed\n"


def test_a_reload_needs_a_hub_that_runs(hub: Hub) -> None:
    assert hub("reload").code == 5
