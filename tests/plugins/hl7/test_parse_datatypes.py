"""Dates, numbers, names, codes: what is written, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from plugins.hl7 import codes
from plugins.hl7.datatypes.moment import clock, date_time, day_of
from plugins.hl7.datatypes.number import decimal
from tests.plugins.hl7.mapping import patient, result, told

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023", "2023"),
        ("202302", "2023-02"),
        ("20230228", "2023-02-28"),
        ("202302281530", "2023-02-28T15:30:00+08:00"),
        ("20230228153045", "2023-02-28T15:30:45+08:00"),
        ("20230228153045.67", "2023-02-28T15:30:45.67+08:00"),
        ("20230228153045-0500", "2023-02-28T15:30:45-05:00"),
        ("19000101120000", "1900-01-01T12:00:00+08:00"),
        ("00000000", None),
        ("20230230", None),
        ("2023123", None),
        ("20231301", None),
        ("2023022824", None),
        ("20230228246000", None),
        ("202302281530+2500", None),
        ("２０２３０２２８", None),
        ("2023-02-28", None),
        ("2023\n", None),
        ("", None),
    ],
)
def test_a_time_is_as_precise_as_its_digits_and_an_impossible_one_is_none(text: str, expected: str | None) -> None:
    assert date_time(text, ZONE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("19280410000000", "1928-04-10"), ("192804", "1928-04"), ("19280410256000", None), ("99999999", None)],
)
def test_a_date_leaves_the_time_of_day_out(text: str, expected: str | None) -> None:
    assert day_of(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("0830", "08:30:00"), ("083015", "08:30:15"), ("2460", None)])
def test_a_clock_time(text: str, expected: str | None) -> None:
    assert clock(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("1.50", "1.50"), (" 7 ", "7"), ("-0.3", "-0.3"), ("５", None), ("1e3", None), ("NaN", None)]
)
def test_a_number_keeps_its_digits(text: str, expected: str | None) -> None:
    assert (None if (found := decimal(text)) is None else str(found)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("王^伟", {"text": "王伟", "family": "王", "given": ["伟"]}),
        ("王伟", {"text": "王伟", "family": "王", "given": ["伟"]}),
        ("张三丰^^", {"text": "张三丰", "family": "张", "given": ["三丰"]}),
        ("欧阳娜娜", {"text": "欧阳娜娜", "family": "欧阳", "given": ["娜娜"]}),
        ("欧阳修", {"text": "欧阳修"}),
        ("古丽·阿不都", {"text": "古丽·阿不都"}),
        ("SMITH^JOHN^A", {"text": "JOHN A SMITH", "family": "SMITH", "given": ["JOHN", "A"]}),
    ],
)
def test_names_as_chinese_hospitals_write_them(written: str, expected: dict[str, object]) -> None:
    assert patient(f"PID|1||M1||{written}")["name"] == [expected]


@pytest.mark.parametrize("written", ["ZHANG SANFENG^张三丰", "张三丰^ZHANG SANFENG"])
def test_of_a_han_and_a_latin_part_the_han_one_is_the_legal_name(written: str) -> None:
    legal, spelled = patient(f"PID|1||M1||{written}")["name"]

    assert (legal["text"], legal["use"], legal["family"]) == ("张三丰", "official", "张")
    assert (spelled["text"], spelled["extension"][0]["valueCode"]) == ("ZHANG SANFENG", "ABC")


def test_two_repetitions_are_two_names() -> None:
    names = patient("PID|1||M1||张^三^^^^^L^I~Zhang^San^^^^^L^A")["name"]

    assert [name["text"] for name in names] == ["张三", "San Zhang"]
    assert [name["extension"][0]["valueCode"] for name in names] == ["IDE", "ABC"]


def test_codes_of_known_systems_have_their_uri_and_others_one_of_the_feed() -> None:
    known = result("OBX|1|ST|718-7^血红蛋白^LN^HB^血红蛋白^LIS||x")["code"]["coding"]

    assert [(one["system"], one["code"]) for one in known] == [
        ("http://loinc.org", "718-7"),
        ("urn:hub:hospital:LIS", "HB"),
    ]
    assert known[0]["extension"] == [{"url": "urn:hub:v2:CWE-3", "valueString": "LN"}]


def test_a_code_that_no_table_knows_is_kept_and_not_guessed() -> None:
    found = patient("PID|1||M1|||||X")

    assert found["gender"] is None
    assert found["extension"] == [{"url": "urn:hub:v2:PID-8", "valueString": "X"}]


@pytest.mark.parametrize(
    ("written", "gender"),
    [("M", "male"), ("2", "female"), ("9", "unknown"), ("0", "unknown"), ("男", "male"), ("O", "other")],
)
def test_sex_in_the_three_ways_it_is_written(written: str, gender: str) -> None:
    assert patient(f"PID|1||M1|||||{written}")["gender"] == gender


def test_parts_fhir_has_no_element_for_stay_with_their_value() -> None:
    number = patient("PID|1||M1^7^M11^HOSP&1.2.3&ISO^MR")["identifier"][0]

    assert number["extension"] == [
        {"url": "urn:hub:v2:CX-4.1", "valueString": "HOSP"},
        {"url": "urn:hub:v2:CX-4.2", "valueString": "1.2.3"},
        {"url": "urn:hub:v2:CX-4.3", "valueString": "ISO"},
        {"url": "urn:hub:v2:CX-2", "valueString": "7"},
        {"url": "urn:hub:v2:CX-3", "valueString": "M11"},
    ]


def test_what_else_stands_in_a_field_of_one_value_is_kept() -> None:
    found = patient("PID|1||M1||||19900307^D")

    assert found["birthDate"] == "1990-03-07"
    assert found["extension"] == [
        {"url": "urn:hub:v2:PID-7", "extension": [{"url": "urn:hub:v2:PID-7-2", "valueString": "D"}]}
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("13800000007", {"system": "phone", "value": "13800000007", "use": "home"}),
        ("^PRN^CP^^86^^13800000007", {"system": "phone", "value": "+86 13800000007", "use": "home"}),
        ("^NET^Internet^a@example.org", {"system": "email", "value": "a@example.org", "use": "home"}),
        ("0791-1^WPN^FX", {"system": "fax", "value": "0791-1", "use": "work"}),
    ],
)
def test_ways_to_reach_a_person(written: str, expected: dict[str, str]) -> None:
    found = patient(f"PID|1||M1||||||||||{written}")["telecom"][0]
    found.pop("extension", None)

    assert found == expected


def test_a_place_is_a_chain_from_the_house_to_the_bed() -> None:
    update = told("PV1|1|I|内科^305^12^HOSP^^^住院楼^3|||||||||||||||||V1")

    places = {one.source_id: one.body for one in update.resources if one.type == "Location"}
    assert list(places) == [
        "HOSP",
        "HOSP|住院楼",
        "HOSP|住院楼|3",
        "HOSP|住院楼|3|内科",
        "HOSP|住院楼|3|内科|305",
        "HOSP|住院楼|3|内科|305|12",
    ]
    assert places["HOSP|住院楼"]["partOf"]["reference"] == "Location/HOSP"


@pytest.mark.parametrize("path", sorted(Path(codes.__file__).parent.glob("*.csv")), ids=lambda path: path.stem)
def test_a_code_map_has_each_code_once_and_something_for_it(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)

    assert header in (["v2", "code", "system"], ["v2", "code", "system", "display"])
    assert len(rows) == len({row[0] for row in rows}) > 0
    assert all(row[0] and row[1] and [part.strip() for part in row] == row for row in rows)
    assert set(codes.table(path.stem)) == {row[0] for row in rows}


@pytest.mark.parametrize("mark", ["&", "^", "x&y^"])
def test_a_value_of_very_many_parts_takes_a_moment_only(mark: str) -> None:
    found = told(f"PID|1||M1||{mark * 40_000}x", f"PV1|1|I|||||{mark * 20_000}x||||||||||||V1", f"ZZZ|{mark * 20_000}x")

    assert found.claim is not None
