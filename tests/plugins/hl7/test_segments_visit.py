"""PV1 and what belongs to a visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub import Json
from hub.database import open_database
from hub.migrations import prepare
from tests.hub.feeding import Feeding
from tests.plugins.hl7.mapping import HEADER, body, told, updates

VISIT = "PV1|1|{kind}|内科^^^HOSP||||||||||||||||V1^^^VISIT|||||||||||||||||||||||||{begun}|{over}"


@pytest.fixture
def base(database_url: str) -> Iterator[Feeding]:
    """A record base on each back end."""
    database = open_database(database_url)
    prepare(database)
    yield Feeding(database)
    database.close()


def visit(event: str, kind: str = "I", begun: str = "20240301080000", over: str = "") -> Json:
    line = VISIT.format(kind=kind, begun=begun, over=over)
    header = HEADER.replace("A08", event)
    return body(told(f"EVN|{event}|20240305090000", line, header=header), "Encounter")


@pytest.mark.parametrize(
    ("event", "kind", "over", "status"),
    [
        ("A01", "I", "", "in-progress"),
        ("A02", "I", "", "in-progress"),
        ("A03", "I", "20240305080000", "finished"),
        ("A03", "I", "", "finished"),
        ("A04", "O", "", "in-progress"),
        ("A05", "P", "", "planned"),
        ("A08", "I", "", "in-progress"),
        ("A08", "I", "20240305080000", "finished"),
        ("A08", "X", "", "unknown"),
        ("A11", "I", "", "cancelled"),
        ("A12", "I", "", "in-progress"),
        ("A13", "I", "", "in-progress"),
    ],
)
def test_the_event_says_how_the_visit_stands(event: str, kind: str, over: str, status: str) -> None:
    assert visit(event, kind, over=over)["status"] == status


@pytest.mark.parametrize(
    ("event", "history"),
    [
        (
            "A03",
            {
                "status": "in-progress",
                "period": {"start": "2024-03-01T08:00:00+08:00", "end": "2024-03-05T09:00:00+08:00"},
            },
        ),
        (
            "A11",
            {
                "status": "in-progress",
                "period": {"start": "2024-03-01T08:00:00+08:00", "end": "2024-03-05T09:00:00+08:00"},
            },
        ),
        ("A13", {"status": "finished", "period": {"end": "2024-03-05T09:00:00+08:00"}}),
    ],
)
def test_what_an_event_ends_is_the_visits_history(event: str, history: Json) -> None:
    assert visit(event)["statusHistory"] == [history]


def test_a_cancelled_discharge_deletes_the_end() -> None:
    assert visit("A13")["period"] == {"start": "2024-03-01T08:00:00+08:00", "end": None}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("PV1|1|I|||||||||||||||||V1^^^VISIT", "urn:oid:2.999.2|V1"),
        ("PV1|1|I" + "|" * 48 + "A1^^^HOSP", "urn:oid:2.999.1|A1"),
        ("PV1|1|I" + "|" * 42 + "20240301", "urn:oid:2.999.1|M1|20240301"),
        ("PV1|1|I|内科", "urn:oid:2.999.1|M1|K1"),
    ],
)
def test_a_visit_is_known_by_its_number_else_by_person_and_admission(line: str, key: str) -> None:
    found = [one.source_id for one in told(line).resources if one.type == "Encounter"]

    assert found == [key]


def test_a_pv1_that_only_says_there_is_no_visit_makes_none() -> None:
    assert told("PV1|1|N").resources == ()


def test_a_class_that_is_not_known_stays_the_senders_own() -> None:
    assert visit("A01", "X")["class"] == {"code": "X"}
    assert visit("A01", "I")["class"]["code"] == "IMP"


def test_staff_take_part_in_their_roles() -> None:
    found = told("PV1|1|I|||||D1^陈^医生^^^^^^HOSP|D2^刘^主任^^^^^^HOSP|||||||||||V1")

    visit = body(found, "Encounter")
    assert [one["individual"]["display"] for one in visit["participant"]] == ["陈医生", "刘主任"]
    assert [one["type"][0]["coding"][0]["code"] for one in visit["participant"]] == ["ATND", "REF"]
    assert {one.source_id for one in found.resources if one.type == "Practitioner"} == {
        "urn:oid:2.999.1|D1",
        "urn:oid:2.999.1|D2",
    }


def test_segments_nobody_reads_are_kept_on_the_visit_else_on_the_person() -> None:
    with_visit = body(told("PV1|1|I|||||||||||||||||V1", "ZZZ|a|b^c"), "Encounter")
    without = told("ZZZ|a").claim

    assert with_visit["extension"] == [
        {"url": "urn:hub:v2:ZZZ-1", "valueString": "a"},
        {
            "url": "urn:hub:v2:ZZZ-2",
            "extension": [
                {"url": "urn:hub:v2:ZZZ-2-1", "valueString": "b"},
                {"url": "urn:hub:v2:ZZZ-2-2", "valueString": "c"},
            ],
        },
    ]
    assert without is not None
    assert without.patient["extension"] == [{"url": "urn:hub:v2:ZZZ-1", "valueString": "a"}]


def test_a_diagnosis_is_of_the_visit() -> None:
    found = told("PV1|1|I|||||||||||||||||V1^^^VISIT", "DG1|1||J18^肺炎^I10|社区获得性|20240301|A|||||||||1")

    condition, visit = body(found, "Condition"), body(found, "Encounter")
    assert condition["code"]["text"] == "社区获得性"
    assert condition["code"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/icd-10"
    assert visit["diagnosis"][0]["rank"] == 1
    assert visit["diagnosis"][0]["use"]["coding"][0]["code"] == "AD"


def test_an_allergy_has_a_category_and_what_is_seen_of_it() -> None:
    allergy = body(told("AL1|1|DA|PEN^青霉素^L|SV|皮疹~气促"), "AllergyIntolerance")

    assert (allergy["category"], allergy["criticality"]) == (["medication"], "high")
    assert allergy["reaction"] == [{"manifestation": [{"text": "皮疹"}, {"text": "气促"}], "severity": "severe"}]


def test_a_late_result_does_not_reopen_a_visit(base: Feeding) -> None:
    discharge = "\r".join(
        [
            HEADER.replace("A08", "A03"),
            "EVN|A03|20240305090000",
            "PID|1||M1^^^HOSP^MR||王^伟",
            VISIT.format(kind="I", begun="20240301080000", over="20240305080000"),
        ]
    )
    late = "\r".join(
        [
            HEADER.replace("ADT^A08^ADT_A01", "ORU^R01").replace("20240301080000", "20240306080000"),
            "PID|1||M1^^^HOSP^MR||王^伟",
            VISIT.format(kind="I", begun="20240301080000", over=""),
            "OBR|1||F1|X^X^L",
            "OBX|1|ST|A^A^L||b",
        ]
    )
    for text in (discharge, late):
        for update in updates(text):
            message, _ = base.message("hospital", update.claim)
            base.tell_all([(message, update)])

    stored = base.body("Encounter", "hospital", "urn:oid:2.999.2|V1")

    assert stored["status"] == "finished"
    assert stored["period"]["end"] == "2024-03-05T08:00:00+08:00"
    assert stored["meta"]["versionId"] == "1"
