"""Twins from the ward to the police: each joins her own record, and two ID numbers end what was asked of the two."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.auditing import Walk, audit
from hub.identity.explaining import explain
from hub.identity.questions import DUPLICATE
from hub.identity.rules import Rules
from hub.identity.scoring import DEFAULT
from hub.model import Claim
from hub.records.ids import claim_id
from hub.review import Reviews
from tests.hub.feeding import LI, Feeding, person
from tests.hub.identity.test_newborns import BORN, CERTIFICATE, OWN, checked, mother, of_mother

FIRST, SECOND, BOY = checked("99010120240501002"), checked("99010120240501004"), checked("99010120240501001")
ONE, TWO = f"{OWN}|B1", f"{OWN}|B2"


@pytest.fixture(autouse=True)
def register(base: Feeding) -> None:
    base.rules = Rules(verified=frozenset(["police"]))


def born(number: str, name: str, order: int, gender: str) -> Claim:
    told: dict[str, Any] = {"birthDate": BORN, "gender": gender, "multipleBirthInteger": order}
    return person(number, name, **told, **of_mother("M1", OWN))


def certified(number: str, name: str, order: int) -> Claim:
    told: dict[str, Any] = {"birthDate": BORN, "gender": "female", "multipleBirthInteger": order}
    identifier = [{"system": CERTIFICATE, "value": f"R12345678{order}"}]
    return person(number, name, identifier=identifier, **told, **of_mother(LI))


def registered(number: str, name: str, id_number: str, gender: str = "female") -> Claim:
    return person(number, name, id_number, birthDate=BORN, gender=gender, **of_mother(LI))


def two_girls(base: Feeding) -> None:
    base.tell("ward", mother())
    base.tell("ward", born(ONE, "李秀英之长女", 1, "female"))
    base.tell("ward", born(TWO, "李秀英之次女", 2, "female"))
    base.tell("mch", certified("C1", "孙一言", 1))
    base.tell("mch", certified("C2", "孙二言", 2))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_each_of_two_girls_joins_her_own_police_record(base: Feeding, order: tuple[int, int]) -> None:
    two_girls(base)
    told = {1: registered("P1", "孙一言", FIRST), 2: registered("P2", "孙二言", SECOND)}
    for which in order:
        base.tell("police", told[which])
    for which, ward in ((1, ONE), (2, TWO)):
        assert (
            base.person_of("police", f"P{which}") == base.person_of("mch", f"C{which}") == base.person_of("ward", ward)
        )
    assert len(set(base.persons().values())) == 3


def test_a_question_about_twins_ends_when_each_has_an_id_number(base: Feeding) -> None:
    two_girls(base)
    assert [(one.kind, one.status) for one in base.reviews()] == [(DUPLICATE, "open")]
    base.tell("police", registered("P1", "孙一言", FIRST))
    assert [one.status for one in base.reviews()] == ["open"]
    base.tell("police", registered("P2", "孙二言", SECOND))
    assert [one.status for one in base.reviews()] == ["closed"]
    assert Reviews(base.database).answers(base.reviews()[0].id)[-1].said == {"settled": "told apart"}


def test_a_boy_and_a_girl_of_the_ward_join_the_police_and_are_no_question_any_more(base: Feeding) -> None:
    base.tell("ward", mother())
    base.tell("ward", born(ONE, "李秀英之子", 1, "male"))
    base.tell("ward", born(TWO, "李秀英之女", 2, "female"))
    base.tell("police", registered("P1", "孙一言", BOY, "male"))
    base.tell("police", registered("P2", "孙二言", SECOND))

    assert base.person_of("police", "P1") == base.person_of("ward", ONE)
    assert base.person_of("police", "P2") == base.person_of("ward", TWO)
    assert {one.status for one in base.reviews()} == {"closed"}


def test_twins_with_id_numbers_are_no_doubt_of_the_audit_and_explained_as_two(base: Feeding) -> None:
    two_girls(base)
    base.tell("police", registered("P1", "孙一言", FIRST))
    base.tell("police", registered("P2", "孙二言", SECOND))

    assert list(audit(base.database, DEFAULT, Walk())) == []
    pairs = [("police", "P1", "police", "P2"), ("ward", ONE, "police", "P2"), ("police", "P1", "ward", TWO)]
    for feed, number, other_feed, other in pairs:
        with base.database.read() as connection:
            found = explain(connection, claim_id(feed, number), claim_id(other_feed, other), base.rules)
        assert found["today"] == {"verdict": "new", "why": "two_id_numbers"}
