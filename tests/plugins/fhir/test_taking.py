"""What a client sends over HTTP is kept before it is answered, and the answer says what became of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.plugins.fhir.running import ID, OWN, Running, bundle, entry, patient


def test_a_patient_sent_to_a_number_is_made_once_and_then_changed(hub: Running, clinic: httpx.Client) -> None:
    url = f"/Patient?identifier={OWN}|P-1"
    first = clinic.put(url, json=patient("P-1", "钱一一", gender="female"))
    again = clinic.put(url, json=patient("P-1", "钱一一", gender="male"))
    back = clinic.put(url, json=patient("P-1", "钱一一", gender="female"))

    assert [answer.status_code for answer in (first, again, back)] == [201, 200, 200]
    assert first.headers["location"].endswith("/_history/1")
    assert [answer.headers["etag"] for answer in (first, again, back)] == ['W/"1"', 'W/"2"', 'W/"3"']
    assert back.json()["gender"] == "female"
    found = clinic.get("/Patient", params={"identifier": f"{OWN}|P-1"}).json()["entry"]
    assert [one["resource"]["id"] for one in found] == [first.json()["id"]]
    assert hub.statuses("clinic")[-3:] == ["applied"] * 3


def test_a_transaction_is_answered_entry_by_entry(clinic: httpx.Client) -> None:
    visit = {"resourceType": "Encounter", "identifier": [{"system": "urn:oid:2.999.8", "value": "V-2"}],
             "status": "finished", "class": {"code": "AMB"}, "subject": {"reference": "urn:uuid:2"}}  # fmt: skip
    sent = bundle(
        "transaction",
        entry(patient("P-2", "钱二二"), "POST", full_url="urn:uuid:2"),
        entry(visit, "POST", full_url="urn:uuid:3"),
    )
    answer = clinic.post("", json=sent)

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["type"] == "transaction-response"
    assert [one["response"]["status"] for one in told["entry"]] == ["201 Created"] * 2
    locations = [one["response"]["location"].partition("/_history")[0] for one in told["entry"]]
    assert clinic.get(f"/{locations[1]}").json()["subject"] == {"reference": locations[0]}
    again = clinic.post("", json=sent).json()
    assert [one["response"]["status"] for one in again["entry"]] == ["200 OK"] * 2


def test_a_fault_in_a_bundle_is_placed_in_the_bundle(clinic: httpx.Client) -> None:
    sent = bundle("transaction", entry(patient("P-4", gender="M"), "POST"))
    (issue,) = clinic.post("", json=sent).json()["issue"]
    assert issue["expression"] == ["Bundle.entry[0].resource.gender"]


def test_the_same_request_again_is_the_same_message(hub: Running, clinic: httpx.Client) -> None:
    before = len(hub.statuses("clinic"))
    for _ in range(2):
        sent = clinic.post("/Patient", json=patient("P-3", "钱三三"), headers={"X-Request-Id": "R-3"})
        assert sent.status_code in (200, 201)
    assert len(hub.statuses("clinic")) == before + 1


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (patient("P-4", birthDate="1990-02-30"), "Patient.birthDate"),
        (patient("P-4", name=[{"given": "四"}]), "Patient.name[0].given"),
        (patient("P-4", gender="M"), "Patient.gender"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_kept_as_refused(
    hub: Running, clinic: httpx.Client, sent: dict[str, object], place: str
) -> None:
    answer = clinic.post("/Patient", json=sent)
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert issue["expression"] == [place]
    assert " / " in issue["details"]["text"], "in both languages"
    assert hub.statuses("clinic")[-1] == "refused"


@pytest.mark.parametrize("scopes", ["system/*.rs", "system/Observation.cu"])
def test_who_may_not_write_patients_cannot_send_any(hub: Running, scopes: str) -> None:
    before = hub.statuses("clinic")
    with hub.client("clinic", scopes) as client:
        sent = bundle("collection", entry(patient("P-5", "钱五五")))
        answers = [client.post("", json=sent), client.post("/Patient", json=patient("P-5", "钱五五"))]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert hub.statuses("clinic") == before


@pytest.mark.parametrize("name", ["stranger", "torn"])
def test_a_client_without_a_feed_of_its_own_is_turned_away(hub: Running, name: str) -> None:
    with hub.client(name) as client:
        assert client.post("/Patient", json=patient("P-6", "钱六六")).status_code == 403


def test_a_retired_number_leads_to_the_one_that_took_its_place(clinic: httpx.Client) -> None:
    for number in ("P-7", "P-8"):
        clinic.post("/Patient", json=patient(number, "钱七七")).raise_for_status()
    link = [{"type": "replaced-by", "other": {"identifier": {"system": OWN, "value": "P-8"}}}]
    retired = clinic.put(f"/Patient?identifier={OWN}|P-7", json=patient("P-7", "钱七七", active=False, link=link))
    assert retired.status_code == 200, retired.text
    found = [
        clinic.post("/Patient/_search", data={"identifier": f"{OWN}|{number}"}).json() for number in ("P-7", "P-8")
    ]
    assert [one["entry"][0]["resource"]["id"] for one in found] == [found[1]["entry"][0]["resource"]["id"]] * 2


def test_what_is_deleted_stays_as_an_error_of_its_person(clinic: httpx.Client) -> None:
    given = {"resourceType": "Observation", "id": "O-9", "status": "final", "code": {"text": "x"},
             "subject": {"reference": "urn:uuid:9"}}  # fmt: skip
    told = clinic.post(
        "",
        json=bundle(
            "transaction",
            entry(patient("P-9", "钱九九"), "POST", full_url="urn:uuid:9"),
            entry(given, "PUT", "Observation/O-9"),
        ),
    ).json()
    person, result = (one["response"]["location"].partition("/_history")[0] for one in told["entry"])
    gone = {"request": {"method": "DELETE", "url": "Observation/O-9"}}
    answer = clinic.post("", json=bundle("transaction", gone))
    assert answer.json()["entry"][0]["response"]["status"] == "204 No Content"
    assert clinic.get(f"/{result}").json()["status"] == "entered-in-error"
    found = clinic.get("/Observation", params={"patient": person.partition("/")[2]}).json()
    assert [one["resource"]["status"] for one in found["entry"]] == ["entered-in-error"]


def test_each_sending_is_noted_with_the_persons_and_the_message(hub: Running, clinic: httpx.Client) -> None:
    person = clinic.post("/Patient", json=patient("P-10", "钱十十")).json()["id"]
    ((client, action, persons, query),) = hub.sql(
        "SELECT client, action, persons, query FROM event ORDER BY id DESC LIMIT 1"
    )
    assert (client, action, json.loads(persons)) == ("clinic", "create", [person])
    assert query.startswith("message=")
    assert "钱" not in query


def test_a_resource_by_itself_and_lines_of_them_are_taken_too(police: httpx.Client) -> None:
    one = {"resourceType": "Patient", "id": "R-1", "name": [{"text": "孙一一"}]}
    lines = "".join(json.dumps(one | {"id": f"R-{at}"}) + "\n" for at in (2, 3))
    headers = {"content-type": "application/fhir+json"}
    for body in (json.dumps(one), lines):
        answer = police.post("", content=body, headers=headers)
        assert (answer.status_code, answer.json()["resourceType"]) == (200, "OperationOutcome"), answer.text
    assert police.get("/Patient", params={"name": "孙一一"}).json()["entry"]


@pytest.mark.parametrize(
    ("method", "path", "body", "type_", "status"),
    [
        ("POST", "", b"{", "application/json", 400),
        ("POST", "", b"", "application/json", 400),
        ("POST", "", b"<Patient/>", "application/fhir+xml", 415),
        ("POST", "/Patient", b'{"resourceType":"Group"}', "application/json", 400),
        ("PUT", "/Patient", b'{"resourceType":"Patient"}', "application/json", 400),
        ("PUT", "/Patient?identifier=P-1", b'{"resourceType":"Patient"}', "application/json", 400),
        ("POST", "", b'{"resourceType":"Bundle","type":"history"}', "application/json", 400),
        ("POST", "", b'{"resourceType":"Composition"}', "application/json", 400),
    ],
)
def test_what_cannot_be_taken_is_the_clients_fault(  # noqa: PLR0917 - one request each
    clinic: httpx.Client, method: str, path: str, body: bytes, type_: str, status: int
) -> None:
    answer = clinic.request(method, path, content=body, headers={"content-type": type_})
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_number_of_the_sender_is_the_same_person_however_it_is_sent(clinic: httpx.Client) -> None:
    sent = patient("P-11", "钱十一", id="some-id")
    one = clinic.post("/Patient", json=sent).json()["id"]
    other = clinic.put(f"/Patient?identifier={OWN}|P-11", json=patient("P-11", "钱十一")).json()["id"]
    assert one == other


def test_the_police_and_the_clinic_mean_the_same_resident(clinic: httpx.Client, police: httpx.Client) -> None:
    number = {"system": ID, "value": "990101199003070015"}
    known: dict[str, Any] = {"name": [{"text": "周一一"}], "birthDate": "1990-03-07", "gender": "male"}
    first = police.post("/Patient", json=patient(**known, id="R-9", identifier=[number])).json()
    mine = [{"system": OWN, "value": "P-12"}, number]
    clinic.post("/Patient", json=patient(**known, identifier=mine)).raise_for_status()
    found = clinic.post("/Patient/_search", data={"identifier": f"{OWN}|P-12"}).json()["entry"]
    assert [one["resource"]["id"] for one in found] == [first["id"]]
    told = clinic.get(f"/Patient/{first['id']}/$sources").json()
    assert told["total"] == 2
