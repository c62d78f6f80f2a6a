"""Who somebody could be: graded, each person once, and nobody for what says nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from plugins.fhir.matching import GRADE
from tests.hub.id_numbers import id_number
from tests.plugins.fhir.running import ID, OWN, Running, asked, bundle, entry, patient, running


def resident(at: int, name: str, **elements: Any) -> dict[str, Any]:
    number = id_number(at)
    known: dict[str, Any] = {
        "id": f"R-{at}",
        "identifier": [{"system": ID, "value": number}],
        "birthDate": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "gender": "female" if int(number[16]) % 2 == 0 else "male",
    }
    return patient("", name, **known | elements)


AT_HOME = {"telecom": [{"system": "phone", "value": "13800000009"}], "address": [{"text": "试验市试验区西街村9号"}]}
ZHANG = resident(101, "张晓峰", **AT_HOME)
TWIN = resident(202, "王大宝", birthDate="1990-05-05", gender="male", **AT_HOME)
OTHER_TWIN = resident(203, "王大宝", birthDate="1990-05-05", gender="male", **AT_HOME)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Residents that the police told of, one of them known to the clinic as well."""
    with running(tmp_path_factory.mktemp("known")) as hub:
        people = (ZHANG, TWIN, OTHER_TWIN, resident(104, "李小红"), resident(305, "周明远"), resident(306, "钱玉兰"),
                  resident(307, "冯国强"), resident(308, "褚秀英"))  # fmt: skip
        with hub.client("police") as police:
            police.post("", json=bundle("collection", *map(entry, people))).raise_for_status()
        with hub.client("clinic") as clinic:
            mine = {"system": OWN, "value": "C-1"}
            clinic.post("/Patient", json=ZHANG | {"identifier": [mine, *ZHANG["identifier"]]}).raise_for_status()
        yield hub


@pytest.fixture
def doctor(known: Running) -> Iterator[httpx.Client]:
    with known.client("doctor", "system/*.rs") as client:
        yield client


def matches(client: httpx.Client, **given: Any) -> list[tuple[str, str, float]]:
    """Name, grade and score of each."""
    answer = client.post("/Patient/$match", json=asked(**given))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["type"] == "searchset"
    found = [one for one in body.get("entry", []) if one["search"]["mode"] == "match"]
    assert body["total"] >= len(found)
    return [(one["resource"]["name"][0]["text"], _grade(one), one["search"]["score"]) for one in found]


def _grade(entry: dict[str, Any]) -> str:
    ((url, grade),) = [(one["url"], one["valueCode"]) for one in entry["search"]["extension"]]
    assert url == GRADE
    return str(grade)


def test_who_has_the_number_and_the_name_is_certain_and_there_once(doctor: httpx.Client) -> None:
    ((name, grade, score),) = matches(doctor, resource=ZHANG)
    assert (name, grade) == ("张晓峰", "certain")
    assert 0.99 < score <= 1


def test_a_number_of_another_issuer_counts_where_the_name_agrees(doctor: httpx.Client) -> None:
    mine = [{"system": OWN, "value": "C-1"}]
    assert [one[:2] for one in matches(doctor, resource=patient("", "张晓峰", identifier=mine))] == [
        ("张晓峰", "certain")
    ]
    assert [one[1] for one in matches(doctor, resource=patient("", "赵无极", identifier=mine))] in ([], ["possible"])


def test_a_grade_is_what_the_rules_would_do(doctor: httpx.Client) -> None:
    """A name that sounds the same on the same birthday, and the same name a year beside."""
    born = ZHANG["birthDate"]
    beside = f"{int(born[:4]) + 1}{born[4:]}"
    ((name, grade, score),) = matches(doctor, resource=patient("", "张小锋", birthDate=born, gender=ZHANG["gender"]))
    ((_, other_grade, other_score),) = matches(doctor, resource=patient("", "张晓峰", birthDate=beside))
    assert name == "张晓峰"
    assert score > other_score
    assert ("certain", "probable", "possible").index(grade) <= ("certain", "probable", "possible").index(other_grade)


