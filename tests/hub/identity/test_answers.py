"""What somebody answers about persons is a decision, taken back without a trace; what settles itself is not asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.errors import NotFound, Refused
from hub.identity.acting import Act
from hub.identity.answers import Said, Verdict, answer, put_off, take_back
from hub.identity.columns import side_by_side
from hub.identity.merges import merge_persons
from hub.identity.questions import CONTRADICTION, FAULT
from hub.identity.undoing import undo
from hub.model import Json, Unlink
from hub.records.ids import claim_id
from hub.records.json import decode
from hub.records.times import now
from hub.review import Question, Review, Reviews, Wanted, open_review
from tests.hub.feeding import LI, ZHANG, Feeding, person, visit

A, B, C = claim_id("a", "1"), claim_id("b", "2"), claim_id("c", "3")
FAULTY = "990101199003070016"


@pytest.fixture
def asked(base: Feeding) -> Feeding:
    """One resident's number under two names."""
    base.tell("a", person("1", "张三", ZHANG, birthDate="1990-03-07"), visit("V1", "1"))
    base.tell("b", person("2", "李四", ZHANG, birthDate="1961-05-05"), visit("V2", "2"))
    return base


def act(base: Feeding, work: Any) -> Any:
    return base.database.serially(lambda connection: work(Act(connection, "cli:wang", "looked", base.rules)))


def decide(base: Feeding, verdict: Verdict, *claims: str, review: int = 0, overrule: bool = False) -> Json:
    number, said = review or the(base).id, Said(verdict, "looked", claims, overrule=overrule)
    found: Json = act(base, lambda one: answer(one, number, said))
    return found


def undone(base: Feeding, review: int = 0) -> Json:
    found: Json = act(base, lambda one: take_back(one, review or the(base).id))
    return found


def the(base: Feeding) -> Review:
    (found,) = base.reviews()
    return found


def state(base: Feeding) -> list[Any]:
    """All that a person sees of persons; versions and times left out."""
    bodies = base.sql("SELECT type, id, person, claim FROM resource ORDER BY type, id")
    links = [(id_, base.patient(*whose).get("link")) for id_, whose in ((A, ("a", "1")), (B, ("b", "2")))]
    return [base.persons(), bodies, links, [(one.id, one.status) for one in base.reviews()]]


def test_the_same_joins_and_closes_and_is_taken_back_exactly(asked: Feeding) -> None:
    before = state(asked)
    done = decide(asked, "same")
    assert (done["status"], asked.persons()) == ("closed", {A: A, B: A})
    assert asked.body("Encounter", "b", "V2")["subject"]["reference"] == f"Patient/{A}"

    assert undone(asked)["status"] == "open"
    assert state(asked) == before
    assert asked.sql("SELECT count(*) FROM decision WHERE active") == [(0,)], "no not-same is left"
    assert decide(asked, "same")["status"] == "closed"


def test_not_the_same_is_remembered_by_every_rule(asked: Feeding) -> None:
    decide(asked, "not_same")
    asked.tell("b", person("2", "张三", ZHANG, birthDate="1990-03-07"))
    assert asked.persons() == {A: A, B: B}

    undone(asked)
    asked.tell("b", person("2", "张三", ZHANG, birthDate="1990-03-08"))
    asked.tell("b", person("2", "张三", ZHANG, birthDate="1990-03-07"))
    assert asked.persons() == {A: A, B: A}


def test_not_the_same_of_what_a_rule_joined_parts_it_and_undo_joins_it(base: Feeding) -> None:
    base.tell("a", person("1", "张三", ZHANG))
    base.tell("b", person("2", "张三", ZHANG))
    base.tell("c", person("3", "张三", ZHANG))
    base.database.serially(lambda connection: open_review(connection, Question(CONTRADICTION, "k", "b", 2, (A, B), {})))
    decide(base, "not_same")
    assert base.person_of("a", "1") != base.person_of("b", "2")
    undone(base)
    assert set(base.persons().values()) == {A}


