"""The CapabilityStatement lists what works, and all that works is listed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub import SEARCH_PARAMETERS
from plugins.fhir.interactions import INTERACTIONS
from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served

RAW = {"token": "x", "string": "x", "date": "2024-01-01"}


@pytest.fixture
def statement(served: Served) -> dict[str, Any]:
    return served.json("metadata")


def resources(statement: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {resource["type"]: resource for resource in statement["rest"][0]["resource"]}


def test_anybody_may_ask_what_the_hub_can_do(served: Served) -> None:
    answer = served.http.get("metadata", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["fhirVersion"]) == (200, "4.0.1")
    assert served.http.get("metadata", headers={"Accept": "text/html"}).status_code == 406


def test_every_listed_parameter_works(served: Served, statement: dict[str, Any]) -> None:
    for type_, resource in resources(statement).items():
        for parameter in resource["searchParam"]:
            raw = RAW.get(parameter["type"], f"Patient/{d.patient_id(d.LI)}")
            answer = served.get(f"{type_}?{parameter['name']}={raw}")
            assert answer.status_code == 200, (type_, parameter, answer.text)


def test_every_listed_include_works(served: Served, statement: dict[str, Any]) -> None:
    for type_, resource in resources(statement).items():
        for include in resource.get("searchInclude", ()):
            assert served.get(f"{type_}?_include={include}").status_code == 200, include
        for include in resource.get("searchRevInclude", ()):
            assert served.get(f"{type_}?_revinclude={include}").status_code == 200, include


def test_every_listed_interaction_works(served: Served, statement: dict[str, Any]) -> None:
    visit = d.id_of("Encounter", "V2")
    paths = {
        "read": f"Encounter/{visit}",
        "vread": f"Encounter/{visit}/_history/1",
        "history-instance": f"Encounter/{visit}/_history",
        "search-type": "Encounter",
    }
    listed = resources(statement)["Encounter"]["interaction"]
    assert {one["code"] for one in listed} == set(paths)
    assert all(served.get(path).status_code == 200 for path in paths.values())
    operations = {one["name"] for one in resources(statement)["Patient"]["operation"]}
    assert operations == {"everything", "sources", "match", "merge", "unmerge", "ihe-pix"}
    li = f"Patient/{d.patient_id(d.LI)}"
    asked = [served.get(f"{li}/${name}") for name in ("everything", "sources")]
    asked.append(served.get(f"Patient/$ihe-pix?sourceIdentifier={d.NUMBERS}|P1"))
    question = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": {"resourceType": "Patient"}}],
    }
    asked.append(served.http.post("Patient/$match", json=question))
    assert [answer.status_code for answer in asked] == [200] * 4


def test_every_listed_way_of_writing_is_there_for_who_may(served: Served, statement: dict[str, Any]) -> None:
    """What each does is told in tests of its own; here nobody may write."""
    patient = resources(statement)["Patient"]
    assert {one["code"] for one in patient["interaction"]} >= {"create", "update"}
    assert patient["conditionalUpdate"] is True
    assert statement["rest"][0]["interaction"] == [{"code": "transaction"}]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": []}
    asked = [
        served.http.post("", json=bundle),
        served.http.post("Patient", json={"resourceType": "Patient"}),
        served.http.put("Patient?identifier=urn:oid:2.999.1|P1", json={"resourceType": "Patient"}),
        served.http.post("Patient/$merge", json={"resourceType": "Parameters"}),
        served.http.post("Patient/$unmerge", json={"resourceType": "Parameters"}),
    ]
    assert [answer.status_code for answer in asked] == [403] * 5


def test_what_works_is_listed(statement: dict[str, Any]) -> None:
    listed = resources(statement)
    codes = {one["code"] for resource in listed.values() for one in resource["interaction"]}
    codes |= {one["code"] for one in statement["rest"][0]["interaction"]}
    codes |= {one["name"] for resource in listed.values() for one in resource.get("operation", ())}
    assert codes == {interaction.code for interaction in INTERACTIONS}
    assert set(listed) == {*SEARCH_PARAMETERS, "Provenance"}
    for type_, parameters in SEARCH_PARAMETERS.items():
        names = {one["name"] for one in listed[type_]["searchParam"]}
        assert names == {*parameters, "_id", "_lastUpdated"}


def test_what_is_not_listed_does_not_work(served: Served, statement: dict[str, Any]) -> None:
    every = {one["name"] for resource in resources(statement).values() for one in resource["searchParam"]}
    for type_, resource in resources(statement).items():
        own = {one["name"] for one in resource["searchParam"]}
        for name in sorted(every - own)[::7]:
            assert served.get(f"{type_}?{name}=x").status_code == 400, (type_, name)
    for type_ in ("Group", "Questionnaire", "AuditEvent"):
        assert served.get(type_).status_code == 404


def test_dates_without_a_zone_are_said_to_be_days_of_shanghai(statement: dict[str, Any]) -> None:
    dates = [
        one for resource in resources(statement).values() for one in resource["searchParam"] if one["type"] == "date"
    ]
    assert dates
    assert all(re.search("Asia/Shanghai", one["documentation"]) for one in dates)
