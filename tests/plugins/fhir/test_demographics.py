"""A demographics query (IHE PDQm, ITI-78): whoever is known is found however the name is written or remembered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.hub.id_numbers import id_number
from tests.plugins.fhir.running import ID, OWN, Running, bundle, entry, patient, running


def resident(at: int, name: str, **elements: Any) -> dict[str, Any]:
    number = id_number(at)
    known: dict[str, Any] = {
        "id": f"R-{at}",
        "identifier": [{"system": ID, "value": number}],
        "birthDate": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
    }
    return patient("", name, **known | elements)


GONG = resident(7, "龚䶮", gender="male", telecom=[{"system": "phone", "value": "138 0000 0007"}])
OUYANG = resident(38, "欧阳明", address=[{"text": "试验市东街1号", "city": "试验市"}])
SECOND = resident(69, "鄭國強", gender="male")
LATIN = resident(100, "Sarah Miller")
DOTTED = resident(131, "𠮷田·买买提")
RESIDENTS = (GONG, OUYANG, SECOND, LATIN, DOTTED)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("known")) as hub:
        with hub.client("police") as police:
            police.post("", json=bundle("collection", *map(entry, RESIDENTS))).raise_for_status()
        with hub.client("clinic") as clinic:
            for number in ("C-1", "C-2"):
                clinic.post("/Patient", json=patient(number, "何必问", birthDate="1971-01-01")).raise_for_status()
            link = [{"type": "replaced-by", "other": {"identifier": {"system": OWN, "value": "C-2"}}}]
            old = patient("C-1", "何必问", active=False, link=link)
            clinic.put(f"/Patient?identifier={OWN}|C-1", json=old).raise_for_status()
        yield hub


@pytest.fixture
def doctor(known: Running) -> Iterator[httpx.Client]:
    with known.client("doctor", "system/*.rs") as client:
        yield client


def found(client: httpx.Client, *asked: tuple[str, str]) -> set[str]:
    """Names of whom a search finds, asked both ways."""
    got = client.get("/Patient", params=list(asked)).json()
    form = "&".join(f"{name}={httpx.QueryParams({'v': value})['v']}" for name, value in asked)
    posted = client.post(
        "/Patient/_search", content=form.encode(), headers={"content-type": "application/x-www-form-urlencoded"}
    ).json()
    assert [one["resource"]["id"] for one in got.get("entry", [])] == [
        one["resource"]["id"] for one in posted.get("entry", [])
    ]
    return {one["resource"]["name"][0]["text"] for one in got.get("entry", [])}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("龚䶮", "龚䶮"),
        ("龔䶮", "龚䶮"),
        ("gongyan", "龚䶮"),
        ("Gong Yan", "龚䶮"),
        ("gy", "龚䶮"),
        ("gongy", "龚䶮"),
        ("郑国强", "鄭國強"),
        ("zhengguoqiang", "鄭國強"),
        ("zgq", "鄭國強"),
        ("欧阳", "欧阳明"),
        ("ouyangming", "欧阳明"),
        ("sarah", "Sarah Miller"),
        ("miller", "Sarah Miller"),
        ("买买提", "𠮷田·买买提"),
        ("maimaiti", "𠮷田·买买提"),
        ("吉田买买提", "𠮷田·买买提"),
    ],
)
def test_a_name_is_found_as_it_is_written_sounds_or_begins(doctor: httpx.Client, asked: str, name: str) -> None:
    assert found(doctor, ("name", asked)) == {name}


def test_an_exact_name_is_what_was_written_and_nothing_else(doctor: httpx.Client) -> None:
    assert found(doctor, ("name:exact", "鄭國強")) == {"鄭國強"}
    assert found(doctor, ("name:exact", "郑国强")) == set()
    assert found(doctor, ("name:exact", "gongyan")) == set()


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [("欧阳", "明", "欧阳明"), ("龚", "䶮", "龚䶮"), ("郑", "国强", "鄭國強"), ("鄭", "國", "鄭國強")],
)
def test_a_name_that_came_as_one_text_is_found_by_its_parts(
    doctor: httpx.Client, family: str, given: str, name: str
) -> None:
    assert found(doctor, ("family", family), ("given", given)) == {name}
    assert found(doctor, ("family", given), ("given", family)) == set()


def test_two_birth_dates_are_a_range(doctor: httpx.Client) -> None:
    born = OUYANG["birthDate"]
    others = {one["name"][0]["text"] for one in RESIDENTS if one["birthDate"] == born}
    assert found(doctor, ("birthdate", f"ge{born}"), ("birthdate", f"le{born}")) == others
    assert found(doctor, ("birthdate", f"gt{born}"), ("birthdate", f"lt{born}")) == set()
    assert "何必问" in found(doctor, ("birthdate", "ge1970"), ("birthdate", "lt1972"))


@pytest.mark.parametrize(
    "asked",
    [f"{ID}|{id_number(7)}", id_number(7), f"{ID}|{id_number(7)},{OWN}|nobody", f" {id_number(7)} "],
)
def test_a_number_of_any_system_finds_its_person(doctor: httpx.Client, asked: str) -> None:
    assert found(doctor, ("identifier", asked)) == {"龚䶮"}


def test_a_number_alone_and_a_system_alone_may_be_asked_for(doctor: httpx.Client) -> None:
    assert found(doctor, ("identifier", f"|{id_number(7)}")) == set(), "it has a system"
    assert found(doctor, ("identifier", f"{OWN}|")) == {"何必问"}


def test_a_retired_number_goes_on_finding_the_person(doctor: httpx.Client) -> None:
    both = [found(doctor, ("identifier", f"{OWN}|{number}")) for number in ("C-1", "C-2")]
    assert both == [{"何必问"}, {"何必问"}]
    assert doctor.get("/Patient", params={"name": "何必问", "_total": "accurate"}).json()["total"] == 1


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (("telecom", "13800000007"), "龚䶮"),
        (("phone", "138-0000-0007"), "龚䶮"),
        (("address", "试验市东街"), "欧阳明"),
        (("address-city", "试验市"), "欧阳明"),
    ],
)
def test_how_somebody_can_be_reached_finds_them(doctor: httpx.Client, asked: tuple[str, str], name: str) -> None:
    assert found(doctor, asked) == {name}


def test_sex_and_being_active_narrow(doctor: httpx.Client) -> None:
    assert found(doctor, ("gender", "male")) == {"龚䶮", "鄭國強"}
    assert found(doctor, ("gender", "male"), ("name", "g")) == {"龚䶮"}
    assert found(doctor, ("active", "false")) == set()
    assert found(doctor, ("active", "true"), ("gender", "male")) == {"龚䶮", "鄭國強"}
    assert len(found(doctor, ("active", "true"))) == len(found(doctor))


def test_the_mothers_maiden_name_is_no_parameter(doctor: httpx.Client) -> None:
    assert doctor.get("/Patient", params={"mothersMaidenName": "李"}).status_code == 400
