"""What random histories once left unasked or asked in one order only, each as small as it goes."""

from __future__ import annotations

from hub.identity.questions import SHARED
from hub.model import Link
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person

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
