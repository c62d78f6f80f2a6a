"""Resident's numbers by GB 11643-1999, and the other things a claim says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from hub.model import Claim, Identifier, PersonName, id_number_fault
from hub.model.id_number import check_digit
from hub.model.person import grade_id_number, normal_id_number

CASES = json.loads(Path(__file__).with_name("id_numbers.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["why"])
def test_a_sound_number_has_no_fault(case: dict[str, str]) -> None:
    assert id_number_fault(case["number"]) is None


@pytest.mark.parametrize("case", CASES["faulty"], ids=lambda case: f"{case['number']}-{case['fault']}")
def test_what_is_wrong_with_a_number_is_named(case: dict[str, str]) -> None:
    assert id_number_fault(case["number"]) == case["fault"]


@pytest.mark.parametrize("case", CASES["normal"], ids=lambda case: case["written"])
def test_one_number_has_one_spelling(case: dict[str, str]) -> None:
    assert normal_id_number(case["written"]) == case["number"]
    assert id_number_fault(case["written"]) is None


def test_a_birth_today_is_not_in_the_future() -> None:
    assert id_number_fault("990101202105010034", date(2021, 5, 1)) is None
    assert id_number_fault("990101202105010034", date(2021, 4, 30)) == "future_date"


def test_every_single_wrong_digit_is_noticed() -> None:
    sound = "990101199003070015"
    for place in range(18):
        for digit in "0123456789":
            if digit != sound[place]:
                assert id_number_fault(sound[:place] + digit + sound[place + 1 :]) is not None


def test_empty_numbers_and_absent_names_are_not_there() -> None:
    claim = Claim("7", {"identifier": [{"system": "s", "value": ""}, {"value": "9"}], "name": [{"family": "张"}]})
    assert claim.identifiers == (Identifier("", "9"),)
    assert claim.names == (PersonName("张"),)
    assert (claim.birth_date, claim.sex) == ("", "")


@pytest.mark.parametrize(
    ("number", "birth", "sex", "grade"),
    [
        ("370406195308080040", "1953-08-08", "female", "ok"),
        ("360112195003150019", "1950-03", "male", "ok"),
        ("360112195003150019", "", "", "ok"),
        ("360112195003150019", "1950-03-16", "male", "mismatch_birth"),
        ("360112195003150019", "1950-03-15", "female", "mismatch_sex"),
        ("370406195308080041", "1953-08-08", "female", "checksum_error"),
        ("111111111111111111", "", "", "placeholder"),
        ("810000199001010019", "1990-01-01", "male", "ok"),
        ("990101199003070015", "1990-03-07", "male", "ok"),
        ("3601121950031500", "", "", "shape"),
    ],
)
def test_a_number_is_graded_beside_birth_date_and_sex(number: str, birth: str, sex: str, grade: str) -> None:
    assert grade_id_number(number, birth, sex).grade == grade


def test_who_bears_a_number_and_what_is_only_doubted() -> None:
    body = "78010119900307001"
    assert grade_id_number(body + check_digit(body)).doubts == ("unknown_area",)
    bearers = [grade_id_number(body + check_digit(body)).bearer for body in (
        "82000019900101001", "83000019900101001", "91115619900307001", "11010119900307001")]  # fmt: skip
    assert bearers == ["macao", "taiwan", "foreigner", "resident"]
