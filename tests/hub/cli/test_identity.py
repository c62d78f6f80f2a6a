"""Why claims are one person, what people are asked, and taking a decision back."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest

from hub.cli import identity
from hub.database import Connection
from hub.identity.graph import Ruling, decide
from hub.language import CHINESE, Text
from hub.review import Question, open_review
from tests.hub.cli.conftest import Answer, Hub, opened

Slip = Callable[[str], Answer]
Work = Callable[[], None]


@pytest.fixture
def claims(hub: Hub, slip: Slip, work: Work) -> list[str]:
    """Two claims of the desk, each a person so far."""
    slip("A1 007 cough")
    slip("A2 008 fever")
    work()
    shown = [hub("show", number, "--json").data["resources"] for number in ("1", "2")]
    return [next(one["person"] for one in resources if one["person"]) for resources in shown]


def same(directory: Path, claims: list[str]) -> None:
    def work(connection: Connection) -> None:
        decide(connection, "same", claims[0], claims[1], Ruling("cli:wang", 1, {"rule": "by hand"}))
        connection.run(_joined, person=claims[0], wanted=claims[1])

    from sqlalchemy import bindparam, update

    from hub.database import Statement
    from hub.schema import claim

    _joined = Statement(update(claim).where(claim.c.id == bindparam("wanted")).values(person=bindparam("person")))
    with closing(opened(directory)) as database:
        database.serially(work)


def test_a_person_is_shown_with_claims_and_decisions(hub: Hub, directory: Path, claims: list[str]) -> None:
    same(directory, claims)
    found = hub("identity", "show", claims[1], "--json").data

    assert found["person"] == claims[0]
    assert [claim["source_id"] for claim in found["claims"]] == ["007", "008"]
    (decision,) = found["decisions"]
    assert (decision["kind"], decision["active"], decision["evidence"]) == ("same", True, {"rule": "by hand"})


def test_whoever_is_shown_a_person_is_noted(hub: Hub, directory: Path, claims: list[str]) -> None:
    assert hub("identity", "show", claims[0]).code == 0

    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        action, persons = audit.execute("SELECT action, persons FROM event ORDER BY id DESC").fetchone()
    assert (action, claims[0] in persons) == ("identity", True)


def test_a_decision_is_taken_back_with_a_reason(hub: Hub, directory: Path, claims: list[str]) -> None:
    same(directory, claims)
    assert hub("identity", "undo", "1", "--why", "two people after all", "--json").data["active"] is False
    decisions = hub("identity", "show", claims[0], "--json").data["decisions"]

    assert [(one["kind"], one["active"]) for one in decisions] == [("same", False), ("not_same", True)]
    assert decisions[0]["why"] == "two people after all"
    assert len(hub("identity", "show", claims[1], "--json").data["claims"]) == 1


def test_two_persons_are_merged_split_and_all_of_it_undone(hub: Hub, claims: list[str]) -> None:
    one, other = claims
    why = ("--why", "the same family and phone", "--json")
    planned = hub("identity", "merge", one, other, "--dry-run", *why).data
    assert (planned["preview"], planned["decision"], planned["persons"]) == (
        True,
        None,
        {other: {"before": other, "after": one}},
    )
    assert hub("identity", "show", other, "--json").data["person"] == other

    merged = hub("identity", "merge", one, other, *why).data
    shown = hub("identity", "show", other, "--json").data
    assert (shown["person"], shown["changes"][0]["kind"]) == (one, "merge")
    assert shown["changes"][0]["persons"] == {other: {"before": other, "after": one}}
    assert hub("identity", "merge", one, other, *why).code == 7

    assert hub("identity", "split", other, *why).code == 0
    assert hub("identity", "show", other, "--json").data["person"] == other
    assert hub("identity", "merge", one, other, *why).code == 7
    assert hub("identity", "merge", one, other, "--overrule", *why).data["overruled"] == [2]
    assert hub("identity", "undo", "3", *why).code == 0
    assert hub("identity", "undo", "2", *why).data["persons"] == {other: {"before": other, "after": one}}
    assert hub("identity", "undo", str(merged["decision"]), *why).code == 0
    assert hub("identity", "restore", str(merged["decision"]), *why).data["persons"] != {}
    assert hub("identity", "show", other).code == 0


def test_what_cannot_be_taken_back_says_so(hub: Hub, directory: Path, claims: list[str]) -> None:
    same(directory, claims)

    assert hub("identity", "undo", "1").code == 2
    assert hub("identity", "undo", "1", "--why", " ").code == 7
    assert hub("identity", "undo", "77", "--why", "because").code == 3
    assert hub("identity", "show", "nobody").code == 3


def test_reviews_are_listed_and_shown(hub: Hub, directory: Path) -> None:
    question = Question("duplicate", "k1", "desk", 1, ("c1", "c2"), {"rule": "name"})
    with closing(opened(directory)) as database:
        database.serially(lambda connection: open_review(connection, question))

    (row,) = hub("review", "list", "--json").data
    assert (row["id"], row["kind"], row["status"], row["message"]) == (1, "duplicate", "open", 1)
    assert hub("review", "list", "--kind", "duplicate", "--json").data == [row]
    assert hub("review", "list", "--kind", "possible_duplicate", "--json").data == []
    assert hub("review", "list", "--status", "closed", "--json").data == []
    assert len(hub("review", "list", "--status", "open", "--json").data) == 1
    assert hub("review", "show", "1", "--json").data["claims"] == ["c1", "c2"]
    assert "Patient/c1" in hub("review", "show", "1").out
    assert hub("review", "show", "2").code == 3


def test_a_number_is_put_right_by_hand_and_that_is_undone(hub: Hub, claims: list[str]) -> None:
    before = hub("identity", "show", claims[0], "--json").data["claims"][0]["patient"]
    right = ("wrong", "--system", "urn:slips", "--new", "0700")
    why = ("--why", "the desk misheard it", "--json")
    planned = hub("identity", "correct", claims[0], *right, "--dry-run", *why).data
    assert (planned["preview"], planned["decision"]) == (True, None)
    done = hub("identity", "correct", claims[0], *right, *why).data
    shown = hub("identity", "show", claims[0], "--json").data
    assert [one["value"] for one in shown["claims"][0]["patient"]["identifier"]] == ["0700", "007"]
    (decision,) = shown["decisions"]
    assert (decision["kind"], decision["evidence"]["what"]) == ("correct", "wrong")
    assert decision["evidence"]["why"] == "the desk misheard it"
    assert decision["decided_by"].startswith("cli:")
    assert decision["decided_at"]
    assert hub("identity", "show", claims[0]).code == 0

    assert hub("identity", "undo", str(done["decision"]), *why).code == 0
    after = hub("identity", "show", claims[0], "--json").data["claims"][0]["patient"]
    assert after | {"meta": None} == before | {"meta": None}


def test_what_is_put_right_is_asked_for_and_never_in_the_audit_log(
    hub: Hub, directory: Path, claims: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("0700\n"))
    assert hub("identity", "correct", claims[0], "wrong", "--system", "urn:slips", "--why", "misheard").code == 0
    shown = hub("identity", "show", claims[0], "--json").data
    assert shown["claims"][0]["patient"]["identifier"][0]["value"] == "0700"
    assert hub("identity", "correct", claims[0], "name", "--new", "0700", "--why", "because").code == 7

    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        queries = [query for (query,) in audit.execute("SELECT query FROM event WHERE action = 'correct'")]
    assert len(queries) == 2
    assert not any("0700" in query for query in queries)


@pytest.mark.usefixtures("claims")
def test_reviews_of_a_kind_or_feed_there_is_not_are_no_empty_list(hub: Hub) -> None:
    for verb in ("list", "count"):
        unknown = hub("review", verb, "--kind", "posible_duplicate")
        assert (unknown.code, "possible_duplicate" in unknown.err) == (2, True)
        assert hub("review", verb, "--feed", "bogus").code == 3
        assert hub("review", verb, "--feed", "desk", "--kind", "possible_duplicate", "--json").data == []


def test_whoever_asks_for_the_reviews_of_a_person_is_noted(hub: Hub, directory: Path, claims: list[str]) -> None:
    for verb in ("list", "count"):
        assert hub("review", verb, "--patient", claims[0]).code == 0

    with closing(sqlite3.connect(directory / "hub-audit.db")) as audit:
        events = audit.execute("SELECT action, persons, query FROM event ORDER BY id DESC LIMIT 2").fetchall()
    assert [(action, claims[0] in persons, query) for action, persons, query in events] == [
        ("search", True, "hub review --patient")
    ] * 2


def test_the_evidence_of_a_decision_is_told_in_words(hub: Hub, claims: list[str]) -> None:
    hub("identity", "merge", *claims, "--why", "seen at the desk")
    shown = hub("identity", "show", claims[0]).out

    assert "merged by hand; seen at the desk" in shown
    assert '"rule"' not in shown


def test_each_verb_of_identity_has_a_line_of_help_that_is_whole() -> None:
    shown = {name: verb.get_short_help_str(60) for name, verb in identity.command.commands.items()}

    assert {name for name, text in shown.items() if not text or text.endswith("...")} == set()
    assert {name for name, text in shown.items() if Text(text).render(CHINESE) == text} == set()


def test_two_levels_of_agreement_never_have_one_word() -> None:
    from hub.cli.findings import level_word
    from hub.identity.scoring.weights import WEIGHTS

    for levels in WEIGHTS.values():
        assert len({level_word(level) for level in levels}) == len(levels)
