"""What a later message contradicts: joins that rules made end, what persons and senders said stays."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.questions import CONTRADICTION
from hub.identity.rules import Rules
from hub.records.ids import claim_id
from tests.hub.feeding import CARD, ID, LI, ZHANG, Feeding, person, visit

FIRST, SECOND = claim_id("a", "P95"), claim_id("b", "P96")
BORN = "1960-04-01"
ALONE = {FIRST: FIRST, SECOND: SECOND}
JOINED = dict.fromkeys(ALONE, FIRST)


def subject(base: Feeding, feed: str, number: str) -> str:
    return str(base.body("Encounter", feed, number)["subject"]["reference"]).removeprefix("Patient/")


@pytest.fixture
def joined(base: Feeding) -> Feeding:
    base.tell("a", person("P95", "张三", ZHANG, birthDate=BORN), visit("V1", "P95"))
    base.tell("b", person("P96", "张三", ZHANG, birthDate=BORN), visit("V2", "P96"))
    assert base.persons() == JOINED
    return base


@pytest.mark.parametrize(
    ("change", "contradicted"),
    [
        (person("P96", "张三", ZHANG, birthDate="1961-05-05"), ["birthDate"]),
        (person("P96", "李四", ZHANG, birthDate=BORN), ["name"]),
        (person("P96", "李四"), ["name"]),
        (person("P96", "张三", LI, birthDate=BORN), ["identifier"]),
    ],
)
def test_a_message_that_contradicts_a_rules_join_ends_it(joined: Feeding, change: Any, contradicted: list[str]) -> None:
    joined.tell("b", change, visit("V3", "P96"))
    assert joined.persons() == ALONE
    assert (subject(joined, "a", "V1"), subject(joined, "b", "V2"), subject(joined, "b", "V3")) == (
        FIRST,
        SECOND,
        SECOND,
    )
    [review] = joined.reviews()
    assert (review.kind, set(review.claims), review.detail["contradicted"]) == (
        CONTRADICTION,
        {FIRST, SECOND},
        contradicted,
    )
    assert joined.found("Patient._tag", CONTRADICTION) == {FIRST, SECOND}
    assert joined.sql("SELECT kind, withdrawn_by, why FROM decision") == [
        ("same", "rule", f"contradicted: {contradicted[0]}")
    ]
    assert "link" not in joined.patient("a", "P95")


def test_the_first_claim_parts_from_the_others_which_stay_together(joined: Feeding) -> None:
    joined.tell("c", person("P97", "张三", ZHANG), visit("V4", "P97"))
    joined.tell("a", person("P95", "李四"))
    assert joined.person_of("a", "P95") == FIRST
    assert joined.person_of("b", "P96") == joined.person_of("c", "P97") == SECOND
    assert subject(joined, "c", "V4") == SECOND


def test_a_claim_that_contradicts_one_of_a_person_is_not_joined_by_way_of_another(joined: Feeding) -> None:
    joined.tell("c", person("P97", "张三", ZHANG))
    joined.tell("b", person("P96", "张三", birthDate="1961-05-05"))
    assert joined.persons() == ALONE | {claim_id("c", "P97"): FIRST}
    joined.tell("d", person("P98", "张三", ZHANG, birthDate="1962"))
    assert joined.person_of("d", "P98") == claim_id("d", "P98")


def test_a_join_through_a_claim_that_knows_less_ends_too(base: Feeding) -> None:
    base.tell("c", person("P97", "张三", ZHANG))
    base.tell("a", person("P95", "张三", ZHANG, birthDate=BORN))
    base.tell("b", person("P96", "张三", ZHANG, birthDate=BORN))
    base.tell("b", person("P96", "张三", ZHANG, birthDate="1961-05-05"))
    assert base.persons() == {claim_id("c", "P97"): claim_id("c", "P97"), FIRST: claim_id("c", "P97"), SECOND: SECOND}


def test_what_agrees_again_is_joined_again(joined: Feeding) -> None:
    joined.tell("b", person("P96", "张三", ZHANG, birthDate="1961-05-05"))
    joined.tell("b", person("P96", "张三", ZHANG, birthDate=BORN))
    assert joined.persons() == JOINED
    assert subject(joined, "b", "V2") == FIRST
    assert joined.found("Patient._tag", CONTRADICTION) == set()
    assert joined.sql("SELECT count(*) FROM decision WHERE kind = 'not_same'") == [(0,)]


def test_a_senders_merge_is_only_asked_about(base: Feeding) -> None:
    for number, name in (("1", "张三"), ("2", "李四")):
        base.tell("a", person(number, name, birthDate=BORN))
    base.tell("a", person("2", "李四", birthDate=BORN), merge=[person("1")])
    base.tell("a", person("2", "李四", birthDate="1961-05-05"))
    assert base.persons() == dict.fromkeys((claim_id("a", "1"), claim_id("a", "2")), claim_id("a", "2"))
    assert [review.kind for review in base.reviews()] == [CONTRADICTION]
    assert base.sql("SELECT count(*) FROM decision WHERE withdrawn_by IS NOT NULL") == [(0,)]


def test_a_person_of_one_claim_is_simply_corrected(base: Feeding) -> None:
    base.tell("a", person("P95", "张三", ZHANG, birthDate=BORN), visit("V1", "P95"))
    base.tell("a", person("P95", "李四", ZHANG, birthDate="1961-05-05"))
    assert base.reviews() == []
    assert base.patient("a", "P95")["meta"]["versionId"] == "2"
    assert base.body("Encounter", "a", "V1")["meta"]["versionId"] == "1"


def test_what_contradicts_nothing_moves_nothing(joined: Feeding) -> None:
    before = joined.sql("SELECT id, version FROM resource WHERE type = 'Encounter' ORDER BY id")
    joined.tell("b", person("P96", "张三", ZHANG, birthDate="1960", gender="male"))
    assert joined.persons() == JOINED
    assert joined.sql("SELECT id, version FROM resource WHERE type = 'Encounter' ORDER BY id") == before
    assert joined.reviews() == []


def test_a_number_that_a_message_leaves_out_still_leads_to_the_person(base: Feeding) -> None:
    own = {"system": "urn:hub:a", "value": "P71"}
    base.tell("a", person("P71", "张三", identifier=[own, {"system": ID, "value": ZHANG}]))
    base.tell("a", person("P71", "张三", identifier=[own]))
    assert base.patient("a", "P71")["meta"]["versionId"] == "1"
    assert base.found("Patient.identifier", ZHANG) == {claim_id("a", "P71")}
    base.tell("b", person("1", "张三", ZHANG))
    assert len(set(base.persons().values())) == 1


def test_a_corrected_number_is_no_longer_found_by_the_old_one(base: Feeding) -> None:
    base.tell("a", person("P71", "张三", ZHANG))
    base.tell(
        "a", person("P71", "张三", identifier=[{"system": CARD, "value": "C12345678"}, {"system": ID, "value": LI}])
    )
    assert base.found("Patient.identifier", ZHANG) == set()
    assert base.sql("SELECT value FROM claim_identifier ORDER BY value") == [(LI,), ("C12345678",)]


def test_what_a_retired_number_says_comes_last_and_two_residents_numbers_are_asked_about(base: Feeding) -> None:
    base.rules = Rules(verified=frozenset({"a"}))
    base.tell("a", person("P72", "寅一", ZHANG, birthDate="1970-04-03"), minute=1)
    base.tell("a", person("P73", "卯一", LI, birthDate="1970-04-04"), minute=60 * 24)
    base.tell("a", person("P72", "寅一"), merge=[person("P73")], minute=1)
    view = base.patient("a", "P72")
    assert (view["name"][0]["text"], view["birthDate"], view["identifier"][0]["value"]) == ("寅一", "1970-04-03", ZHANG)
    [review] = base.reviews()
    assert (review.kind, review.detail["contradicted"]) == (CONTRADICTION, ["identifier"])
    assert set(review.claims) == {claim_id("a", "P72"), claim_id("a", "P73")}


def test_of_two_that_speak_on_one_day_the_later_told_comes_first(base: Feeding) -> None:
    for feed in ("a", "b", "c"):
        base.tell(feed, person("1", "张三", ZHANG, maritalStatus={"text": feed}), minute=5)
        assert base.patient("a", "1")["maritalStatus"] == {"text": feed}
    base.tell("b", person("1", "张三", ZHANG, maritalStatus={"text": "已婚"}), minute=5)
    assert base.patient("a", "1")["maritalStatus"] == {"text": "已婚"}