@pytest.mark.parametrize(
    "nothing",
    [
        patient(),
        patient(identifier=[{"system": ID}]),
        patient(identifier=[{"system": OWN, "value": "0000"}]),
        patient(identifier=[{"system": ID, "value": "111111111111111111"}]),
        patient(identifier=[{"value": "C-1"}]),
    ],
)
def test_what_says_nothing_matches_nobody(doctor: httpx.Client, nothing: dict[str, Any]) -> None:
    assert matches(doctor, resource=nothing) == []


def test_of_two_who_are_alike_none_is_certain(doctor: httpx.Client) -> None:
    alike = {name: value for name, value in TWIN.items() if name not in ("identifier", "id")}
    found = matches(doctor, resource=alike)
    assert [one[0] for one in found] == ["王大宝", "王大宝"]
    assert "certain" not in {one[1] for one in found}
    answer = doctor.post("/Patient/$match", json=asked(resource=alike, onlyCertainMatches=True)).json()
    assert answer["total"] == 0
    assert [one["search"]["mode"] for one in answer.get("entry", [])] in (["outcome"], [])


def test_scores_are_shares_of_one_and_nobody_is_certain_beside_a_rival(doctor: httpx.Client) -> None:
    """A newborn's placeholder name with the birthday and the phone of twins."""
    child = patient("", "王子", birthDate="1990-05-05", gender="male", telecom=AT_HOME["telecom"])
    twin = {name: value for name, value in TWIN.items() if name not in ("identifier", "id")}
    for asked_for in (child, twin, TWIN, ZHANG):
        found = matches(doctor, resource=asked_for)
        scores = [score for _, _, score in found]
        assert found
        assert sum(scores) <= 1
        assert scores == sorted(scores, reverse=True)
        certain = [score for _, grade, score in found if grade == "certain"]
        assert all(score > 0.9 for score in certain)
        outcome = "several persons" in doctor.post("/Patient/$match", json=asked(resource=asked_for)).text
        assert not (certain and outcome)
    assert {grade for _, grade, _ in matches(doctor, resource=child)}.isdisjoint({"certain"})
    first, second = matches(doctor, resource=twin)
    assert first[2] == second[2] <= 0.5


def test_who_stands_out_among_siblings_is_certain_and_no_outcome_denies_it(tmp_path: Path) -> None:
    """A name of a prince that siblings of one birthday and one phone bear in part."""
    told: dict[str, Any] = {"birthDate": "1990-05-05", "gender": "male", "telecom": AT_HOME["telecom"]}
    siblings = [resident(at, name, **told) for at, name in ((202, "王子"), (203, "王子轩"), (204, "王子涵"))]
    with running(tmp_path) as hub:
        with hub.client("police") as police:
            police.post("", json=bundle("collection", *map(entry, siblings))).raise_for_status()
        with hub.client("doctor", "system/*.rs") as doctor:
            prince = patient("", "王子", **told)
            first, *others = matches(doctor, resource=prince)
            answer = doctor.post("/Patient/$match", json=asked(resource=prince))
    assert first[:2] == ("王子", "certain")
    assert len(others) == 2
    assert 0.9 < first[2] < first[2] + sum(score for _, _, score in others) <= 1
    assert "several persons" not in answer.text


def test_a_scope_without_the_verb_is_not_called_a_missing_type(known: Running) -> None:
    with known.client("reader", "system/Patient.r") as reader:
        answer = reader.post("/Patient/$match", json=asked(resource=ZHANG))
    assert answer.status_code == 403
    assert "that needs .s in its scope" in answer.text


def test_only_certain_matches_is_one_or_none(doctor: httpx.Client) -> None:
    assert [one[1] for one in matches(doctor, resource=ZHANG, onlyCertainMatches=True)] == ["certain"]
    assert matches(doctor, resource=patient("", "张小锋"), onlyCertainMatches=True) == []


