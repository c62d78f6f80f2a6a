"""Merges a sender tells of, and taking them back."""

from __future__ import annotations

import pytest

from hub.errors import NotFound, Refused, Rejected
from hub.identity.rules import Rules
from hub.identity.settled import MERGE_BLOCKED
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person, visit


def subject(base: Feeding, number: str) -> str:
    return str(base.body("Encounter", "a", number)["subject"]["reference"]).removeprefix("Patient/")


@pytest.fixture
def merged(base: Feeding) -> Feeding:
    """Number 1 was given up for number 2, each with a visit."""
    for number in "12":
        base.tell("a", person(number, f"张{number}"), visit(f"V{number}", number))
    base.tell("a", person("2", "张2"), merge=[person("1")])
    return base


def test_a_merge_moves_the_retired_numbers_visits_to_the_survivor(merged: Feeding) -> None:
    survivor = claim_id("a", "2")
    assert set(merged.persons().values()) == {survivor}
    assert subject(merged, "V1") == subject(merged, "V2") == survivor
    assert merged.body("Encounter", "a", "V1")["meta"] | {"lastUpdated": ""} == {
        "versionId": "2",
        "lastUpdated": "",
        "source": "urn:hub:a#1",
    }
    behind = "SELECT entry FROM resource WHERE type = 'Encounter' ORDER BY rid"
    assert merged.sql(behind) == [(3,), (2,)], "each version names the message behind it"
    assert merged.sql("SELECT DISTINCT person FROM resource") == [(survivor,)]


def test_a_retired_id_still_answers_with_its_link(merged: Feeding) -> None:
    retired, survivor = merged.patient("a", "1"), merged.patient("a", "2")
    assert retired["active"] is False
    assert retired["link"] == [{"other": {"reference": f"Patient/{survivor['id']}"}, "type": "replaced-by"}]
    assert retired["name"] == [{"text": "张1"}]
    assert survivor["link"] == [{"other": {"reference": f"Patient/{retired['id']}"}, "type": "replaces"}]
    assert merged.found("Patient.name", "张1") == merged.found("Patient.name", "张2") == {survivor["id"]}


def test_undo_returns_everything(merged: Feeding) -> None:
    merged.undo(1)
    one, two = claim_id("a", "1"), claim_id("a", "2")
    assert merged.persons() == {one: one, two: two}
    assert (subject(merged, "V1"), subject(merged, "V2")) == (one, two)
    assert "link" not in merged.patient("a", "1")
    assert "active" not in merged.patient("a", "1")
    assert merged.found("Patient.name", "张1") == {one}
    assert merged.body("Encounter", "a", "V1")["meta"]["versionId"] == "3"
    assert merged.sql("SELECT kind, active, withdrawn_by FROM decision ORDER BY id") in (
        [("same", False, "a.person"), ("not_same", True, None)],
        [("same", 0, "a.person"), ("not_same", 1, None)],
    )


def test_what_came_after_the_merge_stays_with_the_number_it_came_under(merged: Feeding) -> None:
    merged.tell("a", person("1", "张1"), visit("V3", "1"))
    merged.tell("a", person("2", "张2"), visit("V4", "2"))
    assert subject(merged, "V3") == subject(merged, "V4") == claim_id("a", "2")
    merged.undo(1)
    assert (subject(merged, "V3"), subject(merged, "V4")) == (claim_id("a", "1"), claim_id("a", "2"))


def test_a_merge_said_twice_is_one_decision(merged: Feeding) -> None:
    merged.tell("a", person("2", "张2"), merge=[person("1")])
    assert merged.sql("SELECT count(*) FROM decision") == [(1,)]


def test_a_merge_into_itself_changes_nothing(base: Feeding) -> None:
    base.tell("a", person("1", "张1"), merge=[person("1")])
    assert base.sql("SELECT count(*) FROM decision") == [(0,)]


