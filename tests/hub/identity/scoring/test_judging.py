"""What follows for a claim: joined to one person, asked about, or a person of its own."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.normalise import Address, Description
from hub.identity.scoring import DEFAULT, Candidate, Judgement, at_home, judge
from tests.hub.identity.scoring.people import HOME, PHONE, id_number, mother, person
from tests.hub.identity.scoring.test_comparing import DESCRIPTIONS

MINE = id_number()


def judged(mine: Description, *others: Description) -> Judgement:
    """Each of them a person of its own."""
    return judge(mine, [Candidate(str(place), str(place), other) for place, other in enumerate(others)], DEFAULT)


def told(judgement: Judgement) -> tuple[str, str, list[str]]:
    return judgement.verdict, judgement.why, [candidate.claim for candidate, _ in judgement.compared]


def test_nobody_alike_is_a_new_person() -> None:
    assert told(judged(person())) == ("new", "nobody_alike", [])


def test_a_number_and_a_name_are_enough() -> None:
    assert told(judged(person(id_numbers=(MINE,), birth=""), person(id_numbers=(MINE,)))) == ("same", "number", ["0"])


def test_a_health_card_and_a_name_are_enough() -> None:
    card = (("card", "99000001"),)
    assert told(judged(person(papers=card), person("张晓伟", papers=card, birth="1980-05-07"))) == (
        "same",
        "number",
        ["0"],
    )


def test_without_a_number_name_and_birth_date_and_home_are_enough() -> None:
    assert judged(person("张小玮", addresses=(HOME,)), person(addresses=(HOME,))).verdict == "same"


def test_a_common_name_alone_is_not() -> None:
    assert judged(person("王伟", birth="", addresses=()), person("王伟")).verdict == "new"


def test_two_sound_numbers_are_asked_about_however_much_else_agrees() -> None:
    one = person(id_numbers=(MINE,), phones=(PHONE,), addresses=(HOME,))
    other = person(id_numbers=(id_number(sequence=346),), phones=(PHONE,), addresses=(HOME,))
    assert told(judged(one, other)) == ("ask", "two_id_numbers", ["0"])


def test_a_number_under_another_name_and_birth_date_is_asked_about() -> None:
    holder = person("李国强", birth="1962-11-23", id_numbers=(id_number("1962-11-23"),))
    assert judged(person(id_numbers=(id_number("1962-11-23"),)), holder).verdict == "ask"


def test_a_relatives_number_counts_nothing_and_the_rest_decides() -> None:
    father = person("张国强", birth="1950-01-02", id_numbers=(id_number("1950-01-02"),), addresses=(HOME,))
    son = person(id_numbers=(MINE,), addresses=(HOME,))
    mine = person(id_numbers=father.id_numbers, addresses=(HOME,))
    assert told(judged(mine, father, son)) == ("same", "relatives_id", ["1"])


def test_a_relatives_number_that_filled_in_the_birth_date_is_seen_in_the_relatives_home() -> None:
    father = person("张国强", birth="1950-01-02", id_numbers=(id_number("1950-01-02"),), addresses=(HOME,))
    son = person(id_numbers=(MINE,), addresses=(HOME,))
    mine = person(birth="1950-01-02", id_numbers=father.id_numbers)
    found = [Candidate("0", "0", father)]
    home = at_home(mine, found, DEFAULT)
    assert home is not None
    assert home.addresses == (HOME,)
    assert told(judged(mine, father, son)) == ("same", "relatives_id", ["1"])


def test_who_has_been_renamed_keeps_the_number() -> None:
    mine = person("张美丽", sex="female", id_numbers=(MINE,))
    assert told(judged(mine, person("张招弟", sex="female", id_numbers=(MINE,)))) == ("same", "number_and_birth", ["0"])


def test_two_who_are_as_like_are_asked_about() -> None:
    one, other = (person(id_numbers=(id_number(sequence=place),)) for place in (12, 346))
    assert told(judged(person(), one, other)) == ("ask", "margin", ["0", "1"])


def test_two_that_may_be_one_person_are_no_choice() -> None:
    registered, careless = person(id_numbers=(MINE,)), person(birth="", phones=(PHONE,))
    assert told(judged(person(phones=(PHONE,)), registered, careless)) == ("same", "score", ["0"])


def test_a_claim_that_contradicts_holds_for_the_whole_person() -> None:
    claims = [
        Candidate("a", "p", person(addresses=(HOME,))),
        Candidate("b", "p", person(id_numbers=(id_number(sequence=346),))),
    ]
    found = judge(person(id_numbers=(MINE,), addresses=(HOME,)), claims, DEFAULT)
    assert (found.verdict, found.why) == ("ask", "two_id_numbers")


def test_a_phone_that_somebody_else_has_as_well_weighs_nothing() -> None:
    wife = person("李国英", birth="1982-01-03", sex="female", phones=(PHONE,))
    mine = person("张伟", birth="", phones=(PHONE,))
    assert judged(mine, person("张伟", phones=(PHONE,))).verdict == "same"
    husband = person("张伟", phones=(PHONE,))
    mine = person("张伟", birth="1980-05-16", phones=(PHONE,))
    assert judged(mine, husband, wife).compared[0][1].level("phone") == "shared"


NEWBORN = {"birth": "2026-01-02", "sex": "female", "mother": mother("990101199001010020")}


def test_a_nameless_newborn_is_the_child_named_later() -> None:
    assert judged(person("", nameless=True, **NEWBORN), person("李一诺", **NEWBORN)).verdict == "same"


def test_a_nameless_twin_of_unknown_order_is_asked_about() -> None:
    mine = person("", nameless=True, multiple=True, **NEWBORN)
    assert told(judged(mine, person("李一诺", **NEWBORN))) == ("ask", "order_unknown", ["0"])


def test_nameless_twins_of_known_order_are_kept_apart_and_found_again() -> None:
    first, second = (person("", nameless=True, multiple=True, order=order, **NEWBORN) for order in (1, 2))
    assert judged(second, first).verdict == "ask"
    assert told(judged(second, first, second)) == ("same", "score", ["1"])


def test_two_children_of_one_birth_are_no_answer_to_whose_a_nameless_one_is() -> None:
    assert (
        judged(person("", nameless=True, **NEWBORN), person("李一诺", **NEWBORN), person("李一心", **NEWBORN)).verdict
        == "ask"
    )


def test_the_certificate_tells_twins_apart() -> None:
    one, other = ((("birth_certificate", f"Z99000000{digit}"),) for digit in (1, 2))
    mine = person("", nameless=True, multiple=True, papers=other, **NEWBORN)
    assert told(judged(mine, person("李一诺", papers=one, **NEWBORN), person("李一心", papers=other, **NEWBORN)))[
        ::2
    ] == ("same", ["1"])


def test_a_twin_is_found_though_the_home_speaks_for_the_other() -> None:
    one = person("郭馨星", birth="2023-10-02", id_numbers=(id_number("2023-10-02", 72),))
    other = person(
        "郭馨忻", birth="2023-10-02", id_numbers=(id_number("2023-10-02", 70),), phones=(PHONE,), addresses=(HOME,)
    )
    mine = person("郭馨星", birth="2023-10-02", phones=(PHONE,), addresses=(HOME,))
    assert told(judged(mine, other, one))[::2] == ("same", ["1"])


@pytest.mark.parametrize(
    "said", [{}, {"birth": "1980-05-06"}, {"sex": "male"}, {"phones": (PHONE,)}, {"addresses": (HOME,)}]
)
def test_who_says_next_to_nothing_is_never_joined(said: dict[str, object]) -> None:
    nobody = Description(**said)  # type: ignore[arg-type]
    everybody = person(id_numbers=(MINE,), phones=(PHONE,), addresses=(HOME,))
    assert judged(nobody, everybody).verdict != "same"
    assert judged(nobody, nobody).verdict != "same"


def test_neighbours_of_one_name_are_two() -> None:
    neighbour = Address(HOME.units, HOME.village, ("9", "1"))
    mine = person("王伟", birth="1962-11-23", addresses=(HOME,))
    assert judged(mine, person("王伟", addresses=(neighbour,))).verdict != "same"


@given(DESCRIPTIONS, st.lists(st.tuples(st.sampled_from("pqr"), DESCRIPTIONS), max_size=5), st.randoms())
def test_the_order_of_candidates_does_not_matter(
    mine: Description, others: list[tuple[str, Description]], random: Random
) -> None:
    found = [Candidate(str(place), of, other) for place, (of, other) in enumerate(others)]
    mixed = random.sample(found, len(found))
    assert judge(mine, found, DEFAULT) == judge(mine, mixed, DEFAULT)
