"""A child without name and number is found through its mother; twins stay two."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from hub.identity.questions import DUPLICATE
from hub.model import Claim
from hub.model.person import MOTHER_EXTENSION
from tests.hub.feeding import ID, LI, ZHANG, Feeding, person
from tests.hub.id_numbers import WEIGHTS

OWN, CERTIFICATE = "urn:hub:hospital:HOSP", "urn:oid:2.16.156.10011.1.6"
BORN = "2024-05-01"
CHILDS = "99010120240501001"


def of_mother(number: str, system: str = ID) -> dict[str, Any]:
    return {"extension": [{"url": MOTHER_EXTENSION, "valueIdentifier": {"system": system, "value": number}}]}


def checked(body: str) -> str:
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def mother(number: str = "M1") -> Claim:
    return person(f"{OWN}|{number}", "李秀英", LI, gender="female", birthDate="1985-11-23")


def newborn(number: str, **elements: Any) -> Claim:
    return person(f"{OWN}|{number}", "李秀英之子", gender="male", birthDate=BORN, **of_mother("M1", OWN), **elements)


def certified(**elements: Any) -> Claim:
    numbers = [{"system": CERTIFICATE, "value": "R123456789"}]
    return person("C1", "张小宝", gender="male", birthDate=BORN, identifier=numbers, **of_mother(LI), **elements)


def registered(**elements: Any) -> Claim:
    return person("P1", "张小宝", checked(CHILDS), gender="male", birthDate=BORN, **of_mother(LI), **elements)


def vaccinated() -> Claim:
    return person("V1", "张小宝", checked(CHILDS))


TOLD = {
    "mother": ("hospital", mother()),
    "newborn": ("hospital", newborn("B1")),
    "certificate": ("mch", certified()),
    "police": ("police", registered()),
    "dose": ("vaccination", vaccinated()),
}


def person_of(base: Feeding, name: str) -> str:
    feed, claim = TOLD[name]
    return base.person_of(feed, claim.source_id)


def test_a_newborn_a_certificate_a_registration_and_a_dose_are_one_child(base: Feeding) -> None:
    for feed, claim in TOLD.values():
        base.tell(feed, claim)
    assert {person_of(base, name) for name in TOLD if name != "mother"} == {person_of(base, "newborn")}
    assert person_of(base, "mother") != person_of(base, "newborn")
    assert base.reviews() == []
    related = base.sql("SELECT count(*) FROM decision WHERE kind = 'mother_of'")
    assert related[0][0] >= 1
    assert all(number not in str(base.sql("SELECT evidence FROM decision")) for number in (LI, checked(CHILDS)))


@pytest.mark.parametrize("order", [order for at, order in enumerate(permutations(TOLD)) if at % 11 == 0])
def test_the_child_is_one_in_whatever_order_its_feeds_are_heard(base: Feeding, order: tuple[str, ...]) -> None:
    for name in order:
        base.tell(*TOLD[name])
    assert len({person_of(base, name) for name in TOLD if name != "mother"}) == 1
    assert person_of(base, "mother") != person_of(base, "newborn")


def test_within_one_transaction_too(base: Feeding) -> None:
    base.tell_all([base.message(feed, claim) for feed, claim in TOLD.values()])
    assert len(set(base.persons().values())) == 2


def test_twins_are_two_and_a_certificate_that_may_be_of_either_is_asked_about(base: Feeding) -> None:
    base.tell("hospital", mother())
    for number in ("B1", "B2"):
        base.tell("hospital", newborn(number))
    assert len(set(base.persons().values())) == 3
    assert [review.kind for review in base.reviews()] == [DUPLICATE]
    base.tell("mch", certified())
    assert len(set(base.persons().values())) == 4
    assert {review.kind for review in base.reviews()} == {DUPLICATE}


def test_the_order_of_birth_tells_twins_apart(base: Feeding) -> None:
    base.tell("hospital", mother())
    for order in (1, 2):
        base.tell("hospital", newborn(f"B{order}", multipleBirthInteger=order))
    base.tell("mch", certified(multipleBirthInteger=2))
    assert base.person_of("mch", "C1") == base.person_of("hospital", f"{OWN}|B2")
    assert len(set(base.persons().values())) == 3


def test_a_mother_who_gets_her_number_later_leads_to_her_child(base: Feeding) -> None:
    base.tell("hospital", person(f"{OWN}|M1", "李秀英", gender="female"))
    base.tell("hospital", newborn("B1"))
    base.tell("mch", certified())
    assert len(set(base.persons().values())) == 3
    base.tell("hospital", mother())
    assert base.person_of("mch", "C1") == base.person_of("hospital", f"{OWN}|B1")


def test_a_mothers_other_child_is_another_person(base: Feeding) -> None:
    base.tell("hospital", mother())
    base.tell("hospital", newborn("B1"))
    elder = person("C9", "张大宝", gender="male", birthDate="2021-03-02", **of_mother(LI))
    base.tell("mch", elder)
    assert len(set(base.persons().values())) == 3
    assert base.reviews() == []


def test_a_fathers_number_given_for_the_mothers_makes_nobody_a_mother(base: Feeding) -> None:
    base.tell("a", person("F", "张三", ZHANG, gender="male"))
    base.tell("mch", person("C1", "张小宝", birthDate=BORN, **of_mother(ZHANG)))
    assert base.sql("SELECT count(*) FROM decision WHERE kind = 'mother_of'") == [(0,)]


@pytest.mark.parametrize(
    ("called", "sex", "other", "others_sex"),
    [
        ("李秀英之女", "male", "李秀英之子", "male"),
        ("李秀英之女", "male", "李秀英之女", "female"),
        ("李秀英之女", "male", "张小宝", "male"),
        ("李秀英之子", "female", "李秀英之女", "female"),
        ("李秀英之女", None, "李秀英之子", None),
    ],
)
def test_a_daughter_said_to_be_a_boy_joins_nobody_and_is_asked_about(
    base: Feeding, called: str, sex: str | None, other: str, others_sex: str | None
) -> None:
    """Whichever is mistyped, the word or the sex: she may be the twin."""

    def child(number: str, name: str, gender: str | None) -> Claim:
        elements = {"gender": gender} if gender else {}
        return person(number, name, birthDate=BORN, **elements, **of_mother(LI))

    base.tell("hospital", person("M1", "李秀英", LI, gender="female", birthDate="1985-11-23"))
    base.tell("mch", child("C1", other, others_sex))
    base.tell("hospital", child("B1", called, sex))
    assert base.person_of("hospital", "B1") != base.person_of("mch", "C1")
    [asked] = [one for one in base.reviews() if one.kind == DUPLICATE]
    assert "sex_of_newborn" in asked.detail["vetoes"]


def test_a_girl_who_is_called_a_son_as_any_child_is_found(base: Feeding) -> None:
    """之子 is said of girls, too."""
    base.tell("hospital", person("M1", "李秀英", LI, gender="female", birthDate="1985-11-23"))
    base.tell("mch", person("C1", "张小美", gender="female", birthDate=BORN, **of_mother(LI)))
    base.tell("hospital", person("B1", "李秀英之子", gender="female", birthDate=BORN, **of_mother(LI)))
    assert base.person_of("hospital", "B1") == base.person_of("mch", "C1")
    assert base.reviews() == []
