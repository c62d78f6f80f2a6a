"""What people decide about persons: two are one, or some claims of one are somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import NotFound, Refused
from hub.identity.changes import change, merged_and_parted
from hub.model import Link, Unlink
from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person, visit
from tests.hub.id_numbers import id_number
from tests.hub.identity.test_histories import state

A, B, C, D = (claim_id("a", number) for number in "1234")


@pytest.fixture
def four(base: Feeding) -> Feeding:
    """Four claims, each a person with a visit."""
    for number in "1234":
        base.tell("a", person(number, f"张{number}"), visit(f"V{number}", number))
    return base


def subject(base: Feeding, number: str) -> str:
    return str(base.body("Encounter", "a", f"V{number}")["subject"]["reference"]).removeprefix("Patient/")


def test_whom_a_person_merges_leads_to_the_survivor_even_if_that_came_later(four: Feeding) -> None:
    done = four.merge(B, A)
    assert dict(done.persons) == {A: (A, B)}
    assert four.persons() == {A: B, B: B, C: C, D: D}
    assert (subject(four, "1"), done.resources) == (B, 1)
    retired = four.patient("a", "1")
    assert retired["active"] is False
    assert retired["link"] == [{"other": {"reference": f"Patient/{B}"}, "type": "replaced-by"}]
    assert four.patient("a", "2")["link"] == [{"other": {"reference": f"Patient/{A}"}, "type": "replaces"}]


def test_of_a_person_of_several_claims_the_one_it_was_known_by_leads_to_the_survivor(four: Feeding) -> None:
    four.tell("a", person("1"), events=[Link(person("2"))])
    four.merge(D, B)
    assert four.persons() == {A: D, B: D, C: C, D: D}
    assert four.patient("a", "1")["link"] == [{"other": {"reference": f"Patient/{D}"}, "type": "replaced-by"}]
    four.merge(C, A)
    assert set(four.persons().values()) == {C}


def test_what_a_person_merged_into_another_says_counts_as_before(base: Feeding) -> None:
    base.tell("a", person("1", "张1", gender="male"))
    base.tell("a", person("2", "张2", gender="female"), minute=60 * 24 * 30)
    base.merge(A, B)
    assert base.patient("a", "1")["gender"] == "female"
    assert not any(one.get("use") == "old" for one in base.patient("a", "1")["name"])


def test_whom_a_split_leaves_alike_to_others_is_asked_about_until_it_is_taken_back(base: Feeding) -> None:
    told: dict[str, str] = {"birthDate": "1970-03-08", "gender": "female"}
    base.tell("a", person("1", "欧阳海棠", id_number(1), **told))
    base.tell("b", person("2", "欧阳海堂", id_number(3), **told))
    base.tell("c", person("3", "欧阳海棠", **told))
    before, other = open_questions(base), claim_id("c", "3")
    done = base.split(other)
    assert open_questions(base) - before == {frozenset((other, claim_id("b", "2")))}
    base.undo(done.decision)
    assert open_questions(base) == before


def open_questions(base: Feeding) -> set[frozenset[str]]:
    return {frozenset(review.claims) for review in base.reviews() if review.status == "open"}


def test_what_cannot_be_merged_is_refused_with_the_reason(four: Feeding) -> None:
    four.merge(A, B)
    for one, other, error in ((A, B, Refused), (B, A, Refused), (A, A, Refused), (A, "nobody", NotFound)):
        with pytest.raises(error):
            four.merge(one, other)


def test_a_senders_word_is_overruled_and_stands_again_after_the_undo(four: Feeding) -> None:
    four.tell("a", person("1"), events=[Unlink(person("2"))])
    before = state(four)
    done = four.merge(A, B)
    assert done.overruled == (1,)
    assert four.person_of("a", "2") == A
    four.undo(done.decision)
    assert state(four) == before
    standing = four.sql("SELECT decided_by FROM decision WHERE active = true AND kind = 'not_same' ORDER BY id")
    assert standing == [("a",), ("a.person",)]
    four.restore(done.decision)
    assert four.person_of("a", "2") == A


def test_a_persons_word_must_be_taken_back_explicitly(four: Feeding) -> None:
    first = four.merge(A, B)
    four.undo(first.decision)
    with pytest.raises(Refused):
        four.merge(A, B)
    with pytest.raises(Refused):
        four.merge(B, A)
    done = four.merge(A, B, overrule=True)
    assert done.overruled == (2,)
    assert four.sql("SELECT withdrawn_by, why FROM decision WHERE id = 2") == [("a.person", "looked at both")]


@pytest.fixture
def joined(base: Feeding) -> Feeding:
    """One person by rule: the first claim holds the others together."""
    for feed in "abcd":
        base.tell(feed, person("1", "张三", ZHANG), visit("V1", "1"))
    assert len(set(base.persons().values())) == 1
    return base


def test_the_claim_that_held_a_person_together_is_taken_out_and_the_rest_stay_one(joined: Feeding) -> None:
    before = state(joined)
    first, others = claim_id("a", "1"), [claim_id(feed, "1") for feed in "bcd"]
    done = joined.split(first)
    assert joined.persons() == {first: first} | dict.fromkeys(others, others[0])
    assert joined.body("Encounter", "d", "V1")["subject"]["reference"] == f"Patient/{others[0]}"
    after = state(joined)
    joined.undo(done.decision)
    assert state(joined) == before
    joined.restore(done.decision)
    assert state(joined) == after


def test_several_claims_taken_out_are_one_person_of_their_own(joined: Feeding) -> None:
    before = state(joined)
    b, c = claim_id("b", "1"), claim_id("c", "1")
    done = joined.split(b, c)
    assert joined.persons() == {
        claim_id("a", "1"): claim_id("a", "1"),
        b: b,
        c: b,
        claim_id("d", "1"): claim_id("a", "1"),
    }
    any_of_them = joined.sql("SELECT max(id) FROM decision")[0][0]
    assert any_of_them != done.decision
    joined.undo(any_of_them)
    assert state(joined) == before
    assert joined.sql("SELECT count(*) FROM decision WHERE active = true AND kind = 'not_same'") == [(0,)]


def test_no_rule_rejoins_what_was_split(joined: Feeding) -> None:
    joined.split(claim_id("b", "1"))
    parted = joined.persons()
    joined.tell("b", person("1", "张三"), visit("V2", "1"))
    joined.tell("b", person("1", "张三", ZHANG, gender="male"), visit("V3", "1"))
    joined.tell("c", person("1", "张三", ZHANG, gender="male"))
    assert joined.persons() == parted


@pytest.mark.parametrize("claims", [(), (A, B), (A,), (A, "nobody")])
def test_what_is_no_split_is_refused(four: Feeding, claims: tuple[str, ...]) -> None:
    before = state(four)
    with pytest.raises(NotFound if "nobody" in claims else Refused):
        four.split(*claims)
    assert state(four) == before


def test_what_became_of_persons_is_kept(four: Feeding) -> None:
    done = four.merge(A, B)
    four.undo(done.decision)
    four.tell("a", person("3"), events=[Link(person("4"))])
    four.tell("a", person("3"), events=[Unlink(person("4"))])
    rows = four.sql('SELECT kind, decision, "by", entry FROM identity_change ORDER BY id')
    assert rows == [
        ("merge", done.decision, "a.person", None),
        ("undo", done.decision, "a.person", None),
        ("join", None, "a", 5),
        ("part", None, "a", 6),
    ]
    with four.database.read() as connection:
        told = [change(connection, number).told for number in (1, 2, 3, 4)]  # type: ignore[union-attr] # there are
    assert [(each.merged, each.parted) for each in told] == [
        (((A, B),), ()),
        ((), ((A, B),)),
        (((C, D),), ()),
        ((), ((C, D),)),
    ]


@pytest.mark.parametrize(
    ("persons", "merged", "parted"),
    [
        ({"b": ("b", "a")}, (("a", "b"),), ()),
        ({"a": ("a", "b"), "b": ("a", "b")}, (("b", "a"),), ()),
        ({"b": ("a", "b"), "c": ("a", "b")}, (), (("a", "b"),)),
        ({"a": ("a", "d"), "b": ("a", "b")}, (("d", "a"),), (("d", "b"),)),
    ],
)
def test_others_hear_who_became_whom(persons: Any, merged: Any, parted: Any) -> None:
    assert merged_and_parted(persons) == (merged, parted)
