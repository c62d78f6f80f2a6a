"""What a verified register adds: it has nearly everybody, with the right number, name and birth date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.identity.questions import CONTRADICTION, DUPLICATE, FAULT
from hub.records.ids import claim_id
from tests.hub.feeding import Feeding, person
from tests.hub.identity.scoring.people import id_number

BORN = "1970-03-08"
HERS, A_DIGIT_OFF, ANOTHERS = (id_number(BORN, place) for place in (12, 13, 346))
WOMAN: dict[str, Any] = {"birthDate": BORN, "gender": "female"}
PHONE = [{"system": "phone", "value": "13900001234"}]
PHONES = [*PHONE, {"system": "phone", "value": "13900005678"}]


@pytest.fixture
def registered(base: Feeding) -> Feeding:
    """A base whose feed ``police`` is a verified register, and knows 欧阳海棠."""
    base.rules = replace(base.rules, verified=frozenset(["police"]))
    base.tell("police", person("1", "欧阳海棠", HERS, **WOMAN))
    return base


def asked(base: Feeding) -> list[str]:
    return [review.kind for review in base.reviews() if review.status != "closed"]


def test_somebody_in_a_verified_register_is_joined_on_a_little_less(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", birthDate="1970-03-18", gender="female"))
    assert registered.person_of("a", "7") == claim_id("police", "1")
    assert asked(registered) == []


def test_as_little_is_asked_about_where_no_register_is_verified(base: Feeding) -> None:
    base.tell("police", person("1", "欧阳海棠", HERS, **WOMAN))
    base.tell("a", person("7", "欧阳海棠", birthDate="1970-03-18", gender="female"))
    assert base.person_of("a", "7") == claim_id("a", "7")
    assert asked(base) == [DUPLICATE]


def test_as_little_is_not_enough_where_somebody_else_is_nearly_as_alike(registered: Feeding) -> None:
    registered.tell("police", person("2", "欧阳海棠", id_number("1970-03-28"), birthDate="1970-03-28", gender="female"))
    registered.tell("a", person("7", "欧阳海棠", birthDate="1970-03-18", gender="female"))
    assert registered.person_of("a", "7") == claim_id("a", "7")


def test_a_name_alone_joins_nobody_in_a_register(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", gender="female"))
    assert registered.person_of("a", "7") == claim_id("a", "7")


def test_a_sound_number_a_digit_off_the_registers_counts_for_nothing(registered: Feeding) -> None:
    registered.tell("police", person("1", "欧阳海棠", HERS, telecom=PHONE, **WOMAN))
    registered.tell("a", person("7", "欧阳海棠", A_DIGIT_OFF, telecom=PHONE, **WOMAN))
    assert registered.person_of("a", "7") == claim_id("police", "1")
    assert not registered.found("Patient.identifier", A_DIGIT_OFF) & {claim_id("police", "1")}
    assert asked(registered) == [FAULT]
    registered.tell("a", person("7", "欧阳海棠", HERS, **WOMAN))
    assert asked(registered) == []


def test_two_sound_numbers_with_no_more_than_a_name_and_a_day_in_common_are_asked_about(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", A_DIGIT_OFF, **WOMAN))
    assert registered.person_of("a", "7") == claim_id("a", "7")
    assert asked(registered) == [DUPLICATE]


@pytest.mark.parametrize(
    ("name", "number", "elements"),
    [
        ("欧阳海燕", A_DIGIT_OFF, WOMAN),
        ("欧阳海堂", A_DIGIT_OFF, WOMAN),
        ("欧阳海棠", ANOTHERS, WOMAN),
        ("欧阳海棠", A_DIGIT_OFF, {"birthDate": "1961-05-05", "gender": "female"}),
    ],
)
def test_another_name_birth_date_or_more_of_the_number_is_asked_about(
    registered: Feeding, name: str, number: str, elements: dict[str, Any]
) -> None:
    registered.tell("police", person("1", "欧阳海棠", HERS, telecom=PHONE, **WOMAN))
    registered.tell("a", person("7", name, number, telecom=PHONE, **elements))
    assert registered.person_of("a", "7") == claim_id("a", "7")
    assert registered.found("Patient.identifier", number) & {claim_id("a", "7")}


def test_a_number_a_digit_off_that_somebody_has_is_asked_about(registered: Feeding) -> None:
    registered.tell("b", person("2", "慕容雪", A_DIGIT_OFF, **WOMAN))
    registered.tell("a", person("7", "欧阳海棠", A_DIGIT_OFF, **WOMAN))
    assert CONTRADICTION in asked(registered)
    assert FAULT not in asked(registered)


def test_no_digit_is_off_where_no_register_is_verified(base: Feeding) -> None:
    base.tell("b", person("1", "欧阳海棠", HERS, **WOMAN))
    base.tell("a", person("7", "欧阳海棠", A_DIGIT_OFF, **WOMAN))
    assert base.person_of("a", "7") == claim_id("a", "7")


def test_one_sender_with_two_numbers_for_one_that_the_register_knows_means_one(registered: Feeding) -> None:
    for number in ("7", "8"):
        registered.tell("a", person(number, "欧阳海棠", **WOMAN))
    assert registered.person_of("a", "8") == registered.person_of("a", "7") == claim_id("police", "1")
    assert asked(registered) == []


def test_a_sex_that_one_claim_of_a_person_flipped_another_one_bears_out(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", HERS, birthDate=BORN, gender="male"))
    registered.tell("b", person("8", "欧阳海", HERS, **WOMAN))
    assert registered.person_of("b", "8") == claim_id("police", "1")


def test_who_was_renamed_is_known_by_what_the_other_claims_of_the_person_tell(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", birthDate=BORN, gender="female", telecom=PHONE))
    registered.tell("b", person("8", "欧阳招弟", HERS, telecom=PHONE, **WOMAN))
    assert registered.person_of("b", "8") == claim_id("police", "1")


def test_somebody_of_the_name_at_home_with_any_claim_of_the_holder_is_no_renaming(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", HERS, telecom=PHONE, **WOMAN))
    daughter = {"birthDate": "1996-11-02", "gender": "female"}
    registered.tell("a", person("9", "欧阳招弟", telecom=PHONE, **daughter))
    registered.tell("b", person("8", "欧阳招弟", HERS, telecom=PHONE, **WOMAN))
    assert registered.person_of("b", "8") == registered.person_of("a", "9")


def test_a_claim_joined_for_its_home_stays_when_it_is_told_again(registered: Feeding) -> None:
    registered.tell("a", person("7", "欧阳海棠", birthDate=BORN, gender="female", telecom=PHONE))
    registered.tell("b", person("8", "欧阳招弟", HERS, telecom=PHONE, **WOMAN))
    registered.tell("b", person("8", "欧阳招弟", HERS, telecom=PHONE, maritalStatus={"text": "已婚"}, **WOMAN))
    registered.tell(
        "b", person("8", "欧阳招弟", HERS, telecom=[*PHONE, {"system": "phone", "value": "13900005678"}], **WOMAN)
    )
    assert registered.person_of("b", "8") == claim_id("police", "1")
    assert CONTRADICTION not in asked(registered)
