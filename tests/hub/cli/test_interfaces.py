"""``hub feeds check``, ``test`` and ``diff``: looking before leaping."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hub.cli import questions
from hub.cli.feeds.check import span
from hub.cli.show import note_word
from tests.hub.cli.conftest import Hub
from tests.hub.cli.test_beside_a_hub import Slip, running, settled

__all__ = ["running"]


def tables(directory: Path) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for file in sorted(directory.glob("hub*.db")):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in sorted(names):
                found[f"{file.name} {name}"] = database.execute(f"SELECT * FROM {name}").fetchall()
    return {name: rows for name, rows in found.items() if not name.startswith("hub-audit")}


def written(directory: Path, name: str, text: str) -> str:
    (directory / name).write_text(text)
    return str(directory / name)


@pytest.mark.usefixtures("running")
def test_a_file_is_tried_against_the_record_and_nothing_is_written(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    assert settled(hub, 1) == "applied"
    before = tables(directory)
    again, other = written(directory, "again", "A1 007 fever"), written(directory, "other", "B1 008 rash")

    answer = hub("feeds", "test", "desk", again, other, "--json")

    assert answer.code == 0
    first, second = answer.data
    assert (first["outcome"], first["persons"][0]["found"], second["persons"][0]["found"]) == ("applied", True, False)
    assert [change["is_new"] for change in first["changes"]] == [False]
    assert first["changes"][0]["differences"] == [
        {"path": "code.text", "before": "cough", "after": "fever", "kind": "changed"}
    ]
    assert {change["resource"].split("/")[0] for change in second["changes"] if change["is_new"]} == {
        "Patient", "Observation",
    }  # fmt: skip
    assert tables(directory) == before


def test_a_file_is_tried_without_a_hub_too(hub: Hub, slip: Slip, work: Callable[[], None], directory: Path) -> None:
    slip("A1 007 cough")
    work()
    before = tables(directory)
    answer = hub("feeds", "test", "desk", written(directory, "again", "A1 007 fever"))
    assert answer.code == 0
    assert "- code.text: cough\n    + code.text: fever" in answer.out
    assert tables(directory) == before


def test_a_file_that_would_not_apply_ends_with_6(hub: Hub, directory: Path) -> None:
    bad, good = written(directory, "bad", "garbled 1"), written(directory, "good", "A1 007 cough")
    refused = written(directory, "refused", "?")
    answer = hub("feeds", "test", "desk", bad, good, refused, "--json")
    assert (answer.code, [one["outcome"] for one in answer.data]) == (6, ["parked", "applied", "refused"])
    assert answer.data[0]["place"] == "word 2"


def test_an_unknown_feed_is_not_found(hub: Hub, directory: Path) -> None:
    file = written(directory, "slip", "A1 007 cough")
    assert hub("feeds", "test", "dekс", file).code == hub("feeds", "check", "dekс").code == 3


def test_plain_hub_feeds_still_lists(hub: Hub, slip: Slip) -> None:
    slip("A1 007 cough")
    assert hub("feeds", "--json").data[0]["received"] == 1
    assert "test" in hub("feeds", "--help").out


def test_a_check_says_that_no_hub_runs(hub: Hub) -> None:
    answer = hub("feeds", "check", "desk", "--json")
    assert (answer.code, answer.data["ok"]) == (5, False)
    wrong = [step["step"] for step in answer.data["steps"] if not step["ok"]]
    assert wrong[0] == "a hub runs with this configuration"


@pytest.mark.usefixtures("running")
def test_a_check_tells_what_came_and_what_is_parked(hub: Hub, slip: Slip) -> None:
    assert hub("feeds", "check", "desk").code == 0
    slip("garbled 1")
    settled(hub, 1)
    answer = hub("feeds", "check", "desk", "--json")
    assert answer.code == 1
    assert {step["step"]: step["detail"] for step in answer.data["steps"]}["nothing is parked"] == "1 messages"


@pytest.mark.usefixtures("running")
def test_a_half_edited_file_of_another_feed_keeps_nobody_from_looking(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    settled(hub, 1)
    (directory / "feeds" / "till.toml").write_text("adapter = ")
    for words in (("messages",), ("show", "1"), ("review", "list"), ("feeds", "check", "desk"), ("feeds",)):
        answer = hub(*words)
        assert answer.code == 0, words
    assert "till.toml:1" in answer.err
    assert "its file has mistakes" in answer.out
    assert "word 1" in hub("show", "1").out


@pytest.mark.usefixtures("running")
def test_a_half_edited_file_of_its_own_leaves_what_came_to_be_seen(hub: Hub, slip: Slip, directory: Path) -> None:
    slip("A1 007 cough")
    settled(hub, 1)
    (directory / "feeds" / "desk.toml").write_text("adapter = ")

    (listed,) = hub("feeds", "--json").data
    shown = hub("show", "1", "--json")
    checked = hub("feeds", "check", "desk", "--json")

    assert (listed["received"], listed["alerts"]) == (1, [])
    assert (shown.code, shown.data["status"]) == (0, "applied")
    assert "desk.toml:1" in shown.data["not_explained"]
    steps = {step["step"]: step for step in checked.data["steps"]}
    assert (checked.code, steps["the configuration can be used"]["ok"]) == (4, False)
    assert steps["messages have come"]["detail"].startswith("1, the last at")


def test_a_reader_of_chinese_is_told_in_chinese(
    hub: Hub, slip: Slip, work: Callable[[], None], directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip("A1 007 cough")
    work()
    monkeypatch.setenv("HUB_LANG", "zh")
    checked = hub("feeds", "check", "desk").out
    tried = hub("feeds", "test", "desk", written(directory, "other", "B1 008 rash")).out

    assert span(130).render("zh_CN") == "2 分钟"
    assert "秒前" in checked
    assert "没有被挂起的消息" in checked
    assert "号码 008" in tried


def test_what_a_review_is_about_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "zh")
    assert (questions.kind_word("unmapped_code"), questions.status_word("closed")) == ("未映射的代码", "已关闭")
    assert (questions.detail_word("map"), questions.value_word(False)) == ("对照表", "否")
    assert note_word("type") == "类型"
    monkeypatch.setenv("HUB_LANG", "en")
    assert questions.kind_word("unmapped_code") == "unmapped_code"
    assert questions.detail_word("of_a_plugin") == "of_a_plugin"
