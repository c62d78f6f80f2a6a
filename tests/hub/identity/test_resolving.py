"""Which person a claim is about."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.questions import CONTRADICTION, DUPLICATE, FAULT, REUSED
from hub.records.ids import claim_id
from hub.records.json import decode
from hub.records.person_view import MADE_UP
from tests.hub.feeding import LI, ZHANG, Feeding, numbered, person, visit


def same(base: Feeding, *claims: tuple[str, str]) -> bool:
    return len({base.person_of(feed, number) for feed, number in claims}) == 1


def test_the_same_number_and_name_from_two_feeds_is_one_person(base: Feeding) -> None:
    base.tell("a", person("7@A", "张三", ZHANG), visit("V1", "7@A"))
    base.tell("b", person("9@B", "张三", ZHANG), visit("V2", "9@B"))
    first = claim_id("a", "7@A")
    assert base.persons() == {first: first, claim_id("b", "9@B"): first}
    assert base.body("Encounter", "b", "V2")["subject"]["reference"] == f"Patient/{first}"
    [(evidence, by)] = base.sql("SELECT evidence, decided_by FROM decision")
    assert (decode(evidence)["agreed"], by) == (["name", "identifier"], "rule")
    assert ZHANG not in evidence
    assert base.reviews() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提"),
        ("阿依古丽・买买提", "阿依古丽．买买提"),
        ("张 三", "张三"),
        ("ＺＨＡＮＧ　San", "zhang san"),
    ],
)
def test_spellings_of_one_name_agree(base: Feeding, one: str, other: str) -> None:
    base.tell("a", person("7@A", one, ZHANG))
    base.tell("b", person("9@B", other, ZHANG))
    assert same(base, ("a", "7@A"), ("b", "9@B"))


@pytest.mark.parametrize(
    "written", ["99010119880229001x", " 99010119880229001Ｘ ", "９９０１０１１９８８０２２９００１Ｘ"]
)
def test_spellings_of_one_number_agree(base: Feeding, written: str) -> None:
    base.tell("a", person("7@A", "张三", "99010119880229001X"))
    base.tell("b", person("9@B", "张三", written))
    assert same(base, ("a", "7@A"), ("b", "9@B"))


@pytest.mark.parametrize("strong", [{"record": "99010110110100001"}, {"card": "C12345678"}])
def test_record_and_card_numbers_lead_to_the_person_too(base: Feeding, strong: dict[str, str]) -> None:
    for feed in ("a", "b"):
        base.tell(feed, person("7", "张三", identifier=numbered("", **strong)))
    assert same(base, ("a", "7"), ("b", "7"))


@pytest.mark.parametrize(
    "weak", [{"record": "10100001"}, {"card": "000000000"}, {"card": ""}, {"record": ""}, {"card": "C1"}]
)
def test_empty_short_and_invented_numbers_match_nobody(base: Feeding, weak: dict[str, str]) -> None:
    for feed in ("a", "b"):
        base.tell(feed, person("7", "张三", identifier=numbered("", **weak)))
    assert not same(base, ("a", "7"), ("b", "7"))
    assert base.reviews() == []


@pytest.mark.parametrize(
    ("name", "elements", "contradicted"),
    [
        ("李四", {}, ["name"]),
        ("张三", {"birthDate": "1961-05-05"}, ["birthDate"]),
        ("张三", {"gender": "female"}, ["gender"]),
    ],
)
def test_a_contradiction_is_a_person_of_its_own_with_a_review_and_its_visit(
    base: Feeding, name: str, elements: dict[str, Any], contradicted: list[str]
) -> None:
    base.tell("a", person("7@A", "张三", ZHANG, birthDate="1990-03-07", gender="male"))
    base.tell("b", person("9@B", name, ZHANG, **elements), visit("V2", "9@B"))
    base.tell("b", person("9@B", name, ZHANG, telecom=[{"system": "phone", "value": "1"}], **elements))

    own = claim_id("b", "9@B")
    assert base.person_of("b", "9@B") == own
    assert base.body("Encounter", "b", "V2")["subject"]["reference"] == f"Patient/{own}"
    assert base.patient("b", "9@B")["meta"]["tag"] == [{"system": "urn:hub:review", "code": CONTRADICTION}]
    assert base.found("Patient._tag", CONTRADICTION) == {own}
    assert base.found("Patient.identifier", ZHANG) == {own, claim_id("a", "7@A")}
    [review] = base.reviews()
    assert (review.kind, review.detail["contradicted"]) == (CONTRADICTION, contradicted)
    assert set(review.claims) == {own, claim_id("a", "7@A")}


@pytest.mark.parametrize("birth", ["", "1990", "1990-03", "1990-03-07"])
def test_what_is_unknown_or_less_exact_contradicts_nothing(base: Feeding, birth: str) -> None:
    base.tell("a", person("7@A", "张三", ZHANG, birthDate="1990-03-07", gender="male"))
    base.tell("b", person("9@B", "张三", ZHANG, gender="unknown", **({"birthDate": birth} if birth else {})))
    assert same(base, ("a", "7@A"), ("b", "9@B"))


@pytest.mark.parametrize("wrong", ["990101199003070011", "9901011990030700", "990101199002300010"])
def test_a_faulty_number_matches_nobody_and_is_asked_about_once(base: Feeding, wrong: str) -> None:
    base.tell("a", person("7@A", "张三", wrong))
    base.tell("b", person("9@B", "张三", wrong))
    base.tell("b", person("9@B", "张三", wrong, gender="male"))
    assert not same(base, ("a", "7@A"), ("b", "9@B"))
    assert [review.kind for review in base.reviews()] == [FAULT, FAULT]
    assert all(wrong not in str(review) for review in base.reviews())


@pytest.mark.parametrize("nothing", ["无", "不详", "-", "N/A", " "])
def test_a_word_for_none_is_no_number_and_no_question(base: Feeding, nothing: str) -> None:
    base.tell("a", person("7@A", "张三", nothing))
    base.tell("b", person("9@B", "张三", nothing))
    assert not same(base, ("a", "7@A"), ("b", "9@B"))
    assert base.reviews() == []
    assert "tag" not in base.patient("a", "7@A")["meta"]


@pytest.mark.parametrize("digits", ["111111111111111111", "123456789012345678", "111111111111111", "0", "１１１１１"])
def test_a_made_up_number_is_a_flag_and_no_question_until_a_real_one_comes(base: Feeding, digits: str) -> None:
    base.tell("a", person("7@A", "张三", digits))
    base.tell("b", person("9@B", "张三", digits))
    assert not same(base, ("a", "7@A"), ("b", "9@B"))
    assert base.reviews() == []
    assert base.patient("a", "7@A")["meta"]["tag"] == [{"system": "urn:hub:review", "code": MADE_UP}]
    assert base.found("Patient._tag", MADE_UP) == {claim_id("a", "7@A"), claim_id("b", "9@B")}

    base.tell("a", person("7@A", "张三", ZHANG))
    assert base.found("Patient._tag", MADE_UP) == {claim_id("b", "9@B")}


def test_a_claim_finds_its_person_when_its_number_comes_later(base: Feeding) -> None:
    base.tell("a", person("7@A", "张三", ZHANG))
    base.tell("b", person("9@B", "张三"), visit("V2", "9@B"))
    assert not same(base, ("a", "7@A"), ("b", "9@B"))
    base.tell("b", person("9@B", "张三", ZHANG))
    assert same(base, ("a", "7@A"), ("b", "9@B"))
    visit_now = base.body("Encounter", "b", "V2")
    assert visit_now["subject"]["reference"] == f"Patient/{claim_id('a', '7@A')}"
    assert visit_now["meta"]["versionId"] == "2"


def test_a_number_given_to_a_second_person_is_two_persons(base: Feeding) -> None:
    base.tell("a", person("7@A", "张三", ZHANG), visit("V1", "7@A"))
    base.tell("a", person("7@A", "李四", LI), visit("V2", "7@A"))
    base.tell("a", person("7@A", "李四"), visit("V3", "7@A"))
    base.tell("a", person("7@A", "张三", ZHANG, gender="male"), visit("V4", "7@A"))

    subjects = [base.body("Encounter", "a", f"V{number}")["subject"]["reference"] for number in (1, 2, 3, 4)]
    assert subjects[0] == subjects[3] == f"Patient/{claim_id('a', '7@A')}"
    assert subjects[1] == subjects[2] != subjects[0]
    assert [review.kind for review in base.reviews()] == [REUSED]
    assert base.patient("a", "7@A")["name"] == [{"text": "张三"}]
    assert base.patient("a", "7@A")["meta"]["tag"][0]["code"] == REUSED
    assert len(base.persons()) == 2


def test_a_corrected_name_is_the_same_claim(base: Feeding) -> None:
    base.tell("a", person("7@A", "张山", ZHANG))
    base.tell("a", person("7@A", "张三", ZHANG))
    assert list(base.persons()) == [claim_id("a", "7@A")]
    assert base.patient("a", "7@A")["name"] == [{"text": "张三"}]


def test_two_numbers_that_lead_to_two_persons_are_a_question_not_a_chain(base: Feeding) -> None:
    base.tell("a", person("1", "张三", identifier=numbered("", card="C12345678")))
    base.tell("b", person("2", "张三", ZHANG))
    base.tell("c", person("3", "张三", identifier=numbered(ZHANG, card="C12345678")))
    assert same(base, ("b", "2"), ("c", "3"))
    assert not same(base, ("a", "1"), ("c", "3"))
    assert [review.kind for review in base.reviews()] == [DUPLICATE]


def test_a_relatives_card_does_not_join_two_residents(base: Feeding) -> None:
    base.tell("a", person("1", "张三", identifier=numbered(ZHANG, card="C12345678")))
    base.tell("b", person("2", "张三", identifier=numbered(LI, card="C12345678")))
    assert not same(base, ("a", "1"), ("b", "2"))
    assert [review.detail["contradicted"] for review in base.reviews()] == [["identifier"]]


def test_within_one_transaction_later_messages_see_earlier_ones(base: Feeding) -> None:
    base.tell_all(
        [base.message(feed, person(number, "张三", ZHANG)) for feed, number in (("a", "1"), ("b", "2"), ("c", "3"))]
    )
    assert same(base, ("a", "1"), ("b", "2"), ("c", "3"))
