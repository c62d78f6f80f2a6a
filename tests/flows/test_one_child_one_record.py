"""One child, one record: from an unnamed newborn under its mother to a vaccination by the child's own number.

A hub that runs, told over HL7 and FHIR only, as a district would. What happens here is told in
docs/start/one-child.md.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.demo.ports import free_port
from tests.flows.test_run import HOST, Site, Start, start, wait_for
from tests.hub.id_numbers import id_number

__all__ = ["start"]

ID = "urn:oid:2.16.156.10011.1.3"
CERTIFICATE = "urn:oid:2.16.156.10011.1.6"
CERTIFIES = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "BCT"}]}
MOTHERS_ID, CHILDS_ID = id_number(31), "990101202601030026"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
BORN, TIME = "2026-01-03", "2026-01-03T08:12:00+08:00"


def hl7(kind: str, key: str, *lines: str) -> bytes:
    head = rf"MSH|^~\&|HIS|HOSP|HUB|DISTRICT|20260103093000||{kind}|{key}|P|2.5.1|||||||UNICODE UTF-8"
    return b"\x0b" + "\r".join((head, *lines)).encode() + b"\x1c\r"


MOTHER = hl7(
    "ADT^A01^ADT_A01",
    "M1",
    f"PID|1||P-100^^^HOSP^MR~{MOTHERS_ID}^^^^NNCHN||李春梅||19810804|F|||试验市试验区东街村12号||13800000031",
    "PV1|1|I|maternity||||||||||||||||V-100^^^VISIT^VN",
)
NEWBORN = hl7(
    "ADT^A01^ADT_A01",
    "N1",
    f"PID|1||P-101^^^HOSP^MR||李春梅之女||20260103081200|F|||||||||||||{MOTHERS_ID}^^^^NNCHN",
    "NK1|1|李春梅|MTH|试验市试验区东街村12号|13800000031",
    "PV1|1|N|nursery||||||||||||||||V-101^^^VISIT^VN",
)


def vaccination(name: str) -> bytes:
    return hl7(
        "VXU^V04^VXU_V04",
        "X1",
        f"PID|1||{CHILDS_ID}^^^^NNCHN||{name}||20260103|F",
        "ORC|RE||D-1^CLINIC",
        "RXA|0|1|20260203090000||08^Hep B^CVX|0.5|mL",
    )


def mother_of(child: str) -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson",
        "patient": {"reference": child},
        "relationship": [{"coding": [{"system": ROLE, "code": "MTH"}]}],
        "identifier": [{"system": ID, "value": MOTHERS_ID}],
        "name": [{"text": "李春梅"}],
    }


def bundle(*entries: tuple[str, dict[str, Any], str]) -> dict[str, Any]:
    """Full URL, resource, and the URL it is sent to."""
    sent = [
        {"fullUrl": url, "resource": body, "request": {"method": "PUT" if "?" in to else "POST", "url": to}}
        for url, body, to in entries
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": sent}


CERTIFIED = bundle(
    (
        "urn:uuid:child",
        {
            "resourceType": "Patient",
            "identifier": [{"type": CERTIFIES, "system": CERTIFICATE, "value": "Z990000123"}],
            "name": [{"text": "张晓雨"}],
            "gender": "female",
            "birthDate": BORN,
            "_birthDate": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": TIME}
                ]
            },
        },
        f"Patient?identifier={CERTIFICATE}|Z990000123",
    ),
    ("urn:uuid:mother", mother_of("urn:uuid:child"), "RelatedPerson"),
    (
        "urn:uuid:weight",
        {
            "resourceType": "Observation",
            "status": "final",
            "identifier": [{"system": "urn:oid:2.999.9", "value": "W-1"}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "8339-4", "display": "Birth weight"}]},
            "subject": {"reference": "urn:uuid:child"},
            "effectiveDateTime": TIME,
            "valueQuantity": {"value": 3.5, "unit": "kg"},
        },
        "Observation",
    ),
)
REGISTERED = bundle(
    (
        "urn:uuid:child",
        {
            "resourceType": "Patient",
            "identifier": [{"system": ID, "value": CHILDS_ID}],
            "name": [{"text": "张晓雨"}],
            "gender": "female",
            "birthDate": BORN,
            "address": [{"text": "试验市试验区东街村12号"}],
        },
        f"Patient?identifier={ID}|{CHILDS_ID}",
    ),
    ("urn:uuid:mother", mother_of("urn:uuid:child"), "RelatedPerson"),
)
RESIDENT = {
    "resourceType": "Patient",
    "identifier": [{"system": ID, "value": id_number(44)}],
    "name": [{"text": "张䶮"}],
    "gender": "male",
    "birthDate": f"{id_number(44)[6:10]}-{id_number(44)[10:12]}-{id_number(44)[12:14]}",
}


class District(Site):
    """A hospital and a clinic that speak HL7, the maternity register and the police, who speak FHIR."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.clinic = free_port()
        systems = '[settings.systems]\nCLINIC = "urn:oid:2.999.3"\n'
        self.write("feeds/clinic.toml", f'adapter = "hl7"\n[settings]\nlisten = "{HOST}:{self.clinic}"\n{systems}')
        self.write("feeds/maternity.toml", 'adapter = "fhir"\n[settings]\nclient = "maternity"\n')
        self.write("feeds/police.toml", 'adapter = "fhir"\nverified = true\n[settings]\nclient = "police"\n')

    def tell(self, port: int, message: bytes) -> None:
        with closing(socket.create_connection((HOST, port), timeout=20)) as sender:
            sender.sendall(message)
            assert b"MSA|AA|" in sender.recv(65_536)
        wait_for(lambda: self.count("waiting") == 0)

    def client(self, name: str, scope: str) -> httpx.Client:
        said = self.say("token", name, "--scope", scope)
        assert said.returncode == 0, said.stderr
        headers = {"Authorization": f"Bearer {said.stdout.strip()}"}
        return httpx.Client(base_url=f"http://{HOST}:{self.web}/fhir", headers=headers, timeout=30)


