"""One question for two persons, whatever raises it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub.identity.questions import CONTRADICTION, DUPLICATE
from hub.identity.rules import Rules
from hub.identity.scoring import DEFAULT
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person

BORN = {"birthDate": "1990-03-07", "gender": "male"}


def certified(number: str, name: str) -> Any:
    certificate = {"system": "urn:x", "value": "U320123987", "type": {"coding": [{"code": "BCT"}]}}
    told: dict[str, Any] = {"birthDate": "2024-01-03", "telecom": [{"system": "phone", "value": "13900000001"}]}
    return person(number, name, identifier=[certificate], **told)


def test_a_number_alone_is_asked_about_once_and_contradicts_nobody(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG, **BORN))
    base.tell("b", person("2", "张三", ZHANG, **BORN))
    base.tell("c", person("3", "", ZHANG))
    base.tell("c", person("3", "", ZHANG, active=True))

    assert len(set(base.persons().values())) == 2
    [review] = base.reviews()
    assert (review.kind, review.detail["why"]) == (DUPLICATE, "number_alone")
    assert set(review.claims) == {claim_id("a", "1"), claim_id("c", "3")}


def test_so_it_is_when_the_number_came_first(base: Feeding) -> None:
    base.tell("c", person("3", "", ZHANG))
    base.tell("a", person("1", "张三", ZHANG, **BORN))
    base.tell("b", person("2", "张三", ZHANG, **BORN))

    [review] = base.reviews()
    assert (review.kind, review.status) == (DUPLICATE, "open")
    assert len(set(base.persons().values())) == 2


def test_a_number_that_comes_with_its_birth_date_and_sex_joins(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG, **BORN))
    base.tell("c", person("3", "", ZHANG, **BORN))
    assert len(set(base.persons().values())) == 1


def test_a_number_alone_that_is_told_with_its_name_joins_and_settles_the_question(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG, **BORN))
    base.tell("c", person("3", "", ZHANG))
    base.tell("c", person("3", "张三", ZHANG))

    assert len(set(base.persons().values())) == 1
    assert [review.status for review in base.reviews()] == ["closed"]


def test_two_of_one_certificate_and_two_given_names_are_one_question(base: Feeding) -> None:
    base.tell("a", certified("1", "张晓雨"))
    base.tell("b", certified("2", "张美玲"))

    assert len(set(base.persons().values())) == 2
    assert [review.kind for review in base.reviews()] == [CONTRADICTION]


def of_six(base: Feeding) -> None:
    for feed in ("police", "a", "b", "c", "d", "e"):
        base.tell(feed, person("1", "赵德柱", ZHANG, **BORN))


def test_whoever_contradicts_a_person_of_six_claims_is_one_question(base: Feeding) -> None:
    of_six(base)
    base.tell("ward", person("9", "孙小妹", ZHANG, gender="female", birthDate="1998-05-06"))

    [review] = base.reviews()
    assert (review.kind, review.claims) == (CONTRADICTION, (claim_id("ward", "9"), claim_id("police", "1")))
    assert len(set(base.persons().values())) == 2


def test_so_is_a_claim_of_the_person_that_says_so_later(base: Feeding) -> None:
    of_six(base)
    base.tell("ward", person("9", "赵德柱", ZHANG, **BORN))
    base.tell("ward", person("9", "孙小妹", ZHANG, gender="female", birthDate="1998-05-06"))

    assert [review.kind for review in base.reviews() if review.kind == CONTRADICTION] == [CONTRADICTION]


def test_what_contradicts_by_the_sites_weights_is_settled_by_them(base: Feeding) -> None:
    weights = {**DEFAULT.weights, "birth": {**DEFAULT.weights["birth"], "one_edit": -1.0}}
    base.rules = Rules(model=replace(DEFAULT, weights=weights))
    base.tell("a", person("1", "张三", ZHANG, birthDate="1990-03-07"))
    base.tell("b", person("2", "张三", ZHANG, birthDate="1996-03-07"))
    [review] = base.reviews()
    assert review.kind == CONTRADICTION
    base.merge(claim_id("a", "1"), claim_id("b", "2"))

    assert len(set(base.persons().values())) == 1
    assert [(one.id, one.status) for one in base.reviews()] == [(review.id, "open")]