def test_later_is_listed_last_until_its_day(asked: Feeding) -> None:
    asked.tell("c", person("3", "赵六", identifier=[{"system": "urn:oid:2.16.156.10011.1.3", "value": FAULTY}]))
    contradiction = next(one for one in asked.reviews() if one.kind == CONTRADICTION)
    tomorrow = now() + int(timedelta(days=1) / timedelta(microseconds=1))
    number = contradiction.id
    asked.database.serially(lambda one: put_off(one, "cli:wang", number, Said("later", "", until=tomorrow)))

    reviews = Reviews(asked.database)
    assert [one.kind for one in reviews.list(later=False)] == [FAULT]
    assert [one.id for one in reviews.list(later=True)] == [number]
    assert reviews.until([number]) == {number: tomorrow}
    assert undone(asked, number)["status"] == "open"
    assert reviews.list(later=True) == []


def test_a_merge_by_hand_settles_the_question_and_so_does_its_undo(base: Feeding) -> None:
    base.tell("a", person("1", "张三", birthDate="1990-03-07"))
    base.tell("b", person("2", "李四", birthDate="1961-05-05"))
    base.database.serially(
        lambda connection: open_review(connection, Question("possible_duplicate", "k", "b", 2, (A, B), {}))
    )
    done = act(base, lambda one: merge_persons(one, A, B))
    assert the(base).status == "closed"
    assert Reviews(base.database).answers(the(base).id)[-1].said == {"settled": "joined"}

    act(base, lambda one: undo(one, done.decision))
    assert the(base).status == "closed", "parted by a person: there is nothing to ask"


def test_a_decision_taken_back_elsewhere_opens_its_question(asked: Feeding) -> None:
    (decision,) = decide(asked, "not_same")["decisions"]
    act(asked, lambda one: undo(one, decision))
    assert the(asked).status == "open"
    with pytest.raises(Refused):
        undone(asked)


def test_a_corrected_number_settles_what_was_asked_about_it(asked: Feeding) -> None:
    asked.tell("b", person("2", "李四", LI, birthDate="1961-05-05"))
    assert the(asked).status == "closed"
    asked.tell("b", person("2", "李四", ZHANG, birthDate="1961-05-05"))
    assert the(asked).status == "open", "it has come up again"


def test_a_faulty_number_is_asked_about_until_it_is_corrected(base: Feeding) -> None:
    base.tell("a", person("1", "张三", FAULTY))
    assert (the(base).kind, the(base).status) == (FAULT, "open")
    with pytest.raises(Refused):
        decide(base, "same")
    base.tell("a", person("1", "张三", ZHANG))
    assert the(base).status == "closed"


def test_what_is_kept_as_it_is_is_closed_and_can_be_opened(base: Feeding) -> None:
    base.tell("a", person("1", "张三", FAULTY))
    assert decide(base, "keep")["status"] == "closed"
    assert undone(base)["status"] == "open"


def test_of_several_those_that_are_one_are_named(base: Feeding) -> None:
    for feed, number, name in (("a", "1", "张三"), ("b", "2", "李四"), ("c", "3", "王五")):
        base.tell(feed, person(number, name))
    base.database.serially(
        lambda connection: open_review(connection, Question("possible_duplicate", "k", "a", 1, (A, B, C), {}))
    )
    with pytest.raises(Refused):
        decide(base, "same")
    assert decide(base, "same", A, B)["status"] == "open"
    assert decide(base, "not_same", A, C)["status"] == "closed"
    assert base.persons() == {A: A, B: A, C: C}
    undone(base)
    assert the(base).status == "open"
    undone(base)
    assert base.persons() == {A: A, B: B, C: C}
    with pytest.raises(Refused):
        undone(base)


def test_a_question_is_found_by_its_claims(asked: Feeding) -> None:
    reviews = Reviews(asked.database)
    assert [one.claims for one in reviews.list(wanted=Wanted(claim=A))] == [(B, A)]
    assert reviews.list(wanted=Wanted(claim=C)) == []
    assert reviews.list(wanted=Wanted(feed="a")) == []
    (count,) = reviews.counts(Wanted())
    assert (count.kind, count.status, count.reviews) == (CONTRADICTION, "open", 1)