@pytest.fixture
def district(tmp_path: Path, start: Start) -> District:
    found = District(tmp_path)
    start(found)
    wait_for(found.ready)
    return found


@pytest.fixture
def doctor(district: District) -> Iterator[httpx.Client]:
    with district.client("doctor", "system/*.rs") as client:
        yield client


@pytest.fixture
def registrar(district: District) -> Iterator[httpx.Client]:
    with district.client("registrar", "system/*.rs system/Patient.u") as client:
        yield client


def sent(district: District, client: str, body: dict[str, Any]) -> None:
    with district.client(client, "system/*.cu") as sender:
        answer = sender.post("", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["type"] == "transaction-response"


def persons(doctor: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    answer = doctor.post("/Patient/_search", data={"_count": "50", **asked})
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def everything(doctor: httpx.Client, patient: str) -> list[str]:
    """All that is known of a person, without what each version is called."""
    answer = doctor.get(f"/Patient/{patient}/$everything")
    assert answer.status_code == 200, answer.text
    found = [entry["resource"] for entry in answer.json().get("entry", [])]
    return sorted(json.dumps(_plain(one), sort_keys=True, ensure_ascii=False) for one in found)


def _plain(resource: dict[str, Any]) -> dict[str, Any]:
    meta = {name: value for name, value in resource["meta"].items() if name == "tag"}
    return resource | {"meta": meta}


def born(district: District) -> None:
    """Everything that happens to the child, in the order in which it does."""
    district.tell(district.mllp, MOTHER)
    district.tell(district.mllp, NEWBORN)
    sent(district, "maternity", CERTIFIED)
    sent(district, "police", REGISTERED)
    district.tell(district.clinic, vaccination("张晓雨"))


def test_a_child_is_one_person_from_birth_to_its_first_vaccination(district: District, doctor: httpx.Client) -> None:
    born(district)

    assert len(persons(doctor)) == 2
    (child,) = persons(doctor, identifier=f"{ID}|{CHILDS_ID}")
    assert child["name"][0]["text"] == "张晓雨"
    assert (child["gender"], child["birthDate"]) == ("female", BORN)
    assert persons(doctor, identifier="P-101")[0]["id"] == child["id"]
    assert persons(doctor, identifier=f"{CERTIFICATE}|Z990000123")[0]["id"] == child["id"]

    told = doctor.get(f"/Patient/{child['id']}/$sources").json()["entry"]
    feeds = {entry["resource"]["meta"]["source"].removeprefix("urn:hub:").partition("#")[0] for entry in told}
    assert feeds == {"ward", "maternity", "police", "clinic"}
    kinds = [json.loads(one)["resourceType"] for one in everything(doctor, child["id"])]
    assert {"Encounter", "Observation", "Immunization", "RelatedPerson"} <= set(kinds)
    assert kinds.count("Immunization") == 1

    (mother,) = persons(doctor, identifier=f"{ID}|{MOTHERS_ID}")
    assert mother["id"] != child["id"]


def test_a_wrong_merge_is_undone_and_nothing_is_lost(district: District, registrar: httpx.Client) -> None:
    born(district)
    (child,) = persons(registrar, identifier=f"{ID}|{CHILDS_ID}")
    (mother,) = persons(registrar, identifier=f"{ID}|{MOTHERS_ID}")
    before = {person["id"]: everything(registrar, person["id"]) for person in (child, mother)}
    both = [
        {"name": "source-patient", "valueReference": {"reference": f"Patient/{child['id']}"}},
        {"name": "target-patient", "valueReference": {"reference": f"Patient/{mother['id']}"}},
    ]

    merged = registrar.post("/Patient/$merge", json={"resourceType": "Parameters", "parameter": both})
    assert merged.status_code == 200, merged.text
    assert len(persons(registrar)) == 1
    assert everything(registrar, child["id"]) == everything(registrar, mother["id"])

    parted = registrar.post("/Patient/$unmerge", json={"resourceType": "Parameters", "parameter": both})
    assert parted.status_code == 200, parted.text
    after = {person["id"]: everything(registrar, person["id"]) for person in (child, mother)}
    assert after == before


def test_a_name_with_a_rare_character_is_found_by_its_sound(district: District, doctor: httpx.Client) -> None:
    sent(district, "police", bundle(("urn:uuid:one", RESIDENT, f"Patient?identifier={ID}|{id_number(44)}")))

    for asked in ("zhangyan", "ZHANG YAN", "张䶮", "zy"):
        assert [one["name"][0]["text"] for one in persons(doctor, name=asked)] == ["张䶮"], asked
    assert persons(doctor, name="wangyan") == []


def test_the_page_tells_of_what_is_sent_here() -> None:
    page = (Path(__file__).parents[2] / "docs/start/one-child.md").read_text(encoding="utf-8")
    for told in (
        "李春梅之女",
        "Z990000123",
        "`BCT`",
        "张晓雨",
        "张䶮",
        "zhangyan",
        "ZHANG YAN",
        "name=zy",
        "$merge",
        "$unmerge",
    ):
        assert told in page
