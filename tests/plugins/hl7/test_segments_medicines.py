"""Medicines: ordered, encoded, dispensed, given."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub import Json, RecordUpdate
from tests.plugins.hl7.mapping import HEADER, body, fates, told


def message(kind: str, *segments: str) -> RecordUpdate:
    return told(*segments, header=HEADER.replace("ADT^A08^ADT_A01", kind))


def keys(update: RecordUpdate, kind: str) -> list[str]:
    return [one.source_id for one in update.resources if one.type == kind]


def url(name: str, value: Json) -> list[Json]:
    return [one for one in value.get("extension", ()) if one["url"] == f"urn:hub:v2:{name}"]


ORDER = "RXO|N02^扑热息痛^YPID|0.5|1|g||^备注|^饭后|"


def test_an_order_has_its_dose_its_times_and_its_way() -> None:
    found = body(
        message("OMP^O09", "ORC|NW|C1^HIS", "TQ1|1||BID|0800~2000||5^d||||发热时", ORDER, "RXR|PO^口服^HL70162"),
        "MedicationRequest",
    )

    (dosage,) = found["dosageInstruction"]
    assert dosage["timing"]["repeat"] | {"boundsDuration": {}} == {
        "frequency": 2,
        "period": 1,
        "periodUnit": "d",
        "timeOfDay": ["08:00:00", "20:00:00"],
        "boundsDuration": {},
    }
    assert dosage["timing"]["repeat"]["boundsDuration"]["value"] == Decimal(5)
    assert dosage["doseAndRate"][0]["doseRange"]["high"] == {"value": Decimal(1), "unit": "g", "code": "g"}
    assert (dosage["asNeededCodeableConcept"], dosage["additionalInstruction"]) == (
        {"text": "发热时"},
        [{"text": "饭后"}],
    )
    assert dosage["route"]["coding"][0]["code"] == "PO"
    assert (found["status"], found["intent"], found["note"]) == ("active", "original-order", [{"text": "备注"}])


@pytest.mark.parametrize(
    ("control", "state", "status"),
    [("NW", "", "active"), ("CA", "", "cancelled"), ("OC", "", "cancelled"), ("DC", "", "stopped"),
     ("HD", "", "on-hold"), ("SC", "CM", "completed"), ("SC", "", "unknown"), ("??", "", "unknown")],
)  # fmt: skip
def test_a_control_code_is_the_status_of_a_medicine_order(control: str, state: str, status: str) -> None:
    found = body(message("OMP^O09", f"ORC|{control}|C1^HIS|||{state}", ORDER), "MedicationRequest")

    assert found["status"] == status
    assert url("ORC-1", found) or url("ORC-5", found)


@pytest.mark.parametrize(
    ("control", "status"), [("NW", "active"), ("CA", "revoked"), ("DC", "revoked"), ("XO", "active"), ("OH", "on-hold")]
)
def test_a_control_code_is_the_status_of_an_order(control: str, status: str) -> None:
    found = message("ORM^O01", f"ORC|{control}|P1^HIS", "OBR|1|P1^HIS||CT^头颅CT^RIS")

    assert body(found, "ServiceRequest")["status"] == status
    assert keys(found, "DiagnosticReport") == [], "nothing is reported yet"


def test_what_the_pharmacy_made_of_an_order_is_an_order_of_its_own() -> None:
    found = message("RDE^O11", "ORC|NW|C1^HIS||||||||||D1^王^医", ORDER, "RXE||N02^扑热息痛^YPID|1||TAB||||||||||RX7")

    first, second = (one.body for one in found.resources if one.type == "MedicationRequest")
    assert keys(found, "MedicationRequest") == ["urn:hub:hospital:HIS|C1|N02", "urn:hub:hospital:HIS|C1|N02|RXE"]
    assert (first["intent"], second["intent"]) == ("original-order", "filler-order")
    assert second["basedOn"] == [{"reference": "MedicationRequest/urn:hub:hospital:HIS|C1|N02"}]
    assert (second["requester"], second["status"]) == (first["requester"], "active")
    assert [one["value"] for one in second["identifier"]] == ["C1", "RX7"]


def test_an_encoded_order_alone_is_the_order() -> None:
    found = body(message("RDE^O01", "ORC|NW|C1^HIS", "RXE|1^QID^^20240301^20240303^S|N02|2||TAB"), "MedicationRequest")

    assert (found["intent"], found["priority"]) == ("order", "stat")


def test_an_order_without_numbers_is_known_by_its_message() -> None:
    found = message("OMP^O09", "ORC|NW", ORDER, "ORC|NW", ORDER)

    assert keys(found, "MedicationRequest") == ["urn:oid:2.999.1|M1|N02|K1|1", "urn:oid:2.999.1|M1|N02|K1|2"]


def test_each_way_of_several_is_a_dosage() -> None:
    found = body(message("OMP^O09", "ORC|NW|C1", ORDER, "RXR|PO", "RXR|IV||||^遵嘱"), "MedicationRequest")

    ways = [one["route"]["coding"][-1]["code"] for one in found["dosageInstruction"]]
    assert ways == ["PO", "IV"]
    assert found["dosageInstruction"][1]["additionalInstruction"] == [{"text": "遵嘱"}]


def test_a_dose_goes_one_way_and_another_is_kept() -> None:
    found = body(
        message("RAS^O17", "ORC|RE|C1", "RXA|0|1|20240301||N02||", "RXR|PO", "RXR|IV"), "MedicationAdministration"
    )

    assert found["dosage"]["route"]["coding"][-1]["code"] == "PO"
    assert url("RXR-1", found) == [{"url": "urn:hub:v2:RXR-1", "valueString": "IV"}]


def test_the_components_of_a_mixture_are_what_the_medicine_is_made_of() -> None:
    found = body(
        message(
            "RDE^O11", "ORC|NW|C1", "RXE||MIX^输液^YPID|1", "RXC|B|NS^盐水^YPID|250|mL", "RXC|A|AB^头孢^YPID|2|g|1|g"
        ),
        "MedicationRequest",
    )

    (product,) = found["contained"]
    assert found["supportingInformation"] == [{"reference": "#product"}]
    assert [one["itemCodeableConcept"]["text"] for one in product["ingredient"]] == ["盐水", "头孢"]
    assert [one["strength"]["numerator"]["value"] for one in product["ingredient"]] == [250, 2]
    assert {"url": "urn:hub:v2:RXC-5", "valueDecimal": Decimal(1)} in product["ingredient"][1]["extension"]
    assert found["medicationCodeableConcept"]["text"] == "输液"


def test_a_further_rhythm_is_a_dosage_in_its_order() -> None:
    found = body(message("OMP^O09", "ORC|NW|C1", ORDER, "TQ1|1||BID", "TQ1|2||QD"), "MedicationRequest")

    rhythms = [(one["sequence"], one["timing"]["code"]["coding"][0]["code"]) for one in found["dosageInstruction"]]
    assert rhythms == [(1, "BID"), (2, "QD")]


def test_a_rhythm_keeps_what_fhir_has_no_place_for() -> None:
    found = body(
        message("OMP^O09", "ORC|NW|C1", ORDER, "TQ1|1||P^HD^^^12^min^^PC^120^s", "RXR|PO"), "MedicationRequest"
    )

    timing = found["dosageInstruction"][0]["timing"]
    assert timing["repeat"] == {"frequency": 1, "period": 12, "periodUnit": "min", "when": ["PC"], "offset": 2}
    assert timing["extension"] == [{"url": "urn:hub:v2:RPT-2", "valueString": "HD"}]


def test_what_was_dispensed_names_what_it_was_dispensed_for() -> None:
    found = message(
        "RDS^O13",
        "ORC|RE|C1^HIS|F1^PHA",
        ORDER,
        "RXD|1|N02^扑热息痛^YPID|202403010930|15|TAB||RX7|||Y1^药^师||||||||L1",
    )

    dispense = body(found, "MedicationDispense")
    assert dispense["authorizingPrescription"][0] == {"reference": "MedicationRequest/urn:hub:hospital:HIS|C1|N02"}
    assert dispense["authorizingPrescription"][1]["identifier"]["value"] == "RX7"
    assert (dispense["status"], dispense["quantity"]["value"]) == ("completed", 15)
    assert dispense["contained"][0]["batch"] == {"lotNumber": "L1"}
    assert [one["value"] for one in dispense["identifier"]] == ["C1", "F1"]


def test_a_dispense_that_is_taken_back_is_cancelled() -> None:
    assert body(message("RDS^O13", "ORC|CA|C1", "RXD|1|N02|20240301|1"), "MedicationDispense")["status"] == "cancelled"


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [("CP", "A", "completed"), ("RE", "A", "not-done"), ("CP", "D", "entered-in-error"), ("", "", "completed")],
)
def test_a_medicine_was_given_or_not(status: str, action: str, expected: str) -> None:
    dose = f"RXA|0|1|202403011000|202403011030|N02^扑热息痛^YPID|1|g|||N1^护^士||||||||||{status}|{action}"
    found = body(message("RAS^O17", "ORC|RE|C1^HIS", dose), "MedicationAdministration")

    assert found["status"] == expected
    assert found["effectivePeriod"]["end"] == "2024-03-01T10:30:00+08:00"
    assert found["dosage"]["dose"]["value"] == 1


def test_a_result_under_a_dose_is_part_of_it() -> None:
    found = message("RAS^O17", "ORC|RE|C1", "RXA|0|1|20240301||N02|1", "OBX|1|NM|8310-5^体温^LN||38||||||F")

    (given,) = keys(found, "MedicationAdministration")
    assert body(found, "Observation")["partOf"] == [{"reference": f"MedicationAdministration/{given}"}]


def test_one_giving_to_come_is_a_single_order() -> None:
    found = body(message("RGV^O15", "ORC|RE|C1^HIS", "RXG|1||^^^202403011000|N02|1||TAB"), "MedicationRequest")

    assert found["intent"] == "instance-order"
    assert found["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"]["start"] == "2024-03-01T10:00:00+08:00"


def test_words_in_place_of_numbers_are_kept() -> None:
    segments = ("ORC|NW|C1", "RXO|N02|半片||片|||||||若干|盒")
    found = body(message("OMP^O09", *segments), "MedicationRequest")
    text = "\r".join((HEADER.replace("ADT^A08^ADT_A01", "OMP^O09"), "PID|1||M1", *segments))

    assert "dosageInstruction" not in found
    assert [url(f"RXO-{at}", found)[0]["valueString"] for at in (2, 4, 11, 12)] == ["半片", "片", "若干", "盒"]
    assert {one.fate for one in fates(text) if one.place.startswith("RXO-1") and one.place != "RXO-1"} == {"kept"}


def test_the_specimen_before_an_order_is_what_it_is_done_on() -> None:
    found = message("OML^O33", "SPM|1|S1||BLD", "SAC|||T1", "ORC|NW|P1", "OBR|1|P1||CBC", "ORC|NW|P2", "OBR|2|P2||ESR")

    specimen = body(found, "Specimen")
    assert specimen["container"] == [{"identifier": [{"system": "urn:hub:hospital", "value": "T1"}]}]
    assert len(specimen["request"]) == 2
    assert all(
        one.body["specimen"] == [{"reference": "Specimen/urn:hub:hospital|S1"}]
        for one in found.resources
        if one.type == "ServiceRequest"
    )


def test_an_orc_behind_its_order_speaks_of_it() -> None:
    found = message(
        "OUL^R22", "SPM|1|S1||BLD", "OBR|1|||CBC|||||||||||||||||||||F", "ORC|SC|P1^HIS|||CM", "OBX|1|NM|A||1"
    )

    assert keys(found, "ServiceRequest") == ["urn:hub:hospital:HIS|P1|CBC"]
    assert body(found, "ServiceRequest")["status"] == "completed"
    assert body(found, "Observation")["specimen"] == {"reference": "Specimen/urn:hub:hospital|S1"}


def test_a_correction_is_of_the_same_result() -> None:
    before, after = (
        message("ORU^R01", "OBR|1|P1||CBC", f"OBX|1|NM|718-7||{value}||||||{state}")
        for value, state in (("13", "F"), ("131", "C"))
    )

    assert keys(before, "Observation") == keys(after, "Observation")
    assert body(after, "Observation")["status"] == "corrected"


def test_a_study_and_how_it_is_paid_for_stay_with_the_order() -> None:
    found = body(
        message("ORM^O01", "ORC|NW|P1", "OBR|1|P1||CT", "CTI|STUDY1^SPONSOR|2", "BLG|D|CH|A1"), "ServiceRequest"
    )

    study = next(one for one in found["extension"] if one["url"].endswith("workflow-researchStudy"))
    assert study["valueReference"]["identifier"]["value"] == "STUDY1"
    assert [len(url(name, found)) for name in ("CTI-2", "BLG-1", "BLG-2", "BLG-3")] == [1, 1, 1, 1]


def test_a_limit_over_time_is_the_most_of_a_dosage() -> None:
    found = body(message("RDE^O11", "ORC|NW|C1", "RXE||N02|1", "CDO|1|A|4^g|1^d"), "MedicationRequest")

    most = found["dosageInstruction"][0]["maxDosePerPeriod"]
    assert (most["numerator"]["value"], most["denominator"]["code"]) == (4, "d")


@pytest.mark.parametrize(
    ("kind", "segments"),
    [
        ("RDS^O13", ("ORC|RE|C1|R1", "RXD|1|N02^x|20240301|15", "ORC|RE|C1|R1", "RXD|1|N02^x|20240301|15")),
        ("RDE^O11", ("ORC|NW|C1|R1", "RXE||N02^x|1", "OBR|1|C1|R1|X", "RXE||N02^x|1")),
        ("RDE^O11", ("ORC|NW|C1|R1", "RXE||N02^x|1", "RXD|1|N02^x|20240301|15", "RXE||N02^x|1")),
        ("RAS^O17", ("ORC|NW|C1|R1", "RXA|0|1|20240301||N02^x|1", "OBR|1|C1|R1|X", "RXA|0|1|20240301||N02^x|1")),
    ],
)
def test_what_is_said_twice_of_a_medicine_is_said_of_one(kind: str, segments: tuple[str, ...]) -> None:
    found = message(kind, *segments)

    mine = [one for one in found.resources if one.type.startswith("Medication")]
    assert len(mine) == len({(one.type, one.source_id) for one in mine})
    assert not [one for one in mine if {"reference": f"{one.type}/{one.source_id}"} in one.body.get("basedOn", ())]
