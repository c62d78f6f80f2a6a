"""Who may see what; and that every answer and every refusal is in the audit log first."""

from __future__ import annotations

import pytest

from hub.errors import Unavailable
from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served

LI = d.patient_id(d.LI)
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer hub_unknown_token_0123456789",
        "Basic eDp5",
        "Bearer \xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8",
        "hub",
    ],
)
@pytest.mark.parametrize(
    "path", [f"Patient/{LI}", "Patient?name=x", f"Patient/{LI}/$everything", "Nonsense", "Patient/x_y"]
)
def test_nobody_gets_nothing_and_it_is_noted(served: Served, header: str, path: str) -> None:
    answer = served.http.get(path, headers={b"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["issue"][0]["code"] == "login"
    client, action, type_, id_, persons, query, outcome, resources = served.audited()
    assert (client, action, persons, outcome, resources) == ("", "denied", "[]", "login", 0)
    plain, _, asked = path.partition("?")
    assert (type_, id_, query) == (*(*plain.split("/"), "")[:2], asked)


def test_the_form_of_somebody_unknown_is_noted_but_not_all_of_it(served: Served) -> None:
    for form, noted in (
        ("name=李", "name=李"),
        ("name=\0", "name=\ufffd"),
        ("name=" + "x" * 9_000, "name=" + "x" * 1_995),
    ):
        headers = {"Authorization": "Bearer hub_unknown_token_0123456789", "Content-Type": FORM}
        assert served.http.post("Patient/_search", content=form.encode(), headers=headers).status_code == 401
        assert served.audited()[1:4] == ("denied", "Patient", "")
        assert served.audited()[5:7] == (noted, "login")


def test_what_a_token_does_not_cover_is_noted(served: Served) -> None:
    with served.client("system/Observation.rs") as client:
        assert client.get(f"Patient/{LI}/$everything?start=2020").status_code == 403
    assert served.audited()[:7] == ("another", "denied", "Patient", LI, "[]", "start=2020", "forbidden")


@pytest.mark.parametrize("name", ["access_token", "token", "Authorization", "x", "access%5Ftoken"])
def test_a_token_in_a_url_gives_nothing_and_is_not_kept(served: Served, name: str) -> None:
    bearer = served.access.create("in a URL", "system/*.rs")
    for path in (f"Patient?name=x&{name}={bearer}", f"Patient/{bearer}?{bearer}", f"{bearer}?{name}=Bearer%20{bearer}"):
        assert served.http.get(path, headers={"Authorization": ""}).status_code == 401
        assert bearer not in str(served.audited())
        assert "[redacted]" in str(served.audited())
    assert served.get(f"Patient?name=x&{name}={bearer}").status_code == 400
    assert bearer not in str(served.audited())


def test_a_token_that_was_taken_back_works_no_longer(served: Served) -> None:
    with served.client("system/*.rs", "for a moment") as client:
        assert client.get(f"Patient/{LI}").status_code == 200
        (state,) = (one for one in served.access.tokens() if one.name == "for a moment")
        served.access.revoke(state.id)
        assert client.get(f"Patient/{LI}").status_code == 401


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        ("system/Patient.rs", f"Patient/{LI}", 200),
        ("system/Patient.rs", "Patient?name=x", 200),
        ("system/Patient.r", "Patient?name=x", 403),
        ("system/Patient.s", f"Patient/{LI}", 403),
        ("system/Patient.s", f"Patient/{LI}/_history", 403),
        ("system/Patient.s", f"Patient/{LI}/_history/1", 403),
        ("system/Patient.s", f"Patient/{LI}/$everything", 403),
        ("system/Observation.rs", f"Patient/{LI}", 403),
        ("system/Observation.rs", "Patient/nobody", 403),
        ("system/Observation.rs", f"Patient/{LI}/$everything", 403),
        ("system/Observation.rs", "Observation?_revinclude=Provenance:target", 403),
        ("system/Patient.rs", "Patient?_revinclude=Observation:patient", 403),
        ("system/Observation.rs", "Observation?_include=Observation:encounter:Encounter", 403),
        ("system/Patient.rs", f"Patient/{LI}/$everything?_type=Observation", 403),
        ("system/Provenance.rs", f"Provenance?target=Patient/{LI}", 403),
        ("system/Provenance.rs", f"Provenance/Patient-{LI}-1", 404),
        ("system/*.cud", f"Patient/{LI}", 403),
    ],
)
def test_a_scope_is_kept(served: Served, scopes: str, path: str, status: int) -> None:
    with served.client(scopes) as client:
        answer = client.get(path)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert served.audited()[:2] == ("another", "denied")
        assert LI not in answer.text


def test_types_outside_a_scope_are_not_brought_along(served: Served) -> None:
    with served.client("system/Observation.rs system/Patient.r") as client:
        included = client.get("Observation?_include=Observation:encounter&_include=Observation:patient").json()
        types = {entry["resource"]["resourceType"] for entry in included["entry"]}
        assert types == {"Observation", "Patient"}
        everything = client.get(f"Patient/{LI}/$everything").json()
        assert {entry["resource"]["resourceType"] for entry in everything["entry"]} == {"Observation", "Patient"}


def test_what_cannot_be_noted_is_not_answered(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_work: object) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(served.database, "note", fails)
        for path in (f"Patient/{LI}", "Patient", f"Patient/{LI}/$everything", f"Patient/{LI}/_history"):
            answer = served.get(path)
            assert (answer.status_code, answer.json()["issue"][0]["code"]) == (503, "transient")
            assert LI not in answer.text
    assert served.get(f"Patient/{LI}").status_code == 200


def test_each_reading_is_noted_once(served: Served) -> None:
    asked = {
        f"Patient/{LI}": ("read", "Patient", LI, "ok"),
        f"Patient/{LI}/_history/1": ("vread", "Patient", LI, "ok"),
        f"Patient/{LI}/_history": ("history", "Patient", LI, "ok"),
        "Patient/nobody": ("read", "Patient", "nobody", "not-found"),
        "Patient?nonsense=1": ("search", "Patient", "", "not-supported"),
        f"Provenance?target=Patient/{LI}": ("search", "Provenance", "", "ok"),
    }
    for path, expected in asked.items():
        served.get(path)
        client, action, type_, id_, persons, _, outcome, _ = served.audited()
        assert (client, action, type_, id_, outcome) == ("tests", *expected)
        assert (LI in persons) == (outcome == "ok")


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "application/fhir+xml", "image/*", "application/json;q=0"]
)
def test_only_json_is_served(served: Served, accept: str) -> None:
    answer = served.get(f"Patient/{LI}", Accept=accept)
    assert answer.status_code == 406
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert served.get(f"Patient/{LI}?_format=json", Accept=accept).status_code == 200


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/fhir+json; fhirVersion=4.0", "application/json", "text/html, */*;q=0.1", "APPLICATION/*", ""],
)
def test_json_is_known_by_many_names(served: Served, accept: str) -> None:
    assert served.get(f"Patient/{LI}", Accept=accept).status_code == 200
    for name in ("json", "application/json", "application/fhir%2Bjson"):
        assert served.get(f"Patient/{LI}?_format={name}").status_code == 200
    for name in ("xml", "../../etc/passwd", "application/fhir%2Bxml", "ttl"):
        assert served.get(f"Patient/{LI}?_format={name}").status_code == 406


@pytest.mark.parametrize("host", ['evil"><script>', "a b", "a/b", "x" * 300])
def test_a_host_that_is_none_is_refused(served: Served, host: str) -> None:
    answer = served.get("Patient", Host=host)
    assert answer.status_code == 400
    assert host not in answer.text
