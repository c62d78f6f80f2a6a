"""Read, vread, history, everything and provenance, as a client sees them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from hub import Resource
from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served, link, serve

LI, ZHANG, WANG = d.patient_id(d.LI), d.patient_id(d.ZHANG), d.patient_id(d.WANG)
LI_AT_CLINIC, ZHANG_AGAIN = d.patient_id(d.LI_AT_CLINIC, d.CLINIC), d.patient_id(d.ZHANG_AGAIN)
VISIT = d.id_of("Encounter", "V2")


def test_a_read_says_which_version_it_is(served: Served) -> None:
    answer = served.get(f"Encounter/{VISIT}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    body = answer.json()
    assert (body["id"], body["meta"]["versionId"]) == (VISIT, "2")
    assert parsedate_to_datetime(answer.headers["last-modified"]).year >= 2024


def test_what_has_not_changed_is_not_sent_again(served: Served) -> None:
    path = f"Encounter/{VISIT}"
    for tag in ('W/"2"', 'W/"1", W/"2"', "*"):
        answer = served.get(path, **{"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", 'W/"2"')
        assert served.audited()[1:4] == ("read", "Encounter", VISIT)
    assert served.get(path, **{"If-None-Match": 'W/"1"'}).status_code == 200


def test_the_head_of_a_resource_can_be_asked_for(served: Served) -> None:
    answer = served.http.head(f"Encounter/{VISIT}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 100


def test_a_part_of_a_resource_is_marked_as_one(served: Served) -> None:
    body = served.json(f"Patient/{LI}?_elements=birthDate")
    assert set(body) == {"resourceType", "id", "meta", "birthDate"}
    assert body["meta"]["tag"][0]["code"] == "SUBSETTED"
    summary = served.json(f"Observation/{d.id_of('Observation', 'O2')}?_summary=true")
    assert summary["status"] == "preliminary"
    assert served.get(f"Patient/{LI}?_summary=count").status_code == 400
    assert served.get(f"Patient/{LI}?name=x").status_code == 400


def test_old_versions_are_read_by_their_number(served: Served) -> None:
    assert served.json(f"Encounter/{VISIT}/_history/1")["status"] == "in-progress"
    assert served.json(f"Encounter/{VISIT}/_history/2")["status"] == "finished"
    assert served.get(f"Encounter/{VISIT}/_history/1").headers["etag"] == 'W/"1"'
    for number in ("0", "3", "x", "-1", "9" * 30, "١"):
        assert served.get(f"Encounter/{VISIT}/_history/{number}").status_code == 404


def test_history_tells_each_version_and_pages(served: Served) -> None:
    bundle = served.json(f"Encounter/{VISIT}/_history")
    assert (bundle["type"], bundle["total"]) == ("history", 2)
    assert [entry["response"]["etag"] for entry in bundle["entry"]] == ['W/"2"', 'W/"1"']
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT", "POST"]
    first = served.json(f"Encounter/{VISIT}/_history?_count=1")
    second = served.json(link(first, "next"))
    assert [page["entry"][0]["resource"]["meta"]["versionId"] for page in (first, second)] == ["2", "1"]
    assert link(second, "next") == ""
    assert "entry" not in served.json(f"Encounter/{VISIT}/_history?_since=2100-01-01")


def test_a_retired_id_answers_with_the_way_to_its_person(served: Served) -> None:
    retired = served.json(f"Patient/{ZHANG_AGAIN}")
    assert retired["link"] == [{"other": {"reference": f"Patient/{ZHANG}"}, "type": "replaced-by"}]


@pytest.mark.parametrize("asked", [LI, LI_AT_CLINIC])
def test_everything_is_found_by_any_id_of_the_person(served: Served, asked: str) -> None:
    bundle = served.json(f"Patient/{asked}/$everything")
    modes = {entry["resource"]["resourceType"]: entry["search"]["mode"] for entry in bundle["entry"]}
    assert modes["Organization"] == "include"
    assert modes["Patient"] == modes["Observation"] == "match"
    assert len(bundle["entry"]) == 9
    assert all(
        entry["fullUrl"] == f"{served.base}{entry['resource']['resourceType']}/{entry['resource']['id']}"
        for entry in bundle["entry"]
    )
    assert served.audited() == ("tests", "everything", "Patient", asked, f'["{LI}"]', "", "ok", 9)


def test_everything_pages_without_loss_or_repeat(served: Served) -> None:
    path = f"Patient/{LI}/$everything"
    whole = served.ids(path) + served.ids(path, "include")
    assert len(set(whole)) == len(whole) == 9
    for size in (1, 2, 4, 8):
        assert sorted(served.ids(f"{path}?_count={size}") + served.ids(f"{path}?_count={size}", "include")) == sorted(
            whole
        )


def test_everything_can_be_narrowed(served: Served) -> None:
    path = f"Patient/{LI}/$everything"
    types = {entry["resource"]["resourceType"] for entry in served.json(f"{path}?_type=Observation,Encounter")["entry"]}
    assert types == {"Observation", "Encounter"}
    march = served.ids(f"{path}?start=2024-03-01&end=2024-03-01&_type=Observation")
    assert march == [d.id_of("Observation", "O1", d.CLINIC)]
    assert served.ids(f"{path}?_since=2100-01-01T00:00:00Z") == []
    posted = served.http.post(path)
    assert (posted.status_code, len(posted.json()["entry"])) == (200, 9)
    for fault in ("_type=Nonsense", "start=x", "_count=0", "_count=-1", "_count=x", "foo=1", "start=", "end=1&end=2"):
        assert served.get(f"{path}?{fault}").status_code == 400, fault
    assert served.get("Patient/nobody/$everything").status_code == 404
    assert served.get(f"Encounter/{VISIT}/$everything").status_code == 404


def test_provenance_names_the_feed_and_message_of_each_version(served: Served) -> None:
    bundle = served.json(f"Provenance?target=Encounter/{VISIT}")
    first, second = (entry["resource"] for entry in bundle["entry"])
    assert first["target"] == [{"reference": f"Encounter/{VISIT}/_history/1"}]
    assert second["target"] == [{"reference": f"Encounter/{VISIT}/_history/2"}]
    assert first["agent"][0]["who"]["identifier"]["value"] == d.HOSPITAL
    source = served.json(f"Encounter/{VISIT}")["meta"]["source"]
    entity = second["entity"][0]["what"]["identifier"]
    assert entity["system"] == "urn:hub:message"
    assert source == f"urn:hub:{d.HOSPITAL}#{entity['value']}"
    assert served.json(f"Provenance/{second['id']}") == second
    for wrong in ("Provenance-x-1", "Encounter", f"Encounter-{VISIT}-9", "-", "Encounter--1"):
        assert served.get(f"Provenance/{wrong}").status_code == 404


@pytest.mark.parametrize("query", ["", "?target=", "?target=x", "?target=Nonsense/1", "?target=Patient/1&foo=1"])
def test_provenance_is_asked_for_by_its_target(served: Served, query: str) -> None:
    assert served.get(f"Provenance{query}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "Patient/nobody",
        "Nonsense/1",
        f"Observation/{VISIT}",
        "Patient/x_y",
        f"Patient/{'x' * 65}",
        "Patient/%00",
        "x/y/z",
        f"Encounter/{VISIT}/_history/1/x",
        "Patient/nobody/_history",
        "Patient/nobody/_history/1",
        "Patient//x",
        "%F0%9F",
    ],
)
def test_what_is_not_there_is_not_found(served: Served, path: str) -> None:
    answer = served.get(path)
    assert answer.status_code == 404
    assert answer.json()["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", f"Patient/{LI}", "GET, HEAD"),
        ("PUT", f"Patient/{LI}", "GET, HEAD"),
        ("PATCH", "", "POST"),
        ("POST", "Encounter", "GET, HEAD"),
        ("TRACE", "Patient", "GET, HEAD, POST, PUT"),
        ("GET", "Patient/_search", "POST"),
        ("PATCH", f"Patient/{LI}", "GET, HEAD"),
        ("POST", "metadata", "GET, HEAD"),
        ("PUT", f"Patient/{LI}/$everything", "GET, HEAD, POST"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_can(served: Served, method: str, path: str, allowed: str) -> None:
    answer = served.http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    (issue,) = answer.json()["issue"]
    assert issue["code"] == "not-supported"
    assert allowed in issue["details"]["text"]
    assert all(served.http.request(each, path).status_code != 405 for each in allowed.split(", "))


PDF = b"%PDF-1.4 \xe4\xb8\xad"


def document(key: str, **elements: str) -> Resource:
    return Resource(key, {"resourceType": "Binary", "contentType": "application/pdf", **elements})


@pytest.fixture(scope="module")
def holding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A base of its own that also keeps a document."""
    for served in serve(f"sqlite:///{tmp_path_factory.mktemp('holding') / 'hub.db'}"):
        d.tell(served.database, d.HOSPITAL, d.LI, document("D1", data=b64encode(PDF).decode()))
        yield served