def test_the_best_come_first_and_no_more_than_asked_for(doctor: httpx.Client) -> None:
    alike = {name: value for name, value in TWIN.items() if name != "id"}
    found = matches(doctor, resource=alike)
    assert [one[2] for one in found] == sorted((one[2] for one in found), reverse=True)
    assert len(matches(doctor, resource=alike, count=1)) == 1


def test_who_was_asked_about_and_who_was_told_of_is_noted(known: Running, doctor: httpx.Client) -> None:
    answer = doctor.post("/Patient/$match", json=asked(resource=ZHANG)).json()
    ((action, persons, query),) = known.sql("SELECT action, persons, query FROM event ORDER BY id DESC LIMIT 1")
    assert (action, json.loads(persons)) == ("match", [answer["entry"][0]["resource"]["id"]])
    assert "Parameters" in query


def test_who_may_not_search_patients_learns_nothing(known: Running) -> None:
    with known.client("lab", "system/Observation.rs system/Patient.r") as lab:
        assert lab.post("/Patient/$match", json=asked(resource=ZHANG)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"resourceType":"Patient"}',
        json.dumps(asked(resource={"resourceType": "Group"})).encode(),
        json.dumps(asked(resource=patient(), count=0)).encode(),
        json.dumps(asked(resource=patient(), nonsense=True)).encode(),
        json.dumps(asked(resource=patient(birthDate="soon"))).encode(),
        json.dumps(asked(resource=[patient(), patient()])).encode(),
    ],
)
def test_a_question_that_is_none_is_refused(doctor: httpx.Client, body: bytes) -> None:
    answer = doctor.post("/Patient/$match", content=body, headers={"content-type": "application/fhir+json"})
    assert answer.status_code == 400, answer.text


# --- $ihe-pix --------------------------------------------------------------------------------------------------------


def crossed(client: httpx.Client, **given: Any) -> httpx.Response:
    return client.get("/Patient/$ihe-pix", params=given)


def test_the_other_numbers_of_a_person_are_told(doctor: httpx.Client) -> None:
    answer = crossed(doctor, sourceIdentifier=f"{OWN}|C-1")
    assert answer.status_code == 200, answer.text
    parts = answer.json()["parameter"]
    numbers = [one["valueIdentifier"] for one in parts if one["name"] == "targetIdentifier"]
    assert [(one["system"], one["value"]) for one in numbers] == [(ID, id_number(101))]
    ((target),) = [one["valueReference"]["reference"] for one in parts if one["name"] == "targetId"]
    assert doctor.get(f"/{target}").json()["name"][0]["text"] == "张晓峰"
    posted = doctor.post(
        "/Patient/$ihe-pix", json=asked(sourceIdentifier={"system": OWN, "value": "C-1"}, targetSystem=ID)
    )
    assert posted.json()["parameter"][0] == parts[0]


def test_where_nothing_corresponds_the_answer_is_empty(doctor: httpx.Client) -> None:
    answer = crossed(doctor, sourceIdentifier=f"{ID}|{id_number(104)}", targetSystem=OWN)
    assert (answer.status_code, answer.json()) == (200, {"resourceType": "Parameters"})


@pytest.mark.parametrize(
    ("given", "status", "code", "text"),
    [
        ({"sourceIdentifier": f"{OWN}|C-99"}, 404, "not-found", "sourceIdentifier Patient Identifier not found"),
        ({"sourceIdentifier": "urn:oid:2.999.99|C-1"}, 400, "code-invalid", "Assigning Authority not found"),
        ({"sourceIdentifier": f"{OWN}|C-1", "targetSystem": "urn:oid:2.999.99"}, 403, "code-invalid",
         "targetSystem not found"),
        ({"sourceIdentifier": "C-1"}, 400, "required", "system|value"),
        ({"sourceIdentifier": f"{OWN}|"}, 400, "required", "system|value"),
        ({"targetSystem": OWN}, 400, "required", "system|value"),
        ({"sourceIdentifier": f"{OWN}|C-1", "nonsense": "x"}, 400, "not-supported", "nonsense"),
    ],
)  # fmt: skip
def test_what_cannot_be_crossed_is_said_as_ihe_has_it(
    doctor: httpx.Client, given: dict[str, str], status: int, code: str, text: str
) -> None:
    answer = crossed(doctor, **given)
    (issue,) = answer.json()["issue"]
    assert (answer.status_code, issue["code"]) == (status, code)
    assert text in issue["details"]["text"]