def test_the_inverse_merge_said_later_wins(merged: Feeding) -> None:
    merged.tell("a", person("1", "张1"), merge=[person("2")])
    assert set(merged.persons().values()) == {claim_id("a", "1")}
    assert "active" not in merged.patient("a", "1")
    merged.tell("a", person("2", "张2"), merge=[person("1")])
    assert set(merged.persons().values()) == {claim_id("a", "2")}


def test_chained_merges_end_at_the_last_survivor(merged: Feeding) -> None:
    merged.tell("a", person("3", "张3"), merge=[person("2")])
    assert set(merged.persons().values()) == {claim_id("a", "3")}
    assert subject(merged, "V1") == claim_id("a", "3")
    merged.undo(1)
    assert merged.person_of("a", "1") == claim_id("a", "1")
    assert merged.person_of("a", "2") == claim_id("a", "3")


def test_an_unknown_number_can_be_retired(base: Feeding) -> None:
    base.tell("a", person("2", "张2"), merge=[person("1")])
    assert base.person_of("a", "1") == claim_id("a", "2")
    assert base.patient("a", "1")["meta"]["versionId"] == "1"
    base.tell("a", person("1", "张1"), visit("V1", "1"))
    assert subject(base, "V1") == claim_id("a", "2")


def test_a_merge_must_name_what_it_retires(base: Feeding) -> None:
    with pytest.raises(Rejected):
        base.tell("a", person("2", "张2"), merge=[person("")])


def test_what_a_person_took_apart_no_rule_and_no_resend_joins_again(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG))
    base.tell("b", person("2", "张三", ZHANG))
    base.undo(1)
    base.tell("b", person("2", "张三"))
    base.tell("b", person("2", "张三", identifier=None))
    base.tell("b", person("2", "张三", ZHANG))
    assert base.person_of("a", "1") != base.person_of("b", "2")
    base.tell("a", person("3", "李四"), merge=[person("1")])
    base.undo(3)
    base.tell("a", person("3", "李四"), merge=[person("1")])
    assert base.person_of("a", "1") != base.person_of("a", "3")
    assert MERGE_BLOCKED in [review.kind for review in base.reviews()]


def test_undo_refuses_what_was_taken_back_before(merged: Feeding) -> None:
    merged.undo(1)
    for decision, error in ((1, Refused), (99, NotFound)):
        with pytest.raises(error):
            merged.undo(decision)


@pytest.mark.parametrize("again", ["undo 2", "restore 1"])
def test_an_undo_is_undone(merged: Feeding, again: str) -> None:
    before = merged.persons()
    merged.undo(1)
    assert merged.persons() != before
    (merged.undo if again == "undo 2" else merged.restore)(int(again[-1]))
    assert merged.persons() == before
    assert merged.patient("a", "1")["active"] is False
    assert merged.sql("SELECT kind, decided_by, withdrawn_by FROM decision WHERE active = true") == [
        ("same", "a", None)
    ]
    with pytest.raises(Refused):
        merged.restore(1)


def test_several_feeds_make_one_view_each_part_dated_with_its_source(base: Feeding) -> None:
    base.rules = Rules(verified=frozenset({"police"}))
    base.tell("police", person("P", "张三", ZHANG, birthDate="1990-03-07", gender="male"), minute=0)
    base.tell(
        "b",
        person(
            "2", "张三", ZHANG, maritalStatus={"text": "已婚"}, telecom=[{"system": "phone", "value": "138 0000 1111"}]
        ),
        minute=60 * 24,
    )
    view = base.patient("police", "P")
    assert (view["birthDate"], view["gender"], view["maritalStatus"]) == ("1990-03-07", "male", {"text": "已婚"})
    assert [number["value"] for number in view["identifier"]] == [ZHANG]
    [telecom] = view["telecom"]
    assert telecom["period"] == {"start": "2024-05-02"}
    assert telecom["extension"] == [{"url": "urn:hub:source", "valueString": "b"}]
    assert view["link"] == [{"other": {"reference": f"Patient/{claim_id('b', '2')}"}, "type": "seealso"}]
    assert "period" not in base.patient("b", "2")["telecom"][0]
