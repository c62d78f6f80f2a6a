"""What resources are found by."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.normalise import fold
from hub.records.indexing import index_rows, normal_phone, normal_token
from hub.records.parameters import PARAMETERS
from hub.records.times import FIRST, LAST, interval
from tests.hub.feeding import ID


def tokens(body: dict[str, Any], name: str) -> set[tuple[str, str]]:
    return {(value, system) for row, value, system in index_rows(body).tokens if row == name}


def test_a_patient_is_found_by_every_part_of_what_it_says() -> None:
    rows = index_rows(
        {
            "resourceType": "Patient",
            "identifier": [{"system": ID, "value": "99010119880229001ｘ"}, {"system": "s", "value": "aB"}],
            "name": [{"family": "欧阳", "given": ["珅"]}, {"text": "Jürgen Müller"}],
            "telecom": [{"system": "phone", "value": "+86 138-0000 1111"}, {"system": "email", "value": "a@b"}],
            "gender": "male",
            "birthDate": "1988-02-29",
            "address": [{"text": "某省 某市", "city": "某市", "line": ["某路1号"]}],
            "active": True,
            "link": [{"other": {"reference": "Patient/x"}}],
            "meta": {"tag": [{"system": "t", "code": "c"}]},
        }
    )
    assert rows.tokens == {
        ("Patient.identifier", "99010119880229001X", ID),
        ("Patient.identifier", "aB", "s"),
        ("Patient.phone", "13800001111", "phone"),
        ("Patient.email", "a@b", "email"),
        ("Patient.telecom", "13800001111", "phone"),
        ("Patient.telecom", "a@b", "email"),
        ("Patient.gender", "male", ""),
        ("Patient.active", "true", ""),
        ("Patient.deceased", "false", ""),
        ("Patient._tag", "c", "t"),
    }
    assert rows.strings == {
        ("Patient.name", "欧阳珅", "欧阳珅"),
        ("Patient.name", "欧阳", "欧阳"),
        ("Patient.name", "珅", "珅"),
        ("Patient.name", "ouyangshen", ""),
        ("Patient.name", "oys", ""),
        ("Patient.family", "欧阳", "欧阳"),
        ("Patient.given", "珅", "珅"),
        ("Patient.name", "jurgenmuller", "Jürgen Müller"),
        ("Patient.name", "muller", ""),
        ("Patient.address", "某省某市", "某省 某市"),
        ("Patient.address", "某市", "某市"),
        ("Patient.address", "某路1号", "某路1号"),
        ("Patient.address-city", "某市", "某市"),
    }
    assert rows.dates == {("Patient.birthdate", *interval("1988-02-29"))}
    assert rows.references == {("Patient/x", "Patient.link")}


def test_an_observation_is_found_by_codes_times_and_references_but_not_by_its_patient() -> None:
    rows = index_rows(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "a", "code": "1"}, {"code": "2"}], "text": "血糖"},
            "subject": {"reference": "Patient/x"},
            "encounter": {"reference": "Encounter/y"},
            "hasMember": [{"reference": "Observation/z"}, {"reference": "#inside"}, {"display": "named only"}],
            "effectivePeriod": {"start": "2024-05-01"},
            "valueString": "阳性",
            "component": [{"code": {"coding": [{"code": "3"}]}}, {"code": {"text": "no code"}}],
        }
    )
    assert {("Observation.code", "1", "a"), ("Observation.code", "2", "")} <= rows.tokens
    assert ("Observation.component-code", "3", "") in rows.tokens
    assert rows.references == {("Encounter/y", "Observation.encounter"), ("Observation/z", "Observation.has-member")}
    assert rows.dates == {("Observation.date", interval("2024-05-01")[0], LAST)}
    assert rows.strings == {("Observation.value-string", "阳性", "阳性")}


@pytest.mark.parametrize(
    ("elements", "stretch"),
    [
        ({"effectiveDateTime": "2024-05-01T08:30:00+08:00"}, interval("2024-05-01T08:30:00")),
        ({"effectiveInstant": "2024-05-01T00:30:00Z"}, interval("2024-05-01T08:30:00")),
        ({"effectivePeriod": {"end": "2024"}}, (FIRST, interval("2024")[1])),
        ({"effectiveTiming": {"event": ["2024-06-30", "2024-06-01"]}}, interval("2024-06")),
    ],
)
def test_a_choice_of_types_is_one_date(elements: dict[str, Any], stretch: tuple[int, int]) -> None:
    [(name, *found)] = index_rows({"resourceType": "Observation"} | elements).dates
    assert (name, tuple(found)) == ("Observation.date", stretch)


@pytest.mark.parametrize("value", ["yesterday", "", "2024-13", {"start": ""}, {}, {"repeat": {"frequency": 1}}])
def test_what_is_no_date_has_no_row(value: Any) -> None:
    assert index_rows({"resourceType": "Encounter", "period": value}).dates == set()


def test_nulls_and_types_without_parameters_have_no_rows() -> None:
    assert index_rows({"resourceType": "Encounter", "type": [None], "class": None}).tokens == set()
    assert index_rows({"resourceType": "Questionnaire", "status": "draft"}).tokens == set()


def test_a_death_is_a_token_whether_dated_or_not() -> None:
    assert tokens({"resourceType": "Patient", "deceasedBoolean": True}, "Patient.deceased") == {("true", "")}
    assert tokens({"resourceType": "Patient", "deceasedDateTime": "2024"}, "Patient.deceased") == {("true", "")}
    assert tokens({"resourceType": "Patient", "deceasedBoolean": False}, "Patient.deceased") == {("false", "")}


@pytest.mark.parametrize(
    ("written", "folded"),
    [("张 三", "张三"), ("ＡＢｃ", "abc"), ("É", "e"), ("阿依•古丽", "阿依·古丽"), ("𠮷龑", "吉䶮"), ("", "")],
)
def test_text_folds_for_comparing(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_numbers_have_one_form_and_other_tokens_stay_as_written() -> None:
    assert {normal_phone(one) for one in ("13800001111", "+8613800001111", "0086 138 0000 1111")} == {"13800001111"}
    assert normal_phone("0510-8888 1234") == "051088881234"
    assert normal_token("phone", "不详") == "不详"
    assert normal_token("urn:other", "99010119880229001x") == "99010119880229001x"


def test_expressions_name_their_type_and_every_person_bound_type_has_a_patient() -> None:
    for type_, parameters in PARAMETERS.items():
        for name, parameter in parameters.items():
            assert (parameter.type, parameter.name) == (type_, name)
            assert parameter.expression.startswith(f"{type_}.")
        if "subject" in parameters:
            assert parameters["patient"].kind == "person"
