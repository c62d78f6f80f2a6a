"""A small invented district: what two hospitals and a clinic said about a handful of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from hub.adapter import Message
from hub.database import Connection, Database
from hub.identity.rules import Rules
from hub.model import Claim, Json, Merge, RecordUpdate, Resource
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.applying import Application
from hub.records.ids import claim_id, resource_id

SHANGHAI = timezone(timedelta(hours=8))
START = datetime(2024, 1, 1, 8, tzinfo=SHANGHAI)
HOSPITAL, CLINIC = "hospital", "clinic"
NUMBERS = "urn:oid:2.999.1"
LOINC, ICD = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10"
LI_ID, WANG_ID = "110101199003070070", "11010119900307002X"
_numbers = count(1)


def patient(number: str, name: str, **elements: Any) -> Claim:
    identifiers = [{"system": NUMBERS, "value": number}]
    if id_number := elements.pop("id_number", ""):
        identifiers.append({"system": ID_NUMBER_SYSTEM, "value": id_number})
    body: Json = {"resourceType": "Patient", "identifier": identifiers, "name": [{"text": name}]}
    return Claim(number, body | elements)


LI = patient(
    "P1",
    "李·阿依努尔",
    id_number=LI_ID,
    gender="female",
    birthDate="1990-03-07",
    telecom=[{"system": "phone", "value": "138 0000 0001"}],
    address=[{"text": "北京市东城区和平里1号", "city": "北京市"}],
)
LI_AT_CLINIC = patient("C7", "李·阿依努尔", id_number=LI_ID, gender="female", birthDate="1990-03-07")
WANG = patient("P2", "王珅", id_number=WANG_ID, gender="male", birthDate="1990-03-07")
ZHANG = patient("P3", "张三", gender="male", birthDate="1985")
ZHANG_AGAIN = patient("P4", "张三", gender="male", birthDate="1985")


def visit(person: Claim, key: str, start: str, **elements: Any) -> Resource:
    body: Json = {
        "resourceType": "Encounter",
        "identifier": [{"system": "urn:oid:2.999.2", "value": key}],
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{person.source_id}"},
        "period": {"start": start},
        "serviceProvider": {"reference": "Organization/ORG"},
    }
    return Resource(key, body | elements)


def result(person: Claim, key: str, code: str, at: str, encounter: str = "", **elements: Any) -> Resource:
    body: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{person.source_id}"},
        "effectiveDateTime": at,
    }
    if encounter:
        body["encounter"] = {"reference": f"Encounter/{encounter}"}
    return Resource(key, body | elements)


def allergy(person: Claim, key: str) -> Resource:
    return Resource(
        key,
        {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": f"Patient/{person.source_id}"},
            "code": {"text": "青霉素", "coding": [{"code": "Z88.0", "system": ICD}]},
        },
    )


ORGANIZATION = Resource("ORG", {"resourceType": "Organization", "name": "中心医院", "active": True})


def settle(database: Database) -> None:
    """Everything everybody said, in order."""
    tell(database, HOSPITAL, LI, ORGANIZATION, visit(LI, "V1", "2024-01-05T09:00:00+08:00"))
    tell(
        database,
        HOSPITAL,
        LI,
        result(LI, "O1", "718-7", "2024-01-05T09:30:00+08:00", "V1"),
        result(LI, "O2", "6690-2", "2024-01-31T23:30:00+08:00", "V1", status="preliminary"),
        result(LI, "O3", "718-7", "2024-02", valueString="a,b|c$d\\e"),
        allergy(LI, "A1"),
    )
    tell(database, CLINIC, LI_AT_CLINIC, result(LI_AT_CLINIC, "O1", "8480-6", "2024-03-01T10:00:00+08:00"))
    tell(database, HOSPITAL, WANG, visit(WANG, "V2", "2024-01-06T09:00:00+08:00", status="in-progress"))
    tell(database, HOSPITAL, WANG, result(WANG, "O9", "718-7", "2024-01-06T09:30:00Z", "V2"))
    tell(database, HOSPITAL, ZHANG, result(ZHANG, "O11", "718-7", "2023-12-31"))
    tell(database, HOSPITAL, ZHANG_AGAIN, result(ZHANG_AGAIN, "O12", "718-7", "2023-12-30"))
    tell(database, HOSPITAL, WANG, visit(WANG, "V2", "2024-01-06T09:00:00+08:00"))
    tell(database, HOSPITAL, ZHANG, events=(Merge(ZHANG_AGAIN),))


def tell(
    database: Database, feed: str, claim: Claim | None, *resources: Resource, events: Sequence[Merge] = ()
) -> None:
    """One message, applied."""
    number = next(_numbers)
    at = START + timedelta(minutes=number)
    message = Message(number, feed, f"K{number}", f"message {number}".encode(), at)
    update = RecordUpdate(claim, resources, tuple(events), at)

    def work(connection: Connection) -> None:
        application = Application(connection, Rules())
        application.take(message, [update])
        application.flush()

    database.serially(work)


def patient_id(claim: Claim, feed: str = HOSPITAL) -> str:
    return claim_id(feed, claim.source_id)


def id_of(type_: str, key: str, feed: str = HOSPITAL) -> str:
    return resource_id(feed, type_, key)
