"""What messages make of the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.errors import Rejected
from hub.model import Claim, Resource
from hub.records.ids import claim_id, resource_id
from hub.records.indexing import index_rows
from hub.records.json import decode
from tests.hub.feeding import START, ZHANG, Feeding, person, visit

WARD = Resource("W1", {"resourceType": "Location", "name": "内科"})


def test_a_resource_is_served_as_it_was_built_with_its_id_and_meta(base: Feeding) -> None:
    value = {"value": Decimal("1.50"), "unit": "mmol/L"}
    result = Resource(
        "R1",
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/7@A"},
            "encounter": {"reference": "Encounter/V1"},
            "valueQuantity": value,
        },
    )
    entry = base.tell("a", person("7@A", "张三"), visit("V1", "7@A"), result)

    body = base.body("Observation", "a", "R1")

    assert body.pop("meta").items() >= {"versionId": "1", "source": f"urn:hub:a#{entry}"}.items()
    assert body == {
        "resourceType": "Observation",
        "id": resource_id("a", "Observation", "R1"),
        "status": "final",
        "subject": {"reference": f"Patient/{claim_id('a', '7@A')}"},
        "encounter": {"reference": f"Encounter/{resource_id('a', 'Encounter', 'V1')}"},
        "valueQuantity": value,
    }
    assert str(body["valueQuantity"]["value"]) == "1.50"
    assert base.sql("SELECT body FROM resource WHERE type = 'Observation'")[0][0].startswith(
        b'{"resourceType":"Observation","id":'
    )


def test_one_claim_reads_back_as_it_was_given(base: Feeding) -> None:
    claim = person("7@A", "张三", ZHANG, birthDate="1990-03-07", address=[{"text": "某路1号"}])
    base.tell("a", claim)
    body = base.patient("a", "7@A")
    del body["id"], body["meta"]
    assert body == claim.patient


def test_a_person_refers_to_whom_the_record_knows_and_is_found_by_them(base: Feeding) -> None:
    """A doctor named by the sender's key is the doctor who came with the message."""
    doctor = Resource("urn:oid:1.2|D09", {"resourceType": "Practitioner", "name": [{"text": "李大夫"}]})
    told = person(
        "7@A", "张三", generalPractitioner=[{"reference": f"Practitioner/{doctor.source_id}", "display": "李"}]
    )
    for _ in range(2):
        base.tell("a", told, doctor)
    base.tell("b", person("9@B", "张三"))

    kept = f"Practitioner/{resource_id('a', 'Practitioner', doctor.source_id)}"

    body = base.patient("a", "7@A")
    assert body["generalPractitioner"] == [{"reference": kept, "display": "李"}]
    assert body["meta"]["versionId"] == "1"
    assert base.sql(
        "SELECT id FROM resource JOIN search_reference ON search_reference.rid = resource.rid"
        f" WHERE target = '{kept}' AND name = 'Patient.general-practitioner'"
    ) == [(body["id"],)]


def test_the_same_update_again_makes_no_new_version(base: Feeding) -> None:
    for _ in range(3):
        base.tell("a", person("7@A", "张三"), visit("V1", "7@A"), WARD)
    assert base.sql("SELECT count(*) FROM version") == [(0,)]
    assert base.sql("SELECT DISTINCT version FROM resource") == [(1,)]


def test_a_change_is_a_new_version_and_the_old_one_stays(base: Feeding) -> None:
    first = base.tell("a", person("7@A", "张三"), visit("V1", "7@A", period={"start": "2024-05-01"}))
    second = base.tell("a", person("7@A", "张三"), visit("V1", "7@A", status="finished", period={"end": "2024-05-03"}))
    body = base.body("Encounter", "a", "V1")
    assert body["meta"]["versionId"] == "2"
    assert body["meta"]["source"] == f"urn:hub:a#{second}"
    assert body["period"] == {"start": "2024-05-01", "end": "2024-05-03"}
    [(version, entry, old)] = base.sql("SELECT version, entry, body FROM version")
    assert (version, entry) == (1, first)
    assert decode(old)["status"] == "in-progress"
    assert base.found("Encounter.status", "finished") == {body["id"]}
    assert base.found("Encounter.status", "in-progress") == set()


def test_several_changes_in_one_transaction_keep_every_version(base: Feeding) -> None:
    statuses = ("planned", "arrived", "in-progress", "finished")
    base.tell_all([base.message("a", person("7@A"), visit("V1", "7@A", status=status)) for status in statuses])
    old = base.sql("SELECT version, body FROM version ORDER BY version")
    assert [(version, decode(body)["status"]) for version, body in old] == [
        (1, "planned"),
        (2, "arrived"),
        (3, "in-progress"),
    ]
    assert base.body("Encounter", "a", "V1")["status"] == "finished"