def test_a_senders_unlink_settles_the_question(base: Feeding) -> None:
    base.tell("a", person("1", "张三"))
    base.tell("a", person("2", "张三"))
    two = claim_id("a", "2")
    base.database.serially(
        lambda connection: open_review(connection, Question("possible_duplicate", "k", "a", 1, (A, two), {}))
    )
    base.tell("a", person("1", "张三"), events=[Unlink(person("2", "张三"))])
    assert the(base).status == "closed"


def test_what_cannot_be_answered_says_why(asked: Feeding) -> None:
    for verdict, claims in (("same", (A,)), ("same", (A, C))):
        with pytest.raises(Refused):
            decide(asked, verdict, *claims)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        decide(asked, "same", review=99)
    decide(asked, "not_same")
    with pytest.raises(Refused):
        decide(asked, "same")


def test_what_an_answer_brings_up_is_settled_when_it_is_taken_back(base: Feeding) -> None:
    """Two ID numbers of one person are a question only as long as somebody calls the two one."""

    def waiting() -> list[str]:
        return [one.kind for one in base.reviews() if one.status == "open"]

    base.tell("a", person("1", "张三", ZHANG, birthDate="1990-03-07"))
    base.tell("b", person("2", "张三", LI, birthDate="1990-03-07"))
    asked = the(base).id
    for _ in range(2):
        assert waiting() == ["possible_duplicate"]
        decide(base, "same", review=asked, overrule=True)
        assert waiting() == [CONTRADICTION]
        undone(base, asked)
    assert waiting() == ["possible_duplicate"]


def test_two_with_an_id_number_each_are_one_only_if_that_is_said_too(base: Feeding) -> None:
    """Also where the claims that are asked about tell none: the number is the person's."""
    for feed, name, number in (("a", "张三", ZHANG), ("b", "李四", LI)):
        base.tell(feed, person("1", name, number))
        base.tell(feed, person("2", f"小{name}"))
        base.merge(claim_id(feed, "1"), claim_id(feed, "2"))
    ones, others = (claim_id(feed, "2") for feed in ("a", "b"))
    question = Question("possible_duplicate", "k", "b", 2, (ones, others), {})
    base.database.serially(lambda connection: open_review(connection, question))
    asked = next(one.id for one in base.reviews() if one.key == "k")
    before = base.persons()

    with base.database.read() as connection:
        beside = side_by_side(connection, [ones, others], base.rules)
    assert "two_id_numbers" in beside["compared"][0]["vetoes"]
    numbers = next(row["values"] for row in beside["fields"] if row["field"] == "persons_id_number")
    assert numbers == [[{"value": ZHANG}], [{"value": LI}]]
    with pytest.raises(Refused):
        decide(base, "same", review=asked)
    assert base.persons() == before
    decide(base, "same", review=asked, overrule=True)
    assert len(set(base.persons().values())) == 1
    undone(base, asked)
    assert base.persons() == before


def test_a_merge_told_again_after_it_was_taken_back_can_be_answered_as_right(base: Feeding) -> None:
    one, two = claim_id("a", "1"), claim_id("a", "2")
    base.tell("a", person("1", "张三"))
    base.tell("a", person("2", "张小三"))
    base.tell("a", person("1", "张三"), merge=[person("2", "张小三")])
    [(merged,)] = base.sql("SELECT id FROM decision WHERE active")
    base.undo(merged)
    assert len(set(base.persons().values())) == 2
    base.tell("a", person("1", "张三"), merge=[person("2", "张小三")])
    assert (the(base).kind, the(base).status) == ("merge_contradicts_decision", "open")
    before = base.sql("SELECT id, active FROM decision ORDER BY id")

    (made,) = decide(base, "same")["decisions"]
    assert (base.persons(), the(base).status) == ({one: one, two: one}, "closed")
    [(evidence,)] = base.sql("SELECT evidence FROM decision WHERE id = :id", id=made)
    assert decode(evidence)["overruled"], "what was decided before is named"

    undone(base)
    assert (base.persons(), the(base).status) == ({one: one, two: two}, "open")
    after = base.sql("SELECT id, active FROM decision WHERE id <> :id ORDER BY id", id=made)
    assert after == before
