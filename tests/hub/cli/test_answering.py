"""``hub review`` of persons and ``hub identity explain``: what a person at the terminal sees, does and is noted for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.cli.explain import decided
from hub.records.ids import claim_id
from tests.hub.cli.conftest import Answer, Hub, opened
from tests.hub.feeding import LI, ZHANG, Feeding, person

A, B, C = claim_id("desk", "1"), claim_id("ward", "2"), claim_id("ward", "3")


@pytest.fixture
def base(directory: Path) -> None:
    """A contradiction between two feeds, and a person of two claims."""
    (directory / "feeds" / "ward.toml").write_text('adapter = "slips"\nverified = true\n')
    with closing(opened(directory)) as database:
        feeding = Feeding(database)
        phone = [{"system": "phone", "value": "13800000001"}]
        feeding.tell("desk", person("1", "张三", ZHANG, birthDate="1990-03-07", telecom=phone))
        feeding.tell("ward", person("2", "李四", ZHANG, birthDate="1961-05-05"))
        feeding.tell("ward", person("3", "王五", LI, birthDate="1985-11-23"))
        feeding.tell("desk", person("4", "王五", LI, gender="male"))


@pytest.fixture(autouse=True)
def _with(base: None) -> None:
    """Every test looks at it."""


def audited(directory: Path) -> tuple[str, str]:
    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        action, persons = audit.execute("SELECT action, persons FROM event ORDER BY id DESC").fetchone()
    return action, persons


def test_both_sides_are_shown_with_their_feeds_and_dates_and_that_is_noted(hub: Hub, directory: Path) -> None:
    found = hub("review", "show", "1", "--json").data
    beside = found["beside"]
    assert [(one["claim"], one["feed"], one["verified"]) for one in beside["claims"]] == [
        (B, "ward", True), (A, "desk", False)
    ]  # fmt: skip
    by_field = {row["field"]: row for row in beside["fields"]}
    assert by_field["name"]["values"] == [[{"value": "李四"}], [{"value": "张三"}]]
    assert by_field["id_number"]["findings"][0]["level"] == "equal"
    assert by_field["birth"]["findings"][0]["bits"] < 0
    assert by_field["phone"]["findings"] == [None]
    assert audited(directory)[0] == "review"
    assert A in audited(directory)[1]

    shown = hub("review", "show", "1").out
    assert "ward ✓" in shown
    assert "张三" in shown
    assert "bits together" in shown


def test_nothing_that_is_shown_is_kept_with_the_question(hub: Hub, directory: Path) -> None:
    hub("review", "show", "1")
    hub("review", "decide", "1", "--not-same", "--why", "asked the ward")
    with closing(sqlite3.connect(directory / "hub.db")) as database:
        rows = [*database.execute("SELECT detail FROM review"), *database.execute("SELECT said FROM answer")]
    assert not any(secret in str(row) for row in rows for secret in ("张三", ZHANG, "1990-03-07"))


def test_persons_are_decided_about_and_it_is_taken_back(hub: Hub) -> None:
    done = hub("review", "decide", "1", "--same", "--why", "one family book", "--json").data
    assert (done["status"], done["persons"]) == ("closed", {B: {"before": B, "after": A}})
    assert hub("identity", "explain", A, B, "--json").data["same"] is True

    back = hub("review", "undo", "1", "--why", "was a mistake", "--json").data
    assert (back["status"], back["persons"]) == ("open", {B: {"before": A, "after": B}})
    shown = hub("review", "show", "1").out
    assert "one family book" in shown
    assert "taken back: was a mistake" in shown


def test_later_waits_for_its_day(hub: Hub) -> None:
    assert hub("review", "decide", "1", "--later", "--until", "2999-01-31", "--why", "asked the ward").code == 0
    assert hub("review", "list", "--json").data[0]["until"].startswith("2999-01-31")
    assert "2999-01-31" in hub("review", "list").out
    assert hub("review", "decide", "1", "--later", "--until", "tomorrow", "--why", "x").code == 7
    assert hub("review", "decide", "1", "--later", "--until", "1999-01-31", "--why", "x").code == 7


def test_later_needs_no_reason_and_says_nothing_of_numbers(hub: Hub) -> None:
    done = hub("review", "decide", "1", "--later")
    assert done.code == 0
    assert "numbers" not in done.out
    assert hub("review", "show", "1", "--json").data["status"] == "open"


def test_a_contradiction_is_put_in_words(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = hub("review", "show", "1").out
    assert "rule: same number\n" in shown
    assert "contradicted: full name, birth date" in shown
    monkeypatch.setenv("HUB_LANG", "zh")
    assert "姓名, 出生日期" in hub("review", "show", "1").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["1", "--same"], 7),
        (["1", "--why", "x"], 7),
        (["1", "--same", "--code", "male", "--why", "x"], 7),
        (["1", "--same", "--until", "2999-01-01", "--why", "x"], 7),
        (["1", "--same", "--not-same", "--why", "x"], 2),
        (["1", "--not-same", "--later"], 2),
        (["99", "--same", "--why", "x"], 3),
        (["1", "--same", A, "--why", "x"], 7),
        (["1", "--not-same", "--overrule", "--why", "x"], 7),
    ],
)
def test_an_answer_that_cannot_be_says_so(hub: Hub, words: list[str], code: int) -> None:
    assert hub("review", "decide", *words).code == code


def test_reviews_are_filtered_and_counted(hub: Hub) -> None:
    def ids(*words: str) -> list[int]:
        return [one["id"] for one in hub("review", "list", *words, "--json").data]

    assert ids() == ids("--feed", "ward") == ids("--patient", A) == ids("--older-than", "0") == [1]
    assert ids("--feed", "desk") == ids("--patient", C) == ids("--older-than", "1") == []
    (count,) = hub("review", "count", "--json").data
    assert (count["kind"], count["status"], count["reviews"]) == ("identity_contradiction", "open", 1)
    assert hub("review", "count", "--patient", A, "--json").data == [count]
    assert "1" in hub("review", "count").out
    assert hub("review", "list", "--patient", "nobody").code == 3


def test_two_persons_are_explained_field_by_field(hub: Hub, directory: Path) -> None:
    found = hub("identity", "explain", A, B, "--json").data
    assert (found["same"], found["path"], found["against"]) == (False, [], [])
    assert found["today"]["verdict"] == "ask"
    assert {row["field"] for row in found["fields"]} >= {"id_number", "name", "birth", "phone"}
    assert found["model"]
    assert audited(directory)[0] == "identity"
    assert "are two persons" in hub("identity", "explain", A, B).out

    hub("review", "decide", "1", "--not-same", "--why", "two people")
    found = hub("identity", "explain", A, B, "--json").data
    assert [one["evidence"]["rule"] for one in found["against"]] == ["somebody looked at both"]
    assert found["today"] == {"verdict": "new", "why": "decided_apart"}


def test_one_person_is_explained_by_the_decisions_that_join(hub: Hub) -> None:
    found = hub("identity", "explain", C, claim_id("desk", "4"), "--json").data
    assert (found["same"], [one["by"] for one in found["path"]]) == (True, ["rule"])
    out = hub("identity", "explain", C, claim_id("desk", "4")).out
    assert "are one person" in out
    assert "same number, same name" in out
    assert hub("identity", "explain", C, "nobody").code == 3


def test_each_value_of_a_person_is_explained(hub: Hub) -> None:
    found = hub("identity", "explain", claim_id("desk", "4"), "--json").data
    origins = {one["element"]: one["feed"] for one in found["elements"] if one["place"] == 0}
    assert (origins["gender"], origins["birthDate"], origins["identifier"]) == ("desk", "ward", "ward")
    assert "1985-11-23" in hub("identity", "explain", C).out


def test_it_is_said_in_chinese(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "zh")
    shown: Answer = hub("identity", "explain", A, B)
    for word in ("身份证号", "出生日期", "不同", "两个人"):
        assert word in shown.out


def test_every_level_and_field_has_a_word() -> None:
    from hub.cli import findings
    from hub.identity.scoring.weights import WEIGHTS

    levels = {level for found in WEIGHTS.values() for level in found}
    assert levels <= findings._LEVELS.keys()
    assert all(findings.field_word(field) != field or field in {"name", "sex", "phone", "address", "area", "mother"}
               for field in WEIGHTS)  # fmt: skip


def test_a_decision_without_a_rule_is_explained_by_what_it_takes_back() -> None:
    evidence = {"undoes": 7, "withdrew": [7], "why": "asked for by front_desk"}
    made = {"decision": 8, "claims": [A, B], "by": "upd", "decided_at": "", "message": None, "evidence": evidence}
    assert decided(made)[-1] == "takes back decision 7; asked for by front_desk"
