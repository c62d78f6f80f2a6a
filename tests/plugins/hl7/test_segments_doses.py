"""RXA, RXR and what is told with a dose."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub import Json
from tests.plugins.hl7.mapping import HEADER, body, told

VXU = HEADER.replace("ADT^A08^ADT_A01", "VXU^V04")
DOSE = "RXA|0|1|20240310085500||08^乙肝疫苗^CVX|0.5|mL||00^新记录^NIP001||||||L1|20251231||{refused}||{status}|{action}"


def dose(refused: str = "", status: str = "CP", action: str = "A") -> Json:
    return body(
        told("ORC|RE||IZ1^HOSP", DOSE.format(refused=refused, status=status, action=action), header=VXU), "Immunization"
    )


def test_a_dose_has_its_vaccine_amount_lot_and_day() -> None:
    found = dose()

    assert found["vaccineCode"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/cvx"
    assert found["doseQuantity"]["value"] == Decimal("0.5")
    assert (found["lotNumber"], found["expirationDate"]) == ("L1", "2025-12-31")
    assert (found["occurrenceDateTime"], found["primarySource"]) == ("2024-03-10T08:55:00+08:00", True)


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [("CP", "A", "completed"), ("PA", "A", "completed"), ("RE", "A", "not-done"), ("NA", "A", "not-done"),
     ("", "", "completed"), ("CP", "D", "entered-in-error")],
)  # fmt: skip
def test_what_became_of_it(status: str, action: str, expected: str) -> None:
    assert dose(status=status, action=action)["status"] == expected


def test_a_refusal_has_its_reason() -> None:
    assert dose(refused="00^家长拒绝^NIP002", status="RE")["statusReason"]["text"] == "家长拒绝"


def test_an_amount_of_999_is_not_known_and_no_number() -> None:
    found = body(told("RXA|0|1|20240310||08^乙肝疫苗^CVX|999", header=VXU), "Immunization")

    assert "doseQuantity" not in found
    assert {"url": "urn:hub:v2:RXA-6", "valueString": "999"} in found["extension"]


@pytest.mark.parametrize(
    ("segments", "key"),
    [
        (("ORC|RE||IZ1^HOSP",), "urn:oid:2.999.1|IZ1|08"),
        (("ORC|RE|O1^HOSP|IZ1^HOSP",), "urn:oid:2.999.1|O1|08"),
        ((), "urn:oid:2.999.1|M1|08|20240310"),
    ],
)
def test_a_dose_is_known_by_its_order_else_by_person_vaccine_and_day(segments: tuple[str, ...], key: str) -> None:
    update = told(*segments, "RXA|0|1|20240310||08^乙肝疫苗^CVX", header=VXU)

    assert [one.source_id for one in update.resources if one.type == "Immunization"] == [key]


def test_results_under_a_dose_tell_of_it() -> None:
    found = told(
        "RXA|0|1|20240310||08^乙肝疫苗^CVX",
        "RXR|IM^肌内^HL70162|LA^左臂^HL70163",
        "OBX|1|NM|30973-2^剂次^LN|1|3||||||F",
        "OBX|2|CE|64994-7^资格^LN|1|V01^免费^HL70064||||||F",
        "OBX|3|DT|29769-7^告知日期^LN|2|20240310||||||F",
        header=VXU,
    )

    immunization = body(found, "Immunization")
    assert immunization["protocolApplied"] == [{"doseNumberPositiveInt": 3}]
    assert immunization["programEligibility"][0]["text"] == "免费"
    assert immunization["education"] == [{"presentationDate": "2024-03-10"}]
    assert immunization["route"]["coding"][0]["code"] == "IM"
    assert len([one for one in found.resources if one.type == "Observation"]) == 3


def test_each_dose_has_its_own_order() -> None:
    update = told(
        "ORC|RE||IZ1^HOSP", "RXA|0|1|20240310||08^A^CVX", "ORC|RE||IZ2^HOSP", "RXA|0|1|20240310||03^B^CVX", header=VXU
    )

    found = [one.body for one in update.resources if one.type == "Immunization"]
    assert [one["identifier"][0]["value"] for one in found] == ["IZ1", "IZ2"]