def test_a_merge_is_found_by_numbers_looked_at_beforehand_and_taken_back(known: Running, tmp_path: Path) -> None:
    del tmp_path
    with known.client("registrar", "system/*.rs system/Patient.u") as registrar:
        numbers = {
            "source_patient_identifier": {"system": ID, "value": id_number(104)},
            "target_patient_identifier": {"system": ID, "value": id_number(101)},
        }
        found = [crossed(registrar, sourceIdentifier=f"{ID}|{id_number(at)}").json() for at in (101,)]
        target = found[0]["parameter"][-1]["valueReference"]["reference"]
        looked = registrar.post("/Patient/$merge", json=asked(**numbers, preview=True))
        assert looked.status_code == 200, looked.text
        assert "result" in {one["name"] for one in looked.json()["parameter"]}
        source = _person(registrar, 104)
        assert source != target.partition("/")[2]

        merged = registrar.post("/Patient/$merge", json=asked(**numbers, reason="one resident"))
        parts = {one["name"]: one for one in merged.json()["parameter"]}
        assert parts.keys() == {"input", "outcome", "result", "decision"}
        assert parts["result"]["resource"]["id"] == target.partition("/")[2]
        assert _person(registrar, 104) == target.partition("/")[2]
        assert registrar.get(f"/Patient/{source}").json()["link"][0]["type"] == "replaced-by"

        again = registrar.post("/Patient/$merge", json=asked(**numbers))
        assert again.status_code == 422

        decision = parts["decision"]["valueInteger"]
        parted = registrar.post("/Patient/$unmerge", json=asked(decision=decision))
        assert parted.status_code == 200, parted.text
        assert _person(registrar, 104) == source

        refused = registrar.post("/Patient/$merge", json=asked(**numbers))
        assert (refused.status_code, refused.json()["issue"][0]["code"]) == (409, "conflict")
        overruled = registrar.post("/Patient/$merge", json=asked(**numbers, overrule=True))
        assert overruled.status_code == 200, overruled.text
        assert _person(registrar, 104) == target.partition("/")[2]


def test_what_unmerge_takes_back_is_said_as_what_it_is_with_the_decision_that_is_in_force(known: Running) -> None:
    with known.client("registrar", "system/*.rs system/Patient.u") as client:
        one, other = _person(client, 307), _person(client, 308)
        both = {"source_patient": f"Patient/{other}", "target_patient": f"Patient/{one}"}
        first, _ = _told(client.post("/Patient/$merge", json=asked(**both)))
        looked, said = _told(client.post("/Patient/$unmerge", json=asked(**both, preview=True)))
        assert (looked, len(said)) == (None, 1)

        apart, said = _told(client.post("/Patient/$unmerge", json=asked(**both)))
        assert apart is not None
        assert apart != first
        assert said[0].startswith("parted:")
        assert f"decision {first} is taken back; decision {apart} keeps them apart" in said[1]

        again, said = _told(client.post("/Patient/$unmerge", json=asked(decision=str(apart))))
        assert said[0].startswith("no longer kept apart:")
        assert said[1].startswith(f"decision {again} is taken back; hub identity restore")
        assert again == apart
        assert client.get(f"/Patient/{other}").json()["link"][0]["type"] == "replaced-by"


def _told(answer: httpx.Response) -> tuple[int | None, list[str]]:
    """The decision, and what was said in English."""
    assert answer.status_code == 200, answer.text
    parts = {one["name"]: one for one in answer.json()["parameter"]}
    issues = parts["outcome"]["resource"]["issue"]
    return parts.get("decision", {}).get("valueInteger"), [
        one["details"]["text"].rpartition(" / ")[2] for one in issues
    ]