def test_an_older_update_only_fills_what_is_absent(base: Feeding) -> None:
    base.tell("a", person("7@A"), visit("V1", "7@A", status="finished"), minute=20)
    base.tell("a", person("7@A"), visit("V1", "7@A", priority={"text": "急"}), minute=10)
    body = base.body("Encounter", "a", "V1")
    assert body["status"] == "finished"
    assert body["priority"] == {"text": "急"}


def in_passing(number: str, patient: str, **elements: Any) -> Resource:
    return replace(visit(number, patient, **elements), in_passing=True)


def test_what_is_told_in_passing_fills_gaps_and_overrules_nothing(base: Feeding) -> None:
    base.tell("a", person("7@A"), visit("V1", "7@A", status="finished"), minute=10)
    base.tell("a", person("7@A"), in_passing("V1", "7@A", status="arrived", priority={"text": "急"}), minute=20)
    body = base.body("Encounter", "a", "V1")
    assert body["status"] == "finished"
    assert body["priority"] == {"text": "急"}


def test_what_was_told_in_passing_is_overruled_by_whoever_knows(base: Feeding) -> None:
    base.tell("a", person("7@A"), in_passing("V1", "7@A", status="arrived", priority={"text": "急"}), minute=20)
    base.tell("a", person("7@A"), visit("V1", "7@A", status="finished"), minute=10)
    body = base.body("Encounter", "a", "V1")
    assert body["status"] == "finished"
    assert body["priority"] == {"text": "急"}


def test_a_repeat_counts_when_what_is_older_comes_later(base: Feeding) -> None:
    claim = person("7@A")
    for minute, status in ((10, "finished"), (30, "finished"), (20, "in-progress")):
        base.tell("a", claim, visit("V1", "7@A", status=status), minute=minute)
    assert base.body("Encounter", "a", "V1")["status"] == "finished"


def test_a_sender_whose_clock_runs_ahead_gains_five_minutes_at_most(base: Feeding) -> None:
    base.tell("a", person("7@A"), visit("V1", "7@A", status="planned"), minute=60 * 24 * 365)
    [(recorded_at,)] = base.sql("SELECT recorded_at FROM resource WHERE type = 'Encounter'")
    latest = START + timedelta(days=1, minutes=base.entries + 5)
    assert recorded_at == latest.timestamp() * 1_000_000


def test_none_deletes_and_a_choice_of_types_replaces_its_siblings(base: Feeding) -> None:
    def result(**elements: Any) -> Resource:
        return Resource("R1", {"resourceType": "Observation", "status": "final", **elements})

    base.tell("a", person("7@A"), result(valueQuantity={"value": 5}, issued="2024-05-01T08:00:00+08:00"))
    base.tell("a", person("7@A"), result(valueString="阳性", issued=None))
    body = base.body("Observation", "a", "R1")
    assert body["valueString"] == "阳性"
    assert not {"valueQuantity", "issued"} & set(body)


def test_what_is_none_at_first_is_simply_absent(base: Feeding) -> None:
    base.tell("a", person("7@A"), visit("V1", "7@A", period={"start": "2024-05-01", "end": None}, priority=None))
    body = base.body("Encounter", "a", "V1")
    assert body["period"] == {"start": "2024-05-01"}
    assert "priority" not in body


def test_references_elsewhere_are_left_alone(base: Feeding) -> None:
    others = ["#inside", "http://example.org/Practitioner/1", "urn:uuid:4a6f"]
    participants = [{"individual": {"reference": other}} for other in others]
    base.tell("a", person("7@A"), visit("V1", "7@A", participant=participants, text={"status": 'a "reference":"X/1"'}))
    body = base.body("Encounter", "a", "V1")
    assert [one["individual"]["reference"] for one in body["participant"]] == others
    assert body["text"]["status"] == 'a "reference":"X/1"'


def test_a_key_with_quotes_and_slashes_is_resolved(base: Feeding) -> None:
    key = 'W/"2"\\x'
    base.tell("a", person("7@A"), visit("V1", "7@A", serviceProvider={"reference": f"Organization/{key}"}))
    provider = base.body("Encounter", "a", "V1")["serviceProvider"]["reference"]
    assert provider == f"Organization/{resource_id('a', 'Organization', key)}"


def test_staff_and_places_belong_to_nobodys_record(base: Feeding) -> None:
    base.tell("a", person("7@A"), WARD)
    base.tell("a", None, Resource("D1", {"resourceType": "Practitioner"}))
    assert base.sql("SELECT claim, person FROM resource WHERE type <> 'Patient'") == [(None, None), (None, None)]


def test_a_visit_that_moves_to_another_patient_belongs_to_them(base: Feeding) -> None:
    base.tell("a", person("7@A"), visit("V1", "7@A"))
    base.tell("a", person("8@A"), visit("V1", "8@A"))
    assert base.sql("SELECT person FROM resource WHERE type = 'Encounter'") == [(claim_id("a", "8@A"),)]
    assert base.body("Encounter", "a", "V1")["subject"]["reference"] == f"Patient/{claim_id('a', '8@A')}"


