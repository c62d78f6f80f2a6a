"""Fields whose place the published tables of HL7 v2-to-FHIR name, and codes that FHIR would tell less of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.hl7.mapping import HEADER, body, patient, result, told

LABORATORY = HEADER.replace("ADT^A08^ADT_A01", "ORU^R01")
CHARGE = HEADER.replace("ADT^A08^ADT_A01", "DFT^P03")


def _codes(concept: Any) -> list[str]:
    return [one["code"] for one in concept["coding"]]


def test_a_number_of_social_security_is_found_by_fhirs_type_and_by_hl7s() -> None:
    number = patient("PID|1||M1||||||||||||||||SSN-1")["identifier"][-1]
    relative = body(told(f"NK1|1|李^四{'|' * 35}SSN-2"), "RelatedPerson")["identifier"][0]

    assert [one["value"] for one in (number, relative)] == ["SSN-1", "SSN-2"]
    assert _codes(number["type"]) == _codes(relative["type"]) == ["SB", "SS"]


def test_a_results_own_number_is_the_fillers() -> None:
    found = result(f"OBX|1|ST|A^A^L||b{'|' * 16}R77^LIS")["identifier"]

    assert [(one["value"], _codes(one["type"])) for one in found] == [("R77", ["FILL"])]


def test_who_operated_and_who_gave_the_anaesthetic_is_said_in_words_too() -> None:
    found = body(told("PR1|1||P1^阑尾切除^L||20240201|||D1^钱|||D2^孙|D3^周"), "Procedure")["performer"]

    said = [one.get("function", {}).get("coding", [{}])[0].get("display") for one in found]
    assert said == ["Anesthesiologist", "Surgeon", None]


@pytest.mark.parametrize(
    ("performed", "status"),
    [("20240201", "completed"), ("20240301", "completed"), ("20240302", "unknown"), ("", "unknown")],
)
def test_a_procedure_still_to_come_is_not_called_completed(performed: str, status: str) -> None:
    assert body(told(f"PR1|1||P1^阑尾切除^L||{performed}"), "Procedure")["status"] == status


def test_what_an_accident_was_is_its_value_and_its_number_its_number() -> None:
    found = body(told("ACC|20240229|||||N|D1^钱|追尾|急救车|Y|||A-9"), "Observation")

    assert found["valueString"] == "追尾"
    assert [one["value"] for one in found["identifier"]] == ["A-9"]
    assert len(found["performer"]) == 1
    assert {"url": "urn:hub:v2:ACC-9", "valueString": "急救车"} in found["extension"]


def test_a_charge_for_a_medicine_names_the_dispense_it_is_for() -> None:
    line = "FT1|1|T1||20240301||CG|310300001^西药费^L||||||||||||||||||||||N1^阿司匹林^L"
    update = told(f"{line}|||||||||||||RX7|30^片", header=CHARGE)
    charge, dispense = body(update, "ChargeItem"), body(update, "MedicationDispense")

    assert charge["productCodeableConcept"] == dispense["medicationCodeableConcept"]
    assert charge["service"][0]["reference"].startswith("MedicationDispense/")
    assert dispense["status"] == "unknown"
    assert dispense["authorizingPrescription"][0]["identifier"]["value"] == "RX7"
    assert (dispense["quantity"]["value"], dispense["quantity"]["unit"]) == (30, "片")
    assert not [one for one in told(line[:60], header=CHARGE).resources if one.type == "MedicationDispense"]


def test_the_order_of_a_charge_stands_by_itself() -> None:
    update = told("ORC|RE|P9^HIS|F9^LIS||CM|||||||||", "FT1|1|T1||20240301||CG|X^X^L", header=CHARGE)
    request = body(update, "ServiceRequest")

    assert [one["value"] for one in request["identifier"]] == ["P9", "F9"]
    assert (request["status"], request["intent"]) == ("completed", "order")


def test_a_reaction_told_by_itself_belongs_to_the_allergy_before_it() -> None:
    found = body(told("IAM|1|DA|PEN^青霉素^L", "IAR|R1^皮疹^L|MO|P^P^L|停药", "IAR|R2^气促^L"), "AllergyIntolerance")

    first, second = found["reaction"]
    assert (first["manifestation"][0]["text"], first["severity"], first["note"]) == (
        "皮疹",
        "moderate",
        [{"text": "停药"}],
    )
    assert second == {"manifestation": [second["manifestation"][0]]}
    assert "urn:hub:v2:IAR-3" in {one["url"] for one in found["extension"]}


def test_when_a_dose_was_due_is_said_of_its_order() -> None:
    update = told(
        "ORC|RE|P1^CDC|F1^CDC",
        "TQ1|1|2|||||20240301|20240305",
        "RXA|0|1|20240301||V1^疫苗^L|0.5",
        header=HEADER.replace("ADT^A08^ADT_A01", "VXU^V04"),
    )
    request = body(update, "ServiceRequest")

    assert [one["value"] for one in request["identifier"]] == ["P1", "F1"]
    assert request["occurrenceTiming"]["repeat"]["boundsPeriod"]["end"] == "2024-03-05"
    assert body(update, "Immunization")["doseQuantity"]["value"] is not None


def test_an_orders_other_numbers_are_numbers_of_it() -> None:
    update = told(f"ORC|NW|P1|F1{'|' * 30}P2{'|' * 5}G3", "OBR|1|||X^X^L", header=LABORATORY)

    found = {one["value"]: _codes(one["type"]) for one in body(update, "ServiceRequest")["identifier"]}
    assert found == {"P1": ["PLAC"], "F1": ["FILL"], "P2": ["PLAC"], "G3": ["FGN"]}


def test_a_specimen_was_collected_when_its_order_says() -> None:
    update = told("OBR|1||F1|X^X^L|||202403010730", "SPM|1|S1||BLD", header=LABORATORY)
    specimen = body(update, "Specimen")

    assert specimen["collection"]["collectedDateTime"] == "2024-03-01T07:30:00+08:00"
    assert [one["valueString"] for one in specimen["extension"]] == ["OBR", "SPM"]


@pytest.mark.parametrize(
    ("written", "system", "use", "kept"),
    [
        ("138^^CP", "phone", "mobile", []),
        ("138^PRN^CP", "phone", "home", ["CP"]),
        ("138^PRN^PH", "phone", "home", []),
        ("138^^SAT", "other", "home", ["SAT"]),
        ("138^ORN^PH", "phone", "home", ["ORN"]),
    ],
)
def test_what_kind_of_phone_it_is_is_never_lost(written: str, system: str, use: str, kept: list[str]) -> None:
    found = patient(f"PID|1||M1||||||||||{written}")["telecom"][0]

    assert (found["system"], found["use"]) == (system, use)
    assert [one["valueString"] for one in found.get("extension", ())] == kept


def test_a_language_is_named_beside_its_tag() -> None:
    spoken = patient("PID|1||M1||||||||||||chi")["communication"][0]["language"]["coding"][0]

    assert (spoken["code"], spoken["display"]) == ("zh", "Chinese")


def test_an_address_that_is_no_good_says_so() -> None:
    found = patient("PID|1||M1||||||||某路1号^^某市^^^^BA")["address"][0]

    assert (found["use"], found["extension"]) == ("old", [{"url": "urn:hub:v2:XAD-7", "valueString": "BA"}])
