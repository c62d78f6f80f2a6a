"""The invented people are like life, and always the same."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.linking.counting import Outcome, Told, found_again, pairs
from benchmarks.people import (
    CLASSES,
    DIRTY,
    FEEDS,
    LASTING,
    ORDINARY,
    PROFILES,
    SECOND,
    UNSEEN,
    Profile,
    Said,
    World,
    feeds,
    register,
    world,
)
from benchmarks.people.names import COMPOUND, TOP_SHARE, surname_of, surnames
from benchmarks.people.numbers import MOBILE, check_digit
from benchmarks.people.profiles import table
from hub import id_number_fault

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "identity.md"


@pytest.fixture(scope="module")
def people() -> World:
    return world(6_000, seed=7)


@pytest.fixture(scope="module")
def dirty(people: World) -> list[Said]:
    return list(feeds(people, DIRTY))


@pytest.fixture(scope="module")
def registered(people: World) -> list[Said]:
    return list(register(people))


def test_the_same_seed_makes_the_same_people_and_the_same_errors() -> None:
    one, other = (world(400, seed=3) for _ in range(2))
    assert one == other
    assert list(feeds(one, DIRTY)) == list(feeds(other, DIRTY))
    assert [said.claim() for said in register(one)] == [said.claim() for said in register(other)]


def test_another_seed_or_manner_makes_other_people() -> None:
    assert world(100, seed=3).residents != world(100, seed=4).residents
    assert world(100, seed=3).residents != world(100, seed=3, manner=SECOND).residents


def test_the_documented_error_model_is_the_one_that_is_used() -> None:
    document = DOCUMENT.read_text()
    assert table() in document
    for name, what in LASTING.items():
        assert f"| `{name}` | {what} |" in document


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_class_of_error_occurs(profile: Profile, people: World) -> None:
    found = Counter(name for said in feeds(people, profile) for name in said.classes)
    found.update(name for said in register(people) for name in said.classes)
    assert set(found) == {*CLASSES, *LASTING}


def test_errors_are_as_frequent_as_documented(people: World) -> None:
    told = list(feeds(people, ORDINARY))
    with_number = [said for said in told if not said.classes & {"N_BABY", "NEWBORN"} and not said.passport]
    wrong = sum("I_DIGIT" in said.classes for said in with_number) / len(with_number)
    assert 0.006 < wrong < 0.012
    flipped = sum("S_FLIP" in said.classes for said in told) / len(told)
    assert 0.002 < flipped < 0.006


def test_one_record_in_ten_is_careless_with_several_errors_at_once(people: World) -> None:
    mistakes = [
        len(said.classes & {"I_MISS", "I_DIGIT", "I_KIN", "N_HOMO", "N_ALIAS", "B_MISS", "B_YEAR", "S_FLIP", "T_MISS"})
        for said in feeds(people, ORDINARY)
    ]
    share = sum(many > 0 for many in mistakes) / len(mistakes)
    assert sum(many > 1 for many in mistakes) / len(mistakes) > 1.3 * share**2 / 2


def test_the_register_is_right(people: World, registered: list[Said]) -> None:
    assert {said.person for said in registered} == {one.number for one in people.registered}
    for said in registered:
        one = people.residents[said.person]
        assert (said.name, said.id_number, said.sex) == (one.name, one.id_number, one.sex)
        assert said.birth == one.born.isoformat()


def test_each_record_is_of_the_person_it_says_it_is_of(people: World, dirty: list[Said]) -> None:
    """What bears no class of the field is the truth."""
    for said in dirty:
        one = people.residents[said.person]
        if not said.classes & {"B_MISS", "B_LUNAR", "B_YEAR", "B_SWAP", "B_DAY", "B_JAN1", *_ABOUT_NUMBERS}:
            assert said.birth == one.born.isoformat()
        if not any(name.startswith("N_") for name in said.classes):
            assert said.name == one.name
        if not said.classes & {"I_OLD", "NEWBORN", "N_BABY", *_ABOUT_NUMBERS}:
            assert said.id_number == one.id_number


_ABOUT_NUMBERS = {name for name in CLASSES if name.startswith("I_")}


def test_numbers_are_sound_and_nobodys(people: World) -> None:
    for one in people.residents:
        if one.id_number:
            assert id_number_fault(one.id_number) is None
            assert one.id_number[0] == "9"
            assert one.id_number[6:14] == f"{one.born:%Y%m%d}"
            assert (int(one.id_number[16]) % 2 == 1) == (one.sex == "male")
        assert not one.mobile or one.mobile.startswith(MOBILE)
        assert not one.certificate or re.fullmatch(r"[A-Z]99\d{7}", one.certificate)


def test_no_phone_prefix_is_any_operators(dirty: list[Said]) -> None:
    handed_out = re.compile(r"1(3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])")
    assert not [said for said in dirty if said.phone and handed_out.match(said.phone)]


def test_a_number_is_two_peoples_only_where_the_police_gave_it_twice(people: World) -> None:
    held = Counter(one.id_number for one in people.residents if one.id_number)
    shared = [one for one in people.residents if one.id_number and held[one.id_number] > 1]
    assert shared == [one for one in people.residents if one.shares_id]
    assert shared


def test_one_number_of_a_digit_wrong_and_a_new_check_digit_is_valid(dirty: list[Said]) -> None:
    plain = [said for said in dirty if "I_VALID" in said.classes and not said.classes & {"I_BLANK", "I_LOWER"}]
    assert all(said.id_number[17] == check_digit(said.id_number[:17]) for said in plain)
    found = [said for said in dirty if "I_DIGIT" in said.classes and not said.classes & {"I_BLANK", "I_LOWER"}]
    assert all(id_number_fault(said.id_number) is not None for said in found)


def test_the_first_hundred_surnames_are_as_common_as_counted() -> None:
    names = surnames()
    random = Random(1)
    drawn = Counter(names.draw(random) for _ in range(20_000))
    first = sum(many for _, many in drawn.most_common(100)) / 20_000
    assert abs(100 * first - TOP_SHARE) < 3
    assert abs(drawn["王"] / 20_000 - 0.0725) < 0.01
    assert set(drawn) & set(COMPOUND)


def test_twins_are_three_in_a_hundred_deliveries_and_often_alike() -> None:
    many = world(20_000, seed=9)
    children = [one for one in many.residents if one.mother is not None and one.age < 27]
    twins = [one for one in children if one.twin is not None]
    deliveries = len(children) - len(twins) / 2
    assert 0.02 < len(twins) / 2 / deliveries < 0.04
    one_sex = [one for one in twins if many.residents[one.twin or 0].sex == one.sex]
    assert 0.55 < len(one_sex) / len(twins) < 0.8
    alike = [one for one in one_sex if set(_given(one.name)) & set(_given(many.residents[one.twin or 0].name))]
    assert len(alike) / len(one_sex) > 0.6
    assert all(one.name != many.residents[one.twin or 0].name for one in twins)


def _given(name: str) -> str:
    return name[len(surname_of(name)) :]


def test_one_number_of_a_hospital_is_another_person_in_the_next(dirty: list[Said]) -> None:
    persons = {(said.feed, said.number): said.person for said in dirty}
    assert len(persons) == len(dirty)
    both = [number for feed, number in persons if feed == "hospital-1" and ("hospital-2", number) in persons]
    assert sum(persons["hospital-1", number] != persons["hospital-2", number] for number in both) > 0.9 * len(both)


def test_a_newborn_comes_after_its_mother_and_names_her(people: World, dirty: list[Said]) -> None:
    at = {(said.feed, said.number): place for place, said in enumerate(dirty)}
    babies = [said for said in dirty if "N_BABY" in said.classes]
    assert babies
    for said in babies:
        assert said.mother is not None
        assert not said.id_number
        mothers = people.residents[said.person].mother
        place = at[said.feed, said.mother.number]
        assert place < at[said.feed, said.number]
        assert dirty[place].person == mothers


def test_every_feed_speaks_and_those_long_gone_are_in_old_records(people: World, dirty: list[Said]) -> None:
    assert {said.feed for said in dirty} == set(FEEDS)
    gone = [said for said in dirty if "GONE" in said.classes]
    assert any(said.feed == "records" for said in gone)
    register_of = {one.number for one in people.registered}
    assert not any(said.person in register_of for said in gone)


def test_the_unseen_world_makes_errors_in_other_ways(people: World) -> None:
    def written(name: str, told: list[Said]) -> set[str]:
        return {said.id_number for said in told if name in said.classes and not said.classes & {"I_BLANK", "I_LOWER"}}

    assert not written("I_PLACE", list(feeds(people, DIRTY))) & written("I_PLACE", list(feeds(people, UNSEEN)))


def test_joins_questions_and_misses_are_counted_as_documented() -> None:
    none = frozenset[str]()
    told = [
        Told("r1", 1, none, registered=True),
        Told("r2", 2, none, registered=True),
        Told("a", 1, frozenset({"I_MISS"})),
        Told("b", 2, none),
        Told("c", 2, none),
        Told("d", 9, none),
    ]
    person_of = {"r1": "r1", "r2": "r2", "a": "r1", "b": "r1", "c": "c", "d": "d"}
    outcome = Outcome(told, person_of, {"c", "r2"})
    everything = outcome.all
    assert (everything.claims, everything.due, everything.found) == (4, 3, 1)
    assert (everything.joined, everything.wrong, everything.asked, everything.asked_of_due) == (2, 1, 1, 1)
    assert outcome.by_class["I_MISS"].recall == 1
    assert outcome.by_class["clean"].wrong == 1


def test_pairs_are_of_one_person_in_truth_and_as_decided() -> None:
    told = [Told(claim, person, frozenset()) for claim, person in (("a", 1), ("b", 1), ("c", 1), ("d", 2))]
    found = pairs(told, {"a": "a", "b": "a", "c": "c", "d": "a"})
    assert (found.true, found.said, found.right) == (3, 3, 1)
    assert found_again(told, {"a": "a", "b": "a", "c": "c", "d": "a"}) == (1, 2)
