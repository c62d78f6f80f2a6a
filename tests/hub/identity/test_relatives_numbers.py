"""A claim under a relative's ID number, and one whose person was given another name."""

from __future__ import annotations

from typing import Any

from hub.identity.questions import CONTRADICTION
from hub.records.ids import claim_id
from tests.hub.feeding import Feeding, person
from tests.hub.id_numbers import id_number

FATHERS, SONS = id_number(1), id_number(3)
HOME: dict[str, Any] = {"address": [{"text": "临江省汇川市凤河县西堡镇御景社区8幢2单元1004室"}]}
FATHER: dict[str, Any] = {"birthDate": "1970-03-08", "gender": "male", **HOME}
SON: dict[str, Any] = {"birthDate": "1999-10-18", "gender": "male", **HOME}


def family(base: Feeding) -> None:
    base.tell("police", person("1", "欧阳海棠", FATHERS, **FATHER))
    base.tell("police", person("2", "欧阳青云", SONS, **SON))


def test_under_a_relatives_number_a_claim_joins_whom_it_describes_with_one_question(base: Feeding) -> None:
    family(base)
    base.tell("a", person("7", "欧阳青云", FATHERS, **SON))
    assert base.person_of("a", "7") == claim_id("police", "2")
    [review] = base.reviews()
    assert (review.kind, set(review.claims)) == (CONTRADICTION, {claim_id("a", "7"), claim_id("police", "1")})


def test_a_lent_number_leads_to_its_owner_alone(base: Feeding) -> None:
    family(base)
    base.tell("a", person("7", "欧阳青云", FATHERS, **SON))
    base.tell("b", person("8", "欧阳海棠", FATHERS, **FATHER))
    base.tell("b", person("9", "欧阳青云", SONS, **SON))
    assert base.person_of("b", "8") == claim_id("police", "1")
    assert base.person_of("b", "9") == claim_id("police", "2")
    assert base.found("Patient.identifier", FATHERS) & set(base.persons().values()) == {claim_id("police", "1")}
    assert len(base.reviews()) == 1


def test_said_again_a_lent_number_asks_nothing_new_and_corrected_it_is_settled(base: Feeding) -> None:
    family(base)
    base.tell("a", person("7", "欧阳青云", FATHERS, **SON))
    base.tell("a", person("7", "欧阳青云", FATHERS, telecom=[{"system": "phone", "value": "13800000001"}], **SON))
    assert base.person_of("a", "7") == claim_id("police", "2")
    assert len(base.reviews()) == 1
    base.tell("a", person("7", "欧阳青云", SONS, **SON))
    assert base.person_of("a", "7") == claim_id("police", "2")
    assert [review.status for review in base.reviews()] == ["closed"]


def test_another_given_name_at_the_same_door_is_the_same_person(base: Feeding) -> None:
    base.tell("police", person("1", "欧阳海棠", FATHERS, **FATHER))
    base.tell("a", person("7", "欧阳青云", FATHERS, **FATHER))
    assert base.person_of("a", "7") == claim_id("police", "1")


def test_another_given_name_and_nothing_but_the_number_is_asked_about(base: Feeding) -> None:
    base.tell("police", person("1", "欧阳海棠", FATHERS, birthDate="1970-03-08", gender="male"))
    base.tell("a", person("7", "欧阳青云", FATHERS, birthDate="1970-03-08", gender="male"))
    assert base.person_of("a", "7") == claim_id("a", "7")
    assert CONTRADICTION in {review.kind for review in base.reviews()}


def test_one_sender_with_two_numbers_for_one_name_and_birth_date_is_asked(base: Feeding) -> None:
    for number in ("1", "2"):
        base.tell("a", person(number, "欧阳海棠", birthDate="1970-03-08", gender="male"))
    assert base.person_of("a", "2") == claim_id("a", "2")
    assert [review.detail["why"] for review in base.reviews()] == ["one_issuer"]
