"""What a sender says of two of its numbers while both stay in use: one person, or two."""

from __future__ import annotations

import pytest

from hub.errors import Refused, Rejected
from hub.identity.settled import LINK_BLOCKED, UNLINK_BLOCKED
from hub.model import Link, Merge, Move, Unlink
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person, visit

ONE, TWO, THREE = (person(number, f"张{number}") for number in "123")
PAIR = {claim_id("a", "1"), claim_id("a", "2")}


@pytest.fixture
def linked(base: Feeding) -> Feeding:
    for number, claim in (("1", ONE), ("2", TWO)):
        base.tell("a", claim, visit(f"V{number}", number))
    base.tell("a", ONE, events=[Link(TWO)])
    return base


def standing(base: Feeding) -> list[tuple[str, str]]:
    return base.sql("SELECT kind, decided_by FROM decision WHERE active = true ORDER BY id")


def test_linked_numbers_are_one_person_and_neither_is_retired(linked: Feeding) -> None:
    assert set(linked.persons().values()) == {claim_id("a", "1")}
    assert linked.body("Encounter", "a", "V2")["subject"]["reference"] == f"Patient/{claim_id('a', '1')}"
    assert linked.patient("a", "2")["link"] == [
        {"other": {"reference": f"Patient/{claim_id('a', '1')}"}, "type": "seealso"}
    ]
    assert "active" not in linked.patient("a", "2")


def test_said_again_either_way_round_changes_nothing(linked: Feeding) -> None:
    linked.tell("a", ONE, events=[Link(TWO)])
    linked.tell("a", TWO, events=[Link(ONE)])
    linked.tell("a", ONE, events=[Link(ONE)])
    assert linked.sql("SELECT count(*) FROM decision") == [(1,)]


def test_an_unlink_gives_each_back_its_own_and_rules_honour_it(linked: Feeding) -> None:
    linked.tell("a", TWO, events=[Unlink(ONE)])
    linked.tell("a", TWO, events=[Unlink(ONE)])
    assert standing(linked) == [("not_same", "a")]
    assert set(linked.persons().values()) == PAIR
    assert linked.body("Encounter", "a", "V2")["subject"]["reference"] == f"Patient/{claim_id('a', '2')}"
    linked.tell("a", person("1", "张三", ZHANG))
    linked.tell("a", person("2", "张三", ZHANG))
    assert set(linked.persons().values()) == PAIR


def test_the_sender_takes_its_own_words_back_as_often_as_it_likes(linked: Feeding) -> None:
    for _ in range(2):
        linked.tell("a", ONE, events=[Unlink(TWO)])
        assert standing(linked) == [("not_same", "a")]
        linked.tell("a", ONE, events=[Link(TWO)])
        assert standing(linked) == [("same", "a")]
    linked.tell("a", ONE, events=[Unlink(TWO)])
    linked.tell("a", ONE, events=[Merge(TWO)])
    assert standing(linked) == [("same", "a")]
    assert linked.reviews() == []


def test_an_unlink_takes_back_what_a_rule_found_between_the_two(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG))
    base.tell("b", person("9", "张三", ZHANG))
    base.tell("a", person("2", "张三", ZHANG))
    assert len(set(base.persons().values())) == 1
    base.tell("a", person("1"), events=[Unlink(person("2"))])
    assert base.person_of("a", "1") != base.person_of("a", "2")


def test_a_link_never_overrules_a_person(linked: Feeding) -> None:
    linked.undo(1)
    linked.tell("a", ONE, events=[Link(TWO)])
    assert set(linked.persons().values()) == PAIR
    assert [review.kind for review in linked.reviews()] == [LINK_BLOCKED]


def test_another_senders_word_holds_two_together_and_a_person_is_asked(base: Feeding) -> None:
    base.tell("a", ONE, events=[Link(THREE)])
    base.tell("a", TWO, events=[Link(THREE)])
    base.tell("a", ONE, events=[Unlink(TWO)])
    assert len(set(base.persons().values())) == 1
    assert [review.kind for review in base.reviews()] == [UNLINK_BLOCKED]


def test_taking_back_an_unlink_restores_what_it_parted(base: Feeding) -> None:
    base.tell("a", ONE, merge=[TWO])
    base.tell("a", ONE, events=[Unlink(TWO)])
    assert base.patient("a", "2").get("active") is None
    base.undo(2)
    assert set(base.persons().values()) == {claim_id("a", "1")}
    assert base.patient("a", "2")["active"] is False, "the merge stands again, not only the joining"
    assert standing(base) == [("same", "a")], "it is the sender's word again"
    base.restore(2)
    assert set(base.persons().values()) == PAIR
    base.undo(2)
    base.undo(1)
    assert set(base.persons().values()) == PAIR
    with pytest.raises(Refused):
        base.restore(3)


def test_an_old_message_sent_through_again_does_not_undo_a_newer_word(base: Feeding) -> None:
    base.tell("a", ONE, events=[Link(TWO)], minute=0)
    base.tell("a", ONE, events=[Unlink(TWO)], minute=2)
    base.tell("a", ONE, events=[Link(TWO)], minute=1)
    base.tell("a", ONE, events=[Merge(TWO)], minute=1)
    assert set(base.persons().values()) == PAIR
    assert standing(base) == [("not_same", "a")]


def test_a_link_must_name_both_numbers(base: Feeding) -> None:
    with pytest.raises(Rejected):
        base.tell("a", ONE, events=[Link(person(""))])


def test_a_number_that_moves_to_another_person_leaves_the_one_it_was(linked: Feeding) -> None:
    linked.tell("a", THREE, events=[Move(("Patient", "2"), since=ONE)])
    assert linked.person_of("a", "2") == linked.person_of("a", "3") != linked.person_of("a", "1")
