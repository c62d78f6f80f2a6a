"""A look through the base finds what the rules would decide otherwise today, and asks about it once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from hub.database import Connection, Statement
from hub.identity.auditing import Audits, Doubt, Walk, audit, shared_numbers
from hub.identity.claims import Claims
from hub.identity.graph import BY_RULE, Kind, Ruling, decide
from hub.identity.newborns import CHILD_OF
from hub.identity.persons import Persons
from hub.identity.rules import Rules
from hub.identity.scoring import DEFAULT, Thresholds
from hub.records.ids import claim_id
from hub.records.resources import Resources
from hub.review import Question, close, open_review
from tests.hub.feeding import LI, ZHANG, Feeding, numbered, person

DEAF = Rules(model=replace(DEFAULT, thresholds=Thresholds(link=1_000, ask=1_000)))
"""Joins by likeness and asks about it never."""
RESIDENT = "urn:oid:2.16.156.10011.1.3"
ALIKE: dict[str, Any] = {
    "birthDate": "1990-03-07",
    "gender": "male",
    "telecom": [{"system": "phone", "value": "16812345678"}],
}


@pytest.fixture
def unseen(base: Feeding) -> Feeding:
    """One resident, known to two feeds as two persons; and somebody else."""
    base.rules = DEAF
    base.tell("a", person("one", "欧阳小燕", **ALIKE))
    base.tell("b", person("two", "欧阳小艳", **ALIKE))
    base.tell("b", person("other", "王强", birthDate="1970-01-02", gender="male"))
    return base


def doubts(base: Feeding, walk: Walk | None = None, limit: int | None = None) -> list[Doubt]:
    return list(audit(base.database, DEFAULT, walk or Walk(), limit))


def decided(base: Feeding, kind: Kind, one: str, other: str, entry: int | None) -> None:
    def work(connection: Connection) -> None:
        decide(connection, kind, claim_id("a", one), claim_id("b", other), Ruling(BY_RULE, 1, {}, entry))

    base.database.serially(work)


def opened(base: Feeding, found: list[Doubt]) -> int:
    given = [{"kind": one.kind, "claims": list(one.claims), "detail": one.detail} for one in found]
    return int(Audits(base.database).ask("a.person", given)["opened"])


def states(base: Feeding) -> dict[str, str]:
    return {review.kind: review.status for review in base.reviews()}


def test_two_who_are_one_are_found_once_from_whichever_side(unseen: Feeding) -> None:
    (found,) = doubts(unseen)

    assert found.kind == "possible_duplicate"
    assert set(found.claims) == {claim_id("a", "one"), claim_id("b", "two")}
    assert found.detail["bits"] > DEFAULT.thresholds.ask


def test_what_was_found_says_no_name_number_or_date(unseen: Feeding) -> None:
    told = str(doubts(unseen))

    for value in ("欧阳", "1990", "168"):
        assert value not in told


def test_each_is_asked_about_once(unseen: Feeding) -> None:
    found = doubts(unseen)

    assert opened(unseen, found) == 1
    assert opened(unseen, found) == 0
    assert doubts(unseen) == []
    assert [review.kind for review in unseen.reviews()] == ["possible_duplicate"]


def test_who_was_decided_not_to_be_one_is_not_found_again(unseen: Feeding) -> None:
    decided(unseen, "not_same", "one", "two", None)

    assert doubts(unseen) == []


def test_a_walk_goes_on_where_it_was(unseen: Feeding) -> None:
    walk = Walk()
    first = doubts(unseen, walk, limit=1)
    assert (walk.claims, walk.whole) == (1, False)

    rest = doubts(unseen, walk)

    assert walk.whole
    assert walk.claims == 3
    assert len(first + rest) == 1


@pytest.fixture
def wrong(base: Feeding) -> Feeding:
    """Two whom a rule once joined, and nothing speaks for it."""
    base.rules = DEAF
    base.tell("a", person("one", "张三", ZHANG, birthDate="1990-03-07"))
    base.tell("b", person("two", "李四", LI, birthDate="1985-11-23"))

    def work(connection: Connection) -> None:
        one, two = claim_id("a", "one"), claim_id("b", "two")
        decide(connection, "same", one, two, Ruling(BY_RULE, 1, {}, 1))
        claims, resources = Claims(connection), Resources(connection, 1)
        Persons(connection, claims, resources, DEAF).refresh(one, None)
        claims.flush()
        resources.flush()

    base.database.serially(work)
    assert "identity_contradiction" in states(base)
    forget_reviews(base)
    return base


def forget_reviews(base: Feeding) -> None:
    """As in a base from before such questions were asked."""
    base.database.serially(lambda connection: connection.run(Statement(text("DELETE FROM review"))))


def test_a_join_whose_contradiction_is_asked_about_is_not_doubted_too(wrong: Feeding) -> None:
    reviewed(wrong, "identity_contradiction", claim_id("a", "one"), claim_id("b", "two"))

    assert doubts(wrong) == []


def test_a_join_that_nothing_supports_is_doubted_until_it_is_parted(wrong: Feeding) -> None:
    assert wrong.person_of("a", "one") == wrong.person_of("b", "two")
    (found,) = doubts(wrong)

    assert found.kind == "doubtful_join"
    assert set(found.claims) == {claim_id("a", "one"), claim_id("b", "two")}
    assert opened(wrong, [found]) == 1
    assert states(wrong)["doubtful_join"] == "open"
    wrong.tell("a", person("one", "张三", ZHANG, birthDate="1990-03-07", gender="male"))
    assert wrong.person_of("a", "one") != wrong.person_of("b", "two")
    assert states(wrong)["doubtful_join"] == "closed"


def test_what_a_person_joined_is_not_doubted(wrong: Feeding) -> None:
    decided(wrong, "same", "one", "two", None)

    assert doubts(wrong) == []


def test_a_number_that_many_have_is_told_with_its_system_alone(base: Feeding) -> None:
    base.rules = DEAF
    for number in range(4):
        base.tell("a", person(f"p{number}", f"{'赵钱孙周'[number]}大{'山河湖海'[number]}", identifier=numbered(ZHANG)))

    assert list(shared_numbers(base.database)) == []  # the rules have asked about it

    base.database.serially(lambda connection: connection.run(Statement(text("DELETE FROM review"))))
    (found,) = list(shared_numbers(base.database))

    assert found.kind == "number_shared"
    assert found.detail == {"system": "urn:oid:2.16.156.10011.1.3", "persons": 4}
    assert ZHANG not in str(found)


def reviewed(
    base: Feeding, kind: str, *claims: str, detail: dict[str, Any] | None = None, ignored: bool = False
) -> None:
    """As the rules asked before."""

    def work(connection: Connection) -> None:
        open_review(connection, Question(kind, "/".join((kind, *claims)), "a", None, claims, detail or {}))
        if ignored:
            close(connection, 1, "open", "a.person", {"verdict": "keep", "why": "left"})

    base.database.serially(work)


@pytest.mark.parametrize("ignored", [False, True])
def test_what_was_asked_under_another_name_is_not_asked_again(unseen: Feeding, ignored: bool) -> None:
    reviewed(unseen, "identity_contradiction", claim_id("a", "one"), claim_id("b", "two"), ignored=ignored)

    assert doubts(unseen) == []


def test_what_was_left_as_it_is_of_another_claim_of_the_person_is_not_asked_again(unseen: Feeding) -> None:
    unseen.tell("c", person("third", "王强", birthDate="1970-01-02", gender="male"))
    decided_between(unseen, claim_id("b", "two"), claim_id("c", "third"))
    reviewed(unseen, "possible_duplicate", claim_id("a", "one"), claim_id("c", "third"), ignored=True)

    assert [
        one for one in doubts(unseen) if one.kind == "possible_duplicate" and claim_id("a", "one") in one.claims
    ] == []


def decided_between(base: Feeding, one: str, other: str) -> None:
    def work(connection: Connection) -> None:
        decide(connection, "same", one, other, Ruling(BY_RULE, 1, {}, 1))
        claims, resources = Claims(connection), Resources(connection, 1)
        Persons(connection, claims, resources, DEAF).refresh(one, None)
        claims.flush()
        resources.flush()

    base.database.serially(work)


def test_who_shares_a_number_that_is_asked_about_is_not_asked_about_too(base: Feeding) -> None:
    base.rules = DEAF
    for number in range(4):
        base.tell("a", person(f"p{number}", f"{'赵钱孙周'[number]}大{'山河湖海'[number]}", ZHANG, **ALIKE))
    shared = next(review for review in base.reviews() if review.kind == "number_shared")
    forget_reviews(base)
    assert doubts(base) != []
    reviewed(base, "number_shared", *shared.claims, detail={"system": RESIDENT, "persons": 4})

    assert doubts(base) == []


def test_who_is_less_alike_than_what_is_asked_about_is_no_doubt(base: Feeding) -> None:
    base.rules = DEAF
    base.tell("a", person("one", "张三", ZHANG, birthDate="1990-03-07", gender="male"))
    base.tell("b", person("two", "李秀英", ZHANG, birthDate="1961-05-05", gender="female"))
    base.database.serially(lambda connection: connection.run(Statement(text("DELETE FROM review"))))

    assert all(one.detail["bits"] >= DEFAULT.thresholds.ask for one in doubts(base))


def test_children_of_one_mother_share_no_number(base: Feeding) -> None:
    def work(connection: Connection) -> None:
        claims = Claims(connection)
        for number in range(3):
            claims.renumber(claim_id("a", f"p{number}"), [], [(CHILD_OF + RESIDENT, ZHANG)])
        claims.flush()

    for number in range(3):
        base.tell("a", person(f"p{number}", f"{'赵钱孙'[number]}大{'山河湖'[number]}"))
    base.database.serially(work)

    assert list(shared_numbers(base.database)) == []