BINARY = f"Binary/{d.id_of('Binary', 'D1')}"


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "application/*", "application/fhir+json;q=0.1, */*", ""])
def test_the_content_of_a_document_is_served_as_what_it_is(holding: Served, accept: str) -> None:
    answer = holding.get(BINARY, Accept=accept)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    client, action, type_, id_, persons, _, outcome, resources = holding.audited()
    assert (client, action, f"{type_}/{id_}", outcome, resources) == ("tests", "read", BINARY, "ok", 1)
    assert persons != "[]"
    unchanged = holding.get(BINARY, **{"If-None-Match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert holding.get(f"{BINARY}/_history/1").content == PDF


def test_the_content_of_a_document_is_a_resource_for_who_asks_for_one(holding: Served) -> None:
    for answer in (
        holding.get(BINARY, Accept="application/fhir+json, */*;q=0.1"),
        holding.get(f"{BINARY}?_format=json"),
    ):
        assert answer.headers["content-type"].startswith("application/fhir+json")
        assert b64decode(answer.json()["data"]) == PDF
    assert "data" not in holding.json(f"{BINARY}?_summary=true")
    assert holding.get(f"{BINARY}?_format=application/pdf").content == PDF
    assert holding.ids(f"Binary?_id={BINARY.removeprefix('Binary/')}") == [BINARY.removeprefix("Binary/")]
    refused = holding.get(BINARY, Accept="image/png")
    assert (refused.status_code, refused.json()["resourceType"]) == (406, "OperationOutcome")


def test_the_content_of_a_document_takes_a_token_that_covers_it(holding: Served) -> None:
    with holding.client("system/DocumentReference.rs", "no contents") as client:
        assert client.get(BINARY).status_code == 403
    with holding.client("system/Binary.r", "contents") as client:
        assert client.get(BINARY).content == PDF
    assert holding.get("Binary/unknown").status_code == 404


def test_a_content_of_no_type_is_only_bytes(holding: Served) -> None:
    d.tell(holding.database, d.HOSPITAL, d.LI, document("D2", contentType="text/html X: y", data="PGI+"))
    answer = holding.get(f"Binary/{d.id_of('Binary', 'D2')}")
    assert (answer.content, answer.headers["content-type"]) == (b"<b>", "application/octet-stream")
