"""Reading resources, their versions, and everything about a person, on both back ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from hub.database import Database, open_database
from hub.migrations import prepare
from hub.records.compartment import Span
from hub.records.json import decode
from hub.records.parameters import PARAMETERS
from hub.records.reading import Records, View
from hub.records.rows import Stored
from hub.records.search import Query
from hub.records.times import micros
from tests.hub.records import district as d

LI, ZHANG = d.patient_id(d.LI), d.patient_id(d.ZHANG)
LI_AT_CLINIC, ZHANG_AGAIN = d.patient_id(d.LI_AT_CLINIC, d.CLINIC), d.patient_id(d.ZHANG_AGAIN)
VISIT = d.id_of("Encounter", "V2")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    d.settle(database)
    yield database
    database.close()


@pytest.fixture
def view(database: Database) -> Iterator[View]:
    with Records(database).view() as view:
        yield view


def everything(view: View, person: str, span: Span | None = None, size: int = 100) -> list[str]:
    """References, over all pages."""
    page = view.everything(person, span or Span(), size)
    seen = [row.reference for row in page.rows]
    while page.place is not None:
        page = view.everything(person, span or Span(), size, page.place)
        assert page.rows
        seen += [row.reference for row in page.rows]
    return seen


def test_a_resource_is_served_as_it_was_written(database: Database) -> None:
    stored = Records(database).read("Encounter", VISIT)
    assert stored is not None
    body = decode(stored.body)
    assert (body["id"], body["meta"]["versionId"], stored.version) == (VISIT, "2", 2)
    assert body["subject"] == {"reference": f"Patient/{d.patient_id(d.WANG)}"}
    assert stored.person == d.patient_id(d.WANG)
    assert Records(database).read("Observation", VISIT) is None


def test_each_version_can_be_read(database: Database) -> None:
    records = Records(database)
    first, second = records.version("Encounter", VISIT, 1), records.version("Encounter", VISIT, 2)
    assert first is not None
    assert second is not None
    assert (decode(first.body)["status"], decode(second.body)["status"]) == ("in-progress", "finished")
    assert records.version("Encounter", VISIT, 3) is None
    assert records.version("Encounter", "nobody", 1) is None


def test_history_is_newest_first_and_pages(view: View) -> None:
    current = view.read("Encounter", VISIT)
    assert current is not None
    assert [row.version for row in view.history(current, 10, 3)] == [2, 1]
    assert [row.version for row in view.history(current, 1, 3)] == [2]
    assert [row.version for row in view.history(current, 1, 2)] == [1]
    assert view.history(current, 10, 3, since=current.updated_at + 1) == []


def test_any_id_of_a_person_leads_to_the_person(view: View) -> None:
    assert view.person_of(LI_AT_CLINIC) == view.person_of(LI) == LI
    assert view.person_of(ZHANG_AGAIN) == ZHANG
    assert view.person_of("nobody") is None


def test_everything_is_what_all_feeds_said_and_who_is_referred_to(view: View) -> None:
    expected = {
        f"Patient/{LI}",
        f"Patient/{LI_AT_CLINIC}",
        f"Encounter/{d.id_of('Encounter', 'V1')}",
        f"AllergyIntolerance/{d.id_of('AllergyIntolerance', 'A1')}",
        f"Organization/{d.id_of('Organization', 'ORG')}",
        f"Observation/{d.id_of('Observation', 'O1', d.CLINIC)}",
        *(f"Observation/{d.id_of('Observation', key)}" for key in ("O1", "O2", "O3")),
    }
    whole = everything(view, LI)
    assert len(whole) == len(expected)
    assert set(whole) == expected


def test_everything_holds_each_resource_once_on_pages_of_any_size(view: View) -> None:
    whole = everything(view, LI)
    assert [everything(view, LI, size=size) for size in range(1, 10)] == [whole] * 9


def test_everything_about_a_merged_person_shows_both_claims(view: View) -> None:
    whole = everything(view, ZHANG)
    assert {f"Patient/{ZHANG}", f"Patient/{ZHANG_AGAIN}"} <= set(whole)
    assert {f"Observation/{d.id_of('Observation', key)}" for key in ("O11", "O12")} <= set(whole)


def test_everything_in_a_range_of_dates_keeps_what_has_no_date(view: View) -> None:
    march = micros(datetime(2024, 3, 1, tzinfo=d.SHANGHAI))
    april = micros(datetime(2024, 4, 1, tzinfo=d.SHANGHAI))
    inside = everything(view, LI, Span(start=march, end=april))
    assert f"Observation/{d.id_of('Observation', 'O1', d.CLINIC)}" in inside
    assert f"AllergyIntolerance/{d.id_of('AllergyIntolerance', 'A1')}" in inside
    assert f"Patient/{LI}" in inside
    assert f"Observation/{d.id_of('Observation', 'O1')}" not in inside
    # an encounter that began earlier and has no end goes on
    assert f"Encounter/{d.id_of('Encounter', 'V1')}" in inside


def test_everything_of_some_types_and_since_a_time(view: View) -> None:
    assert everything(view, LI, Span(types=("Organization",))) == [f"Organization/{d.id_of('Organization', 'ORG')}"]
    assert len(everything(view, LI, Span(types=("Observation",)))) == 4
    assert everything(view, LI, Span(since=micros(datetime(2100, 1, 1, tzinfo=d.SHANGHAI)))) == []


def test_what_refers_to_a_match_is_found(view: View) -> None:
    visits = view.search(Query("Encounter"), 10).rows
    found = view.referring(PARAMETERS["Observation"]["encounter"], visits, 10)
    assert {row.id for row in found} == {d.id_of("Observation", key) for key in ("O1", "O2", "O9")}
    patients = [row for row in view.search(Query("Patient"), 10).rows if row.id == LI]
    assert len(view.referring(PARAMETERS["Observation"]["patient"], patients, 10)) == 4
    assert len(view.referring(PARAMETERS["Observation"]["patient"], patients, 2)) == 2


def test_what_is_referred_to_is_found_once_whatever_else_is_named(view: View) -> None:
    organization = f"Organization/{d.id_of('Organization', 'ORG')}"
    found: list[Stored] = view.named([organization, organization, "Location/none", "nonsense", ""])
    assert [row.reference for row in found] == [organization]


def test_each_version_has_an_origin(view: View) -> None:
    origins = view.origins([f"Encounter/{VISIT}", "Encounter/nobody"], 10)
    assert [(origin.version, origin.feed) for origin in origins] == [(1, d.HOSPITAL), (2, d.HOSPITAL)]
    assert origins[0].entry < origins[1].entry
    assert origins[0].recorded_at < origins[1].recorded_at
