"""ORC, OBR, OBX, NTE and SPM: orders, reports, results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hub import Json, RecordUpdate
from tests.plugins.hl7.mapping import HEADER, body, fates, result, told

ORU = HEADER.replace("ADT^A08^ADT_A01", "ORU^R01")


def results(*segments: str) -> RecordUpdate:
    return told(*segments, header=ORU)


def keys(update: RecordUpdate, kind: str) -> list[str]:
    return [one.source_id for one in update.resources if one.type == kind]


@pytest.mark.parametrize(
    ("kind", "value", "unit", "expected"),
    [
        ("NM", "1.50", "g/L", {"valueQuantity": {"value": Decimal("1.50"), "unit": "g/L", "code": "g/L"}}),
        ("NM", "<5", "", {"valueQuantity": {"value": Decimal(5), "comparator": "<"}}),
        ("NM", "阴性", "", {"valueString": "阴性"}),
        ("NM", "５．０", "", {"valueString": "５．０"}),
        ("SN", ">=^8", "", {"valueQuantity": {"value": Decimal(8), "comparator": ">="}}),
        ("SN", "^3^-^5", "", {"valueRange": {"low": {"value": Decimal(3)}, "high": {"value": Decimal(5)}}}),
        (
            "SN",
            "^1^:^128",
            "",
            {"valueRatio": {"numerator": {"value": Decimal(1)}, "denominator": {"value": Decimal(128)}}},
        ),
        ("SN", "^2^+", "", {"valueString": "2 +"}),
        ("NR", "3.5^5.5", "", {"valueRange": {"low": {"value": Decimal("3.5")}, "high": {"value": Decimal("5.5")}}}),
        ("ST", "淡黄", "", {"valueString": "淡黄"}),
        ("TX", "一~二", "", {"valueString": "一\n二"}),
        ("FT", r"一\.br\二", "", {"valueString": "一\n二"}),
        ("", "无类型", "", {"valueString": "无类型"}),
        ("DT", "20240229", "", {"valueDateTime": "2024-02-29"}),
        ("TS", "202402291200", "", {"valueDateTime": "2024-02-29T12:00:00+08:00"}),
        ("TM", "0830", "", {"valueTime": "08:30:00"}),
        ("DR", "20240101^20240201", "", {"valuePeriod": {"start": "2024-01-01", "end": "2024-02-01"}}),
        ("XX", "a^b", "", {"valueString": "a^b"}),
    ],
)
def test_a_value_is_of_the_type_it_says(kind: str, value: str, unit: str, expected: Json) -> None:
    found = result(f"OBX|1|{kind}|A^A^L||{value}|{unit}|||||F")

    assert {name: member for name, member in found.items() if name.startswith("value")} == expected


def test_the_digits_of_a_number_are_kept() -> None:
    assert str(result("OBX|1|NM|A^A^L||1.50||||||F")["valueQuantity"]["value"]) == "1.50"


@pytest.mark.parametrize(("kind", "value"), [("DT", "20240230"), ("TM", "2561"), ("DR", "20249901^")])
def test_a_value_that_is_not_of_its_type_is_kept_as_it_came(kind: str, value: str) -> None:
    found = result(f"OBX|1|{kind}|A^A^L||{value}||||||F")

    assert not [name for name in found if name.startswith("value")]
    assert "urn:hub:v2:OBX-5" in [one["url"] for one in found["extension"]]


def test_a_document_in_a_result_is_an_attachment_and_a_document() -> None:
    told_of = results("OBR|1||F1|X^X^L", "OBX|1|ED|A^A^L||^AP^PDF^Base64^JVBERi0xLjQK||||||F")
    found = body(told_of, "Observation")["extension"]

    attachment: Any = next(one["valueAttachment"] for one in found if "valueAttachment" in one)
    assert (attachment["contentType"], attachment["size"]) == ("application/pdf", 9)
    assert attachment["url"] == f"Binary/{keys(told_of, 'Binary')[0]}"
    assert body(told_of, "Binary")["data"] == "JVBERi0xLjQK"
    assert body(told_of, "DocumentReference")["content"] == [{"attachment": attachment}]


@pytest.mark.parametrize("written", ["!!!", "JVBERi0xLjQ", "JVBE=Ri0xLjQK", "附件", "====", ""])
def test_a_document_that_is_no_base64_is_kept_as_it_came(written: str) -> None:
    line = f"OBX|1|ED|A^A^L||^AP^PDF^Base64^{written}||||||F"
    found = result(line)["extension"]
    fate = next(one for one in fates(f"{ORU}\rPID|1||M1\r{line}") if one.place == "OBX-5")

    assert "valueAttachment" not in str(found)
    assert written in str([one for one in found if one["url"] == "urn:hub:v2:OBX-5"])
    assert fate.fate == "kept"


def test_several_numbers_are_components() -> None:
    found = result("OBX|1|NM|8480-6^血压^LN||120~80|mm[Hg]|||||F")

    assert [one["valueQuantity"]["value"] for one in found["component"]] == [Decimal(120), Decimal(80)]
    assert "valueQuantity" not in found


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("F", "final"),
        ("P", "preliminary"),
        ("C", "corrected"),
        ("X", "cancelled"),
        ("D", "entered-in-error"),
        ("Q", "unknown"),
    ],
)
def test_a_status_without_a_translation_is_unknown_and_kept(written: str, status: str) -> None:
    found = result(f"OBX|1|ST|A^A^L||x||||||{written}")

    kept = [one for one in found.get("extension", ()) if one["url"] == "urn:hub:v2:OBX-11"]
    assert found["status"] == status
    assert bool(kept) == (written in {"D", "Q"})


def test_a_reference_range_of_two_numbers_has_bounds() -> None:
    bounds = result("OBX|1|NM|A^A^L||5||3.9-6.1||||F")["referenceRange"]
    words = result("OBX|1|NM|A^A^L||5||<6.1||||F")["referenceRange"]

    assert bounds == [{"low": {"value": Decimal("3.9")}, "high": {"value": Decimal("6.1")}, "text": "3.9-6.1"}]
    assert words == [{"text": "<6.1"}]


def test_orders_and_results_are_known_by_the_order_number_and_codes() -> None:
    found = results(
        "ORC|RE|P1^HIS|F1^LIS", "OBR|1|P1^HIS|F1^LIS|CBC^血常规^LIS", "OBX|1|NM|A^A^L|1|1", "OBX|2|NM|A^A^L|1|2"
    )

    order = "urn:hub:hospital:HIS|P1|CBC"
    assert keys(found, "ServiceRequest") == keys(found, "DiagnosticReport") == [order]
    assert keys(found, "Observation") == [f"{order}|A|1", f"{order}|A|1|2"]


def test_a_result_belongs_to_the_order_before_it() -> None:
    found = results("OBR|1||F1|A^A^L", "OBX|1|ST|X^X^L||1", "OBR|2||F2|B^B^L", "OBX|1|ST|X^X^L||2")

    reports = [one.body for one in found.resources if one.type == "DiagnosticReport"]
    assert [report["result"] for report in reports] == [
        [{"reference": "Observation/urn:hub:hospital|F1|A|X|"}],
        [{"reference": "Observation/urn:hub:hospital|F2|B|X|"}],
    ]


def test_a_note_belongs_to_the_segment_before_it() -> None:
    found = results(
        "OBR|1||F1|A^A^L", "NTE|1||溶血", "OBX|1|ST|X^X^L||1", "NTE|1||复查||D1^周^检^^^^^^HOSP|202403010800"
    )

    assert body(found, "ServiceRequest")["note"] == [{"text": "溶血"}]
    assert body(found, "Observation")["note"] == [
        {
            "authorReference": {"reference": "Practitioner/urn:oid:2.999.1|D1", "display": "周检"},
            "time": "2024-03-01T08:00:00+08:00",
            "text": "复查",
        }
    ]


def test_a_report_has_its_times_and_its_status() -> None:
    report = body(results("OBR|1||F1|A^A^L|||20240301|20240302||||||||||||||202403030900||LAB|P"), "DiagnosticReport")

    assert report["effectivePeriod"] == {"start": "2024-03-01", "end": "2024-03-02"}
    assert report["issued"] == "2024-03-03T09:00:00+08:00"
    assert (report["status"], report["category"][0]["coding"][0]["code"]) == ("preliminary", "LAB")


def test_results_after_a_specimen_are_of_it() -> None:
    found = results("OBR|1||F1|A^A^L", "SPM|1|S1^HIS||BLD^血^HL70487", "OBX|1|ST|X^X^L||1")

    assert body(found, "Observation")["specimen"] == {"reference": "Specimen/urn:hub:hospital|S1"}
    assert body(found, "DiagnosticReport")["specimen"] == [{"reference": "Specimen/urn:hub:hospital|S1"}]
    assert body(found, "Specimen")["identifier"][0]["value"] == "S1"


def test_a_result_outside_an_order_is_of_the_visit() -> None:
    found = told("PV1|1|I|||||||||||||||||V1^^^VISIT", "OBX|1|NM|29463-7^体重^LN||65.5|kg|||||F|||20240301")

    observation = body(found, "Observation")
    assert observation["encounter"] == {"reference": "Encounter/urn:oid:2.999.2|V1"}
    assert keys(found, "Observation") == ["urn:oid:2.999.2|V1|29463-7||20240301"]


def test_explaining_names_the_segment_the_repetition_and_the_path() -> None:
    found = {one.place: one for one in fates(f"{ORU}\rPID|1||M1~M2\rOBR|1||F1|A^A^L\rOBX|1|ST|X||1\rOBX|2|ST|Y||2")}

    assert (found["PID-3[2]"].fate, found["PID-3[2]"].detail) == ("mapped", "Patient.identifier")
    assert found["OBX(2)-5"].detail == "Observation.valueString"
    assert (found["MSH-10"].fate, found["MSH-10"].name) == ("ignored", "Message Control ID")
