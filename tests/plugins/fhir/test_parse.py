"""What resources mean: whose they are, what they are known by, when they were recorded; else where they are wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from hub import Claim, Merge, ParseError, RecordUpdate, UnsupportedMessage
from hub.testing import message
from plugins.fhir.adapter import Fhir
from plugins.fhir.settings import FhirSettings
from tests.plugins.fhir.running import ID, OWN, bundle, entry, patient

ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def parsed(body: Any, own_system: str = "") -> list[RecordUpdate]:
    adapter = Fhir("clinic", FhirSettings(own_system=own_system))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(adapter.parse(message(adapter, raw)))


def claim(update: RecordUpdate) -> Claim:
    assert update.claim is not None
    return update.claim


def result(of: str, **elements: Any) -> dict[str, Any]:
    found = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    return found | ({"subject": {"reference": of}} if of else {}) | elements


@pytest.mark.parametrize(
    ("sent", "own_system", "key"),
    [
        (entry(patient("P-1", id="x")), OWN, f"{OWN}|P-1"),
        (entry(patient("P-1", id="x")), "", "x"),
        (entry(patient("P-1", id="x"), "PUT", f"Patient?identifier={OWN}|P-1"), "", f"{OWN}|P-1"),
        (entry(patient(), "PUT", "Patient/y"), "", "y"),
        (entry(patient(), full_url="https://clinic.example.org/fhir/Patient/z"), "", "z"),
        (entry(patient(), full_url="urn:uuid:1"), "", "urn:uuid:1"),
    ],
)
def test_a_person_is_known_by_the_senders_own_number_else_by_the_request_else_by_the_id(
    sent: dict[str, Any], own_system: str, key: str
) -> None:
    (update,) = parsed(bundle("transaction", sent), own_system)
    assert claim(update).source_id == key


def test_a_person_without_any_number_is_known_by_the_message_and_is_nobody_else() -> None:
    both = parsed(bundle("collection", entry(patient("", "张一")), entry(patient("", "张一"))))
    again = parsed(bundle("collection", entry(patient("", "张一")), entry(patient("", "张一"))))
    keys = [claim(update).source_id for update in both]
    assert len(set(keys)) == 2
    assert keys == [claim(update).source_id for update in again]


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "urn:uuid:p"},
        {"reference": "Patient/x"},
        {"reference": f"Patient?identifier={OWN}|P-1"},
        {"identifier": {"system": OWN, "value": "P-1"}},
        {"type": "Patient", "identifier": {"system": OWN, "value": "P-1"}},
    ],
)
def test_a_resource_is_its_patients_however_it_names_him(reference: dict[str, Any]) -> None:
    sent = bundle(
        "collection",
        entry(patient("P-1", id="x"), full_url="urn:uuid:p"),
        entry(patient("P-2", id="y"), full_url="urn:uuid:q"),
        entry(result("", subject=reference, id="o")),
    )
    updates = {claim(update).source_id: update for update in parsed(sent, OWN)}
    (found,) = updates[f"{OWN}|P-1"].resources
    assert found.source_id == "o"
    assert updates[f"{OWN}|P-2"].resources == ()
    assert not {"id", "meta"} & found.body.keys()


def test_references_follow_the_senders_own_ids_and_leave_other_servers_alone() -> None:
    root = "https://clinic.example.org/fhir"
    given = result(
        f"{root}/Patient/x",
        encounter={"reference": f"{root}/Encounter/e"},
        performer=[{"reference": "https://elsewhere.example.org/fhir/Practitioner/1"}, {"reference": "#1"}],
    )
    (update,) = parsed(bundle("collection", entry(given, full_url=f"{root}/Observation/o")))
    (found,) = update.resources
    assert claim(update).source_id == "x"
    assert found.body["subject"] == {"reference": "Patient/x"}
    assert found.body["encounter"] == {"reference": "Encounter/e"}
    assert [one["reference"] for one in found.body["performer"]] == [
        "https://elsewhere.example.org/fhir/Practitioner/1",
        "#1",
    ]


def test_a_resource_without_a_patient_is_of_the_only_one_there_is() -> None:
    (update,) = parsed(bundle("transaction", entry(patient(id="x")), entry(result("", id="o"))))
    assert [one.source_id for one in update.resources] == ["o"]
    with pytest.raises(ParseError) as said:
        parsed(bundle("transaction", entry(patient(id="x")), entry(patient(id="y")), entry(result(""))))
    assert said.value.place == "Bundle.entry[2].resource"


def test_a_number_that_is_no_id_is_never_guessed() -> None:
    with pytest.raises(ParseError):
        parsed(bundle("collection", entry(result("Patient/x", id="o"))), OWN)


def test_staff_and_places_are_nobodys() -> None:
    nobodys, somebodys = parsed(
        bundle(
            "transaction",
            entry({"resourceType": "Organization", "id": "org", "name": "医院"}),
            entry(patient(id="x", managingOrganization={"reference": "Organization/org"})),
        )
    )
    assert nobodys.claim is None
    assert [one.source_id for one in nobodys.resources] == ["org"]
    assert claim(somebodys).patient["managingOrganization"] == {"reference": "Organization/org"}


def test_the_mother_gives_her_numbers_and_her_name_to_the_claim_of_each_child() -> None:
    def mother(child: str) -> dict[str, Any]:
        return {
            "resourceType": "RelatedPerson",
            "patient": {"reference": child},
            "relationship": [{"coding": [{"system": ROLE, "code": "MTH"}]}],
            "identifier": [{"system": ID, "value": "990101199003070015"}],
            "name": [{"text": "李梅"}],
        }

    sent = [entry(patient(id=key), full_url=f"urn:uuid:{key}") for key in ("a", "b")]
    first, second = parsed(bundle("transaction", *sent, *(entry(mother(f"urn:uuid:{key}")) for key in ("a", "b"))))
    for update in (first, second):
        (told,) = claim(update).patient["extension"]
        assert told == {"url": "urn:hub:mother", "valueIdentifier": {"system": ID, "value": "990101199003070015"}}
        assert claim(update).patient["contact"][0]["name"] == {"text": "李梅"}
    assert first.resources[0].source_id != second.resources[0].source_id


@pytest.mark.parametrize(("kind", "survivor", "retired"), [("replaced-by", "y", "x"), ("replaces", "x", "y")])
def test_a_link_retires_the_number_that_it_says(kind: str, survivor: str, retired: str) -> None:
    link = [{"type": kind, "other": {"reference": "Patient/y"}}]
    known, joined = parsed(patient(id="x", active=False, link=link))
    assert claim(joined).source_id == survivor
    (event,) = joined.events
    assert isinstance(event, Merge)
    assert event.retired.source_id == retired
    assert "link" not in claim(known).patient


def test_what_was_handed_on_is_as_old_as_it_says_and_what_is_sent_is_new() -> None:
    old = {"lastUpdated": "2024-05-01T08:00:00+08:00"}
    (handed,) = parsed(bundle("collection", entry(patient(id="x", meta=old))))
    (sent,) = parsed(bundle("transaction", entry(patient(id="x", meta=old), "PUT", "Patient/x")))
    assembled = bundle("transaction", entry(patient(id="x"), "PUT", "Patient/x")) | {
        "timestamp": "2024-06-01T00:00:00Z"
    }
    (dated,) = parsed(assembled)
    assert handed.recorded_at == datetime.fromisoformat("2024-05-01T08:00:00+08:00")
    assert sent.recorded_at is None
    assert dated.recorded_at == datetime.fromisoformat("2024-06-01T00:00:00+00:00")


def test_resources_of_several_times_are_updates_of_their_own_the_person_first() -> None:
    times = ("2024-05-02T08:00:00Z", "2024-05-01T08:00:00Z")
    resources = [result("Patient/x", id=f"o{at}", meta={"lastUpdated": when}) for at, when in enumerate(times)]
    updates = parsed(bundle("collection", *map(entry, resources), entry(patient(id="x", birthDate="1990"))))
    assert [claim(update).source_id for update in updates] == ["x"] * 3
    assert claim(updates[0]).patient["birthDate"] == "1990"
    assert [one.source_id for update in updates for one in update.resources] == ["o0", "o1"]


def test_a_decimal_stays_as_it_was_written() -> None:
    body = json.dumps(result("Patient/x", id="o")).replace('"final"', '"final","valueQuantity":{"value":3.50}')
    (update,) = parsed(body.encode())
    assert str(update.resources[0].body["valueQuantity"]["value"]) == "3.50"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (patient(id="x", birthDate="1990-13"), "Patient.birthDate"),
        (patient(id="x", birthDate=None), "Patient.birthDate"),
        (patient(id="x", identifier={}), "Patient.identifier"),
        (patient(id="x", identifier=[{"value": 7}]), "Patient.identifier[0].value"),
        (patient(id="x", contact=[{"name": [{"text": "x"}]}]), "Patient.contact[0].name"),
        (patient(id="x", deceasedDateTime="2024-05-01T08:00"), "Patient.deceasedDateTime"),
        (patient(id="x", multipleBirthInteger="1"), "Patient.multipleBirthInteger"),
        (bundle("collection", entry(result("Patient/x", status=[]))), "Bundle.entry[0].resource.status"),
        (bundle("collection", entry(result("Patient/x", encounter={"reference": 5}))),
         "Bundle.entry[0].resource.encounter.reference"),
        (bundle("collection", entry(patient(id="x", meta={"lastUpdated": "2024-05-01"}))),
         "Bundle.entry[0].resource.meta.lastUpdated"),
        (bundle("transaction", entry(patient(id="x"), "GET")), "Bundle.entry[0].request.method"),
        (bundle("history"), "Bundle.type"),
        ({"resourceType": "Bundle", "type": "batch", "entry": {}}, "Bundle.entry"),
        (b'{"resourceType":"Patient","id":"x"}\n{"resourceType":"Patient",}\n', "line[2]"),
        (b'{"resourceType":"Patient","id":"x"}\n{"resourceType":"Patient","id":"y","gender":"M"}\n',
         "line[2].gender"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_place(body: Any, place: str) -> None:
    with pytest.raises(ParseError) as said:
        parsed(body)
    assert said.value.place == place


def test_what_the_record_does_not_keep_is_skipped_and_said() -> None:
    with pytest.raises(UnsupportedMessage):
        parsed({"resourceType": "Composition", "id": "x"})
    (update,) = parsed(bundle("message", entry({"resourceType": "MessageHeader"}), entry(patient(id="x"))))
    assert claim(update).source_id == "x"
    adapter = Fhir("clinic", FhirSettings())
    body = json.dumps(bundle("message", entry({"resourceType": "MessageHeader"}), entry(patient("P-1", id="x"))))
    fates = {fate.place: fate.fate for fate in adapter.explain(message(adapter, body.encode()))}
    assert fates["Bundle.entry[0].resource.resourceType"] == "ignored"
    assert fates["Bundle.entry[1].resource.identifier"] == "mapped"
    assert fates["Bundle.entry[1].resource.id"] == "ignored"


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("Observation", {"status": "entered-in-error"}),
        ("RelatedPerson", {"active": False}),
        ("Condition", {"verificationStatus": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]}}),
    ],
)  # fmt: skip
def test_a_deletion_says_what_fhir_has_for_it(type_: str, body: dict[str, Any]) -> None:
    gone = {"request": {"method": "DELETE", "url": f"{type_}/1"}}
    (update,) = parsed(bundle("transaction", gone))
    assert update.claim is None
    (found,) = update.resources
    assert (found.source_id, found.body) == ("1", {"resourceType": type_, **body})
