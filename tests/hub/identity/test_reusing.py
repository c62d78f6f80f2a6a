"""A number of the sender's that is given to another person."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.questions import FAULT, REUSED
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person, visit

MANS = "990101196603070015"


def phone(number: str) -> dict[str, Any]:
    return {"telecom": [{"system": "phone", "value": number}]}


def man(id_number: str = MANS, **more: Any) -> Any:
    return person("RU1", "李建国", id_number, birthDate="1966-03-07", gender="male", **phone("13900000001"), **more)


def woman(name: str = "徐莉莉", **more: Any) -> Any:
    told = {"birthDate": "1999-12-31", "gender": "female", **phone("13900000002"), **more}
    return person("RU1", name, **told)


@pytest.mark.parametrize("id_number", [MANS, ""])
def test_who_takes_over_a_number_does_not_take_over_the_person(base: Feeding, id_number: str) -> None:
    base.tell("a", man(id_number), visit("V1", "RU1"))
    base.tell("a", woman(), visit("V2", "RU1"))
    base.tell("a", woman(name="徐丽丽"), visit("V3", "RU1"))
    base.tell("a", man(id_number), visit("V4", "RU1"))
    base.tell("a", woman(), visit("V5", "RU1"))

    subjects = [base.body("Encounter", "a", f"V{number}")["subject"]["reference"] for number in range(1, 6)]
    assert subjects[0] == subjects[3] == f"Patient/{claim_id('a', 'RU1')}"
    assert subjects[1] == subjects[2] == subjects[4] != subjects[0]
    assert base.patient("a", "RU1")["name"] == [{"text": "李建国"}]
    assert len(base.persons()) == 2
    [review] = base.reviews()
    assert review.kind == REUSED
    assert {"name", "birthDate", "gender"} <= set(review.detail["contradicted"])


def test_a_woman_of_whom_nothing_else_is_known_is_another_too(base: Feeding) -> None:
    base.tell("a", person("RU1", "李建国", birthDate="1966-03-07"))
    base.tell("a", person("RU1", "徐莉莉", birthDate="1999-12-31"))
    assert len(set(base.persons().values())) == 2


@pytest.mark.parametrize(
    "corrected",
    [
        woman(birthDate="1966-03-07"),
        woman(birthDate="1966-03-08"),
        woman(name="李建军"),
        woman(name="李建国"),
        person("RU1", "徐莉莉", MANS, birthDate="1999-12-31", gender="female"),
        person("RU1", "徐莉莉", birthDate="1999-12-31", gender="male", **phone("13900000001")),
        person("RU1", "徐莉莉"),
        woman(name="急诊患者001"),
    ],
)
def test_one_or_two_that_change_are_a_correction(base: Feeding, corrected: Any) -> None:
    base.tell("a", man())
    base.tell("a", corrected)
    assert list(base.persons()) == [claim_id("a", "RU1")]
    assert REUSED not in {review.kind for review in base.reviews()}


@pytest.mark.parametrize("before", ["王芳之子", "无名氏", "无名氏3", "急诊患者001", "未知"])
def test_who_had_no_name_is_named(base: Feeding, before: str) -> None:
    base.tell("a", person("1", before, birthDate="1980-01-02", gender="male"))
    base.tell("a", person("1", "徐莉莉", birthDate="1999-12-31", gender="female"))
    assert list(base.persons()) == [claim_id("a", "1")]
    assert base.reviews() == []


def test_a_guessed_birth_date_is_no_other(base: Feeding) -> None:
    base.tell("a", person("1", "李建国", birthDate="1970-01-01", gender="male"))
    base.tell("a", person("1", "徐莉莉", birthDate="1999-12-31", gender="female"))
    assert list(base.persons()) == [claim_id("a", "1")]


def test_a_number_that_tells_another_birth_date_and_sex_is_asked_about_once(base: Feeding) -> None:
    base.tell("a", person("1", "徐莉莉", ZHANG, birthDate="1999-12-31", gender="female"))
    base.tell("a", person("1", "徐莉莉", ZHANG, birthDate="1999-12-30", gender="female"))
    [review] = base.reviews()
    assert (review.kind, review.detail["faults"]) == (FAULT, ["mismatch_birth", "mismatch_sex"])

    base.tell("a", person("1", "徐莉莉", ZHANG, birthDate="1990-03-07", gender="female"))
    assert [one.status for one in base.reviews()] == ["closed"]


@pytest.mark.parametrize("told", [{"birthDate": "1999-12-31"}, {"gender": "female"}])
def test_one_of_both_is_a_slip(base: Feeding, told: dict[str, str]) -> None:
    base.tell("a", person("1", "张三", ZHANG, **({"birthDate": "1990-03-07", "gender": "male"} | told)))
    assert base.reviews() == []