def test_what_is_wrong_is_told_with_the_place_of_its_parameter(known: Running) -> None:
    def place(operation: str, **given: Any) -> str:
        answer = client.post(f"/Patient/{operation}", json=asked(**given))
        assert answer.status_code in {400, 422}, answer.text
        return str(answer.json()["issue"][0]["expression"][0])

    with known.client("registrar", "system/*.rs system/Patient.u") as client:
        assert place("$match", count=1, resource=patient(birthDate="soon")) == (
            "Parameters.parameter[1].resource.birthDate"
        )
        assert place("$match", count=1, resource={"resourceType": "Group"}) == "Parameters.parameter[1]"
        assert place("$match", count=0, resource=patient()) == "Parameters.parameter[0]"
        assert place("$match", count=1) == "Parameters.parameter"
        nobody = {"source_patient": "Patient/nobody", "target_patient": "Patient/nobody"}
        assert place("$merge", preview=True, **nobody) == "Parameters.parameter[1]"
        assert place("$merge", preview=True, source_patient_identifier={"system": ID, "value": "nobody"}) == (
            "Parameters.parameter[1]"
        )
        assert place("$unmerge", preview=True, decision="x") == "Parameters.parameter[1]"


def test_who_follows_by_last_updated_hears_of_a_merge_and_of_its_end(known: Running) -> None:
    """The person has the retired id in ``link``, and no longer; the retired id tells by its history."""

    def news(client: httpx.Client, since: str) -> dict[str, list[tuple[str, str]]]:
        page = client.get("/Patient", params={"_lastUpdated": f"gt{since}"}).json()
        found = [one["resource"] for one in page.get("entry", ())]
        return {one["id"]: [_linked(link) for link in one.get("link", ())] for one in found}

    def since(client: httpx.Client, *ids: str) -> str:
        return max(str(client.get(f"/Patient/{id_}").json()["meta"]["lastUpdated"]) for id_ in ids)

    with known.client("follower", "system/*.rs system/Patient.u") as client:
        one, other = _person(client, 305), _person(client, 306)
        both = {"source_patient": f"Patient/{other}", "target_patient": f"Patient/{one}"}
        before = since(client, one, other)
        client.post("/Patient/$merge", json=asked(**both)).raise_for_status()
        assert ("replaces", other) in news(client, before)[one]
        retired = client.get(f"/Patient/{other}").json()
        assert ("replaced-by", one) in [_linked(link) for link in retired["link"]]
        assert retired["meta"]["lastUpdated"] > before
        assert client.get(f"/Patient/{other}/_history").json()["entry"][0]["resource"]["link"] == retired["link"]

        between = since(client, one, other)
        client.post("/Patient/$unmerge", json=asked(**both)).raise_for_status()
        after = news(client, between)
        assert {one, other} <= after.keys()
        assert ("replaces", other) not in after[one]
        assert ("replaced-by", one) not in after[other]


def _linked(link: dict[str, Any]) -> tuple[str, str]:
    return link["type"], link["other"]["reference"].removeprefix("Patient/")


def test_a_merge_needs_a_scope_and_two_patients(known: Running, doctor: httpx.Client) -> None:
    assert doctor.post("/Patient/$merge", json=asked()).status_code == 403
    with known.client("registrar", "system/Patient.u") as registrar:
        for given, status in (
            ({}, 400),
            ({"source_patient": "Patient/nobody", "target_patient": "Patient/nobody"}, 422),
            ({"source_patient_identifier": {"system": ID, "value": "nobody"}}, 422),
            ({"nonsense": True}, 400),
        ):
            answer = registrar.post("/Patient/$merge", json=asked(**given))
            assert answer.status_code == status, (given, answer.text)
        assert registrar.post("/Patient/$unmerge", json=asked(decision=999)).status_code == 404


def _person(client: httpx.Client, at: int) -> str:
    answer = client.post("/Patient/_search", data={"identifier": f"{ID}|{id_number(at)}"}).json()
    (found,) = answer["entry"]
    return str(found["resource"]["id"])
