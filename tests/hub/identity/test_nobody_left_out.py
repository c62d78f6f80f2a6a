"""What random histories once left unasked or asked in one order only, each as small as it goes."""

from __future__ import annotations

from hub.identity.questions import DUPLICATE, SHARED
from hub.model import Link
from hub.records.ids import claim_id
from tests.hub.feeding import LI, ZHANG, Feeding, person

MAN = {"birthDate": "1988-11-23", "gender": "male"}
WOMAN = {"birthDate": "1970-03-08", "gender": "female"}


def asked_together(base: Feeding) -> set[frozenset[str]]:
    return {frozenset(review.claims) for review in base.reviews()}


def test_a_number_that_many_hold_hides_nobody_of_its_holders_who_is_like_the_claim(base: Feeding) -> None:
    base.tell("a", person("1", "司马青云", ZHANG, **MAN))
    base.tell("a", person("2", "欧阳海棠", **WOMAN))
    base.tell("a", person("1"), events=[Link(person("2"))])
    base.tell("b", person("1", "司马青云", ZHANG, **MAN | {"birthDate": "1961-05-05"}))
    base.tell("c", person("1", "欧阳海棠", ZHANG, **WOMAN))
    base.tell("b", person("2", "欧阳海棠", ZHANG, **WOMAN))

    assert SHARED in {review.kind for review in base.reviews()}
    assert frozenset((claim_id("b", "2"), claim_id("a", "2"))) in asked_together(base)


def test_whoever_is_a_little_like_a_claim_is_asked_about_also_where_the_best_may_not_be_joined(base: Feeding) -> None:
    """Two numbers of one feed: as alike as they are, they are a question, and so is the other one."""
    base.tell("b", person("1", "欧阳海燕", LI, **WOMAN))
    base.tell("a", person("1", "欧阳海棠", **WOMAN))
    base.tell("a", person("2", "欧阳海棠", **WOMAN))

    first, second, other = claim_id("a", "1"), claim_id("a", "2"), claim_id("b", "1")
    pairs = {frozenset(pair) for pair in ((first, second), (first, other), (second, other))}
    assert pairs <= asked_together(base)


def test_two_who_are_a_little_alike_are_no_question_once_each_has_a_number(base: Feeding) -> None:
    base.tell("b", person("1", "欧阳海燕", LI, **WOMAN))
    base.tell("a", person("1", "欧阳海棠", **WOMAN))
    assert questions(base) == ["open"]

    base.tell("c", person("1", "欧阳海棠", ZHANG, **WOMAN))
    assert base.person_of("a", "1") == base.person_of("c", "1")
    assert questions(base) == ["closed"]

    base.split(claim_id("c", "1"))
    assert questions(base) == ["open"]


def test_a_split_that_was_taken_back_asks_again_when_it_is_made_again(base: Feeding) -> None:
    base.tell("a", person("1", "欧阳海棠", ZHANG, **WOMAN))
    base.tell("c", person("1", "欧阳海棠", ZHANG, **WOMAN))
    base.tell("c", person("2", "欧阳海棠", **WOMAN))
    assert questions(base) == ["open"]

    done = base.split(claim_id("c", "1"))
    assert questions(base) == ["open", "open"]
    base.undo(done.decision)
    assert sorted(questions(base)) == ["closed", "open"]
    base.split(claim_id("c", "1"))
    assert sorted(questions(base)) == ["closed", "open", "open"]


def questions(base: Feeding) -> list[str]:
    return [review.status for review in base.reviews() if review.kind == DUPLICATE]
