"""Learning weights, looking through the base, and describing it anew, at a terminal."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.people.feeds import feeds, register
from benchmarks.people.world import world
from hub.adapter import Message
from hub.identity.rules import Rules
from hub.identity.scoring import DEFAULT, Thresholds
from hub.identity.scoring.storing import load
from hub.model import RecordUpdate
from hub.records.applying import Application
from tests.hub.cli.conftest import Hub, opened
from tests.hub.feeding import START

DEAF = Rules(model=replace(DEFAULT, thresholds=Thresholds(link=1_000, ask=1_000)))
"""Joins by number alone, so that duplicates are left to be found."""


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Any]]:
    """What a register and the feeds of a small world say."""
    found = world(300, seed=5)
    said = [*register(found), *feeds(found)]
    return [(one.feed, one.claim()) for one in said]


@pytest.fixture
def base(directory: Path, told: list[tuple[str, Any]]) -> Path:
    with closing(opened(directory)) as database:

        def work(connection: Any) -> None:
            application = Application(connection, DEAF)
            for number, (feed, claim) in enumerate(told, 1):
                application.take(Message(number, feed, str(number), b"%d" % number, START), [RecordUpdate(claim)])
            application.flush()

        database.serially(work)
    return directory


def test_weights_are_learned_and_nothing_changes_before_they_are_written(hub: Hub, base: Path) -> None:
    found = hub("identity", "tune", "--pairs", "5000", "--json").data

    assert found["learned"]
    assert found["learned_version"] != found["version"]
    assert 0.05 < found["pairs_of_one_person"] < 0.95
    weights = {(one["field"], one["level"]): one for one in found["weights"]}
    assert weights["name", "exact"]["m"] > 0.7
    assert weights["sex", "same"]["u"] == pytest.approx(0.5, abs=0.06)
    assert found["answers"]["now"]["recall"] == {"share": None, "pairs": 0, "between": None}
    assert sum(found["changes"]["joined_by_rules"].values()) > 100
    assert not (base / "identity" / "weights.toml").exists()


def test_what_was_learned_is_written_as_a_file_that_can_be_read_again(hub: Hub, base: Path) -> None:
    found = hub("identity", "tune", "--pairs", "5000", "--write", "--json").data

    path = base / "identity" / "weights.toml"
    assert load(path).version == found["learned_version"]
    assert tomllib.loads(path.read_text())["weights"]["sex"]["same"] < 3
    assert hub("check").code == 0


def test_the_table_says_each_field_and_level_in_words_and_no_value(hub: Hub, base: Path) -> None:
    answer = hub("identity", "tune", "--pairs", "5000")

    assert answer.code == 0
    for word in ("birth date", "the same sound", "precision", "no answers", "joined by rules"):
        assert word in answer.out
    with closing(sqlite3.connect(base / "hub-audit.db")) as audit:
        assert audit.execute("SELECT count(*) FROM event WHERE action = 'tune'").fetchone() == (1,)


def test_too_little_teaches_nothing_and_writes_nothing(hub: Hub, directory: Path) -> None:
    with closing(opened(directory)):
        pass
    assert hub("identity", "tune", "--pairs", "5000", "--json").data["learned"] is False
    answer = hub("identity", "tune", "--pairs", "5000", "--write")

    assert answer.code == 7
    assert not (directory / "identity" / "weights.toml").exists()


@pytest.mark.usefixtures("base")
def test_an_audit_finds_duplicates_goes_on_where_it_ended_and_asks_once(hub: Hub) -> None:
    first = hub("identity", "audit", "--limit", "400", "--json").data
    rest = hub("identity", "audit", "--after", str(first["place"]), "--json").data
    everything = hub("identity", "audit", "--json").data

    assert (first["claims"], first["whole"], rest["whole"]) == (400, False, True)
    assert everything["claims"] == first["claims"] + rest["claims"]
    assert {one["kind"] for one in everything["found"]} >= {"possible_duplicate"}
    assert len(everything["found"]) > 20

    asked = hub("identity", "audit", "--open", "--json").data
    assert asked["opened"] == len({(one["kind"], *sorted(one["claims"])) for one in everything["found"]})
    assert hub("identity", "audit", "--open", "--json").data["found"] == []
    assert len(hub("review", "list", "--kind", "possible_duplicate", "--json").data) >= 20


@pytest.mark.usefixtures("base")
def test_an_audit_for_people_says_what_was_found_and_no_value(hub: Hub, told: list[Any]) -> None:
    answer = hub("identity", "audit", "--limit", "300")

    assert answer.code == 0
    assert "hub identity audit --after" in answer.err
    names = {claim.patient["name"][0]["text"] for _, claim in Random(1).sample(told, 100) if claim.patient.get("name")}
    assert not any(name in answer.out for name in names if len(name) > 2)


@pytest.mark.usefixtures("base")
def test_a_base_that_is_described_needs_no_rebuild_and_can_be_made_anew_all_the_same(hub: Hub) -> None:
    first = hub("identity", "rebuild", "--json").data
    assert first["needed"]  # nobody has noted by which spelling these were described

    assert hub("identity", "rebuild", "--json").data == {"needed": False, "claims": 0}
    assert hub("identity", "rebuild", "--again", "--json").data == first