def test_a_person_without_a_number_is_kept_by_the_message_replayed_or_not(base: Feeding) -> None:
    claim = Claim("", {"resourceType": "Patient", "name": [{"text": "无名氏"}]})
    for body in (b"first", b"first", b"second"):
        base.tell("a", claim, visit(f"V-{body.decode()}", ""), body=body)
    assert len(base.persons()) == 2
    subjects = {base.body("Encounter", "a", f"V-{which}")["subject"]["reference"] for which in ("first", "second")}
    assert subjects == {f"Patient/{person}" for person in base.persons()}


@pytest.mark.parametrize(
    "resource", [Resource("", {"resourceType": "Basic"}), Resource("P", {"resourceType": "Patient"})]
)
def test_what_no_adapter_may_send_is_rejected(base: Feeding, resource: Resource) -> None:
    with pytest.raises(Rejected):
        base.tell("a", person("7@A"), resource)
    assert base.persons() == {}


def test_a_very_long_text_is_kept_whole_and_found_by_its_beginning(base: Feeding) -> None:
    report = "双肺纹理清晰" * 2_000
    body = {
        "resourceType": "Observation",
        "status": "final",
        "valueString": report,
        "code": {"coding": [{"code": report}]},
    }
    base.tell("a", person("7@A", "张三" * 1_000), Resource("R1", body))
    assert base.body("Observation", "a", "R1")["valueString"] == report
    assert base.found("Observation.value-string", report[:256]) == {resource_id("a", "Observation", "R1")}


def test_a_place_named_in_two_ways_by_every_message_is_written_once(base: Feeding) -> None:
    short = Resource("W1", {"resourceType": "Location", "name": "内科"})
    full = Resource("W1", {"resourceType": "Location", "name": "内科", "status": "active"})
    for minute, place in enumerate((full, short, full, short)):
        base.tell("a", None, place, minute=minute)
    first = int(START.timestamp() * 1_000_000)
    assert base.sql("SELECT version, recorded_at FROM resource") == [(1, first)]
    base.tell("a", None, short, minute=60)
    assert base.sql("SELECT version, recorded_at FROM resource") == [(1, first + 3_600_000_000)]


def test_the_url_of_a_content_leads_to_its_binary(base: Feeding) -> None:
    content = Resource("D|1", {"resourceType": "Binary", "contentType": "text/plain", "data": "5Lit"})
    elsewhere = {"attachment": {"url": "https://pacs.example/Binary/1"}}
    document = Resource(
        "D",
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "content": [{"attachment": {"url": "Binary/D|1"}}, elsewhere],
        },
    )
    base.tell("a", person("7@A", "张三"), content, document)

    named, other = base.body("DocumentReference", "a", "D")["content"]
    assert named == {"attachment": {"url": f"Binary/{resource_id('a', 'Binary', 'D|1')}"}}
    assert other == elsewhere
    assert base.body("Binary", "a", "D|1")["data"] == "5Lit"


def test_what_a_new_resource_is_found_by_is_what_its_json_says(base: Feeding) -> None:
    long, odd = "L" * 300, 'V"1\\2 床'
    told = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "58410-2"}, {"code": "血常规"}]},
        "subject": {"reference": "Patient/7@A"},
        "encounter": {"reference": f"Encounter/{odd}"},
        "effectiveDateTime": "2024-05-01T08:30:00+08:00",
        "performer": [{"reference": "#inside"}, {"reference": "Organization/O1"}, {"display": "检验科"}],
        "resultsInterpreter": [{"reference": "Patient/7@A"}, {"reference": "http://elsewhere/Practitioner/9"}],
        "result": [{"reference": f"Observation/{number}"} for number in ("R1", "R2")],
    }
    others = ({"basedOn": [{"reference": f"ServiceRequest/{long}"}]}, {"conclusion": None}, {"conclusion": "null"})
    bodies = (told, *(told | other for other in others))
    base.tell("a", person("7@A", "张三"), *(Resource(f"D{n}", body) for n, body in enumerate(bodies)))
    tables = {"tokens": "value, system", "strings": "value, exact", "dates": "low, high"}
    for number in range(len(bodies)):
        body = base.body("DiagnosticReport", "a", f"D{number}")
        rows, rid = index_rows(body), base.sql(f"SELECT rid FROM resource WHERE id = '{body['id']}'")[0][0]
        for kind, columns in tables.items():
            found = base.sql(f"SELECT name, {columns} FROM search_{kind[:-1]} WHERE rid = {rid}")
            assert set(map(tuple, found)) == getattr(rows, kind)
        assert (
            set(map(tuple, base.sql(f"SELECT target, name FROM search_reference WHERE rid = {rid}"))) == rows.references
        )
        assert rows.references
