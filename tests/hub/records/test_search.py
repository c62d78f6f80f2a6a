"""Searching by each kind of parameter, on both back ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.database import Database, Statement, open_database
from hub.errors import BadQuery
from hub.migrations import prepare
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.criteria import Condition, by_id, by_last_updated, condition
from hub.records.parameters import PARAMETERS
from hub.records.reading import Records, View
from hub.records.search import Query, SortKey, sort_key
from tests.hub.plans import Explained
from tests.hub.records import district as d


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


def asks(type_: str, name: str, raw: str) -> Condition:
    base, _, modifier = name.partition(":")
    return condition(PARAMETERS[type_][base], modifier, raw)


def found(view: View, type_: str, **asked: str) -> set[str]:
    """Names of parameters have underscores here: ``birthdate``, ``code__not`` for ``code:not``."""
    conditions = [asks(type_, name.replace("__", ":").replace("_", "-"), raw) for name, raw in asked.items()]
    query = Query(type_, tuple(conditions))
    rows = view.search(query, 100).rows
    assert view.count(query) == len(rows)
    return {row.id for row in rows}


def one(view: View, type_: str, name: str, raw: str) -> set[str]:
    return {row.id for row in view.search(Query(type_, (asks(type_, name, raw),)), 100).rows}


def ids(type_: str, *keys: str, feed: str = d.HOSPITAL) -> set[str]:
    return {d.id_of(type_, key, feed) for key in keys}


LI, WANG, ZHANG = d.patient_id(d.LI), d.patient_id(d.WANG), d.patient_id(d.ZHANG)
LI_AT_CLINIC, ZHANG_AGAIN = d.patient_id(d.LI_AT_CLINIC, d.CLINIC), d.patient_id(d.ZHANG_AGAIN)


def test_a_search_without_criteria_finds_persons_not_claims(view: View) -> None:
    assert found(view, "Patient") == {LI, WANG, ZHANG}


PERSONS = [
    ("identifier", f"{ID_NUMBER_SYSTEM}|{d.WANG_ID}", {WANG}),
    ("identifier", f"{ID_NUMBER_SYSTEM}|{d.WANG_ID.lower()}", {WANG}),
    ("identifier", d.WANG_ID.lower(), {WANG}),
    ("identifier", "１１０１０１１９９００３０７００２Ｘ", {WANG}),
    ("identifier", f"{d.NUMBERS}|P1", {LI}),
    ("identifier", "P1", {LI}),
    ("identifier", "C7", {LI}),
    ("identifier", "P4", {ZHANG}),
    ("identifier", f"{ID_NUMBER_SYSTEM}|P1", set()),
    ("identifier", "|P1", set()),
    ("identifier", f"{ID_NUMBER_SYSTEM}|", {LI, WANG}),
    ("identifier", "P1,P2", {LI, WANG}),
    ("identifier:not", "P1,P2", {ZHANG}),
    ("gender", "male", {WANG, ZHANG}),
    ("gender:not", "male", {LI}),
    ("gender:missing", "false", {LI, WANG, ZHANG}),
    ("phone", "13800000001", {LI}),
    ("phone", "+86 138-0000-0001", {LI}),
    ("phone:missing", "true", {WANG, ZHANG}),
    ("name", "李", {LI}),
    ("name", "王珅", {WANG}),
    ("name", "李•阿依", {LI}),
    ("name:exact", "李·阿依努尔", {LI}),
    ("name:exact", "李•阿依努尔", set()),
    ("name:exact", "李", set()),
    ("name:contains", "努尔", {LI}),
    ("name:contains", "%", set()),
    ("name", "张_", set()),
    ("address", "北京", {LI}),
    ("address-city", "北京市", {LI}),
    ("birthdate", "1990-03-07", {LI, WANG}),
    ("birthdate", "1990", {LI, WANG}),
    ("birthdate", "1985", {ZHANG}),
    ("birthdate", "1985-06", set()),
    ("birthdate", "ne1985", {LI, WANG}),
    ("birthdate", "lt1986", {ZHANG}),
    ("birthdate", "ge1990-03-07", {LI, WANG}),
    ("birthdate", "gt1990-03-07", set()),
    ("birthdate", "le1985", {ZHANG}),
    ("birthdate", "sa1985", {LI, WANG}),
    ("birthdate", "eb1990", {ZHANG}),
    ("birthdate", "1985,1990", {LI, WANG, ZHANG}),
]


def test_persons_are_found(view: View) -> None:
    wrong = [(name, raw) for name, raw, expected in PERSONS if one(view, "Patient", name, raw) != expected]
    assert wrong == []


RESULTS = [
    ("code", "718-7", "O1 O3 O9 O11 O12"),
    ("code", f"{d.LOINC}|718-7", "O1 O3 O9 O11 O12"),
    ("code", f"{d.ICD}|718-7", ""),
    ("code", f"{d.LOINC}|6690-2,718-7", "O1 O2 O3 O9 O11 O12"),
    ("code:not", "718-7", "O2"),
    ("status", "preliminary", "O2"),
    ("encounter", d.id_of("Encounter", "V1"), "O1 O2"),
    ("encounter", f"Encounter/{d.id_of('Encounter', 'V2')}", "O9"),
    ("encounter:Encounter", d.id_of("Encounter", "V2"), "O9"),
    ("encounter:identifier", "urn:oid:2.999.2|V2", "O9"),
    ("encounter:identifier", "V2", "O9"),
    ("encounter:missing", "true", "O3 O11 O12"),
    ("patient", ZHANG, "O11 O12"),
    ("patient", ZHANG_AGAIN, "O11 O12"),
    ("subject", f"Patient/{ZHANG_AGAIN}", "O11 O12"),
    ("subject:Patient", ZHANG_AGAIN, "O11 O12"),
    ("patient", f"{ZHANG},{WANG}", "O9 O11 O12"),
    ("patient:identifier", f"{d.NUMBERS}|P4", "O11 O12"),
    ("patient", "nobody", ""),
    ("subject", "Group/1", ""),
    ("date", "2024-01-31", "O2"),  # half an hour before midnight in Shanghai, still the 31st
    ("date", "2024-02-01", ""),
    ("date", "2024-01-06T17:30:00", "O9"),  # no zone: Shanghai; it was recorded in UTC
    ("date", "2024-01", "O1 O2 O9"),
    ("date", "2024-02", "O3"),
    ("date", "gt2024-02-15", "O3"),
    ("date", "sa2024-01", "O3"),
    ("date", "lt2024", "O11 O12"),
    ("value-string", r"a\,b\|c\$d\\e", "O3"),
    ("value-string:exact", r"a\,b\|c\$d\\e", "O3"),
]


def test_results_of_the_hospital_are_found(view: View) -> None:
    clinic = ids("Observation", "O1", feed=d.CLINIC)
    wrong = [
        (name, raw)
        for name, raw, keys in RESULTS
        if one(view, "Observation", name, raw) - clinic != ids("Observation", *keys.split())
    ]
    assert wrong == []


def test_about_a_date_is_near_it(view: View) -> None:
    near = one(view, "Observation", "date", "ap2023-12-31")
    assert ids("Observation", "O11", "O12", "O2") <= near
    assert one(view, "Observation", "date", "ap1950") == set()


def test_any_id_of_a_person_finds_what_all_feeds_said(view: View) -> None:
    expected = ids("Observation", "O1", "O2", "O3") | ids("Observation", "O1", feed=d.CLINIC)
    assert found(view, "Observation", patient=LI) == expected
    assert found(view, "Observation", patient=LI_AT_CLINIC) == expected


def test_repeated_criteria_must_all_hold(view: View) -> None:
    assert found(view, "Observation", patient=LI, code="718-7", date="ge2024-02") == ids("Observation", "O3")
    both = (asks("Observation", "date", "ge2024-01"), asks("Observation", "date", "lt2024-01-31"))
    page = view.search(Query("Observation", both), 100)
    assert {row.id for row in page.rows} == ids("Observation", "O1", "O9")


def test_resources_are_found_by_id_and_by_the_time_they_were_stored(view: View) -> None:
    page = view.search(Query("Observation", (by_id(f"{d.id_of('Observation', 'O1')},nobody"),)), 10)
    assert [row.id for row in page.rows] == [d.id_of("Observation", "O1")]
    assert view.count(Query("Observation", (by_last_updated("gt2020"),))) == 7
    assert view.count(Query("Observation", (by_last_updated("lt2020"),))) == 0


def walked(database: Database, query: Query, size: int) -> list[str]:
    """All pages, each from a view of its own."""
    seen: list[str] = []
    with Records(database).view() as view:
        page = view.search(query, size)
    while True:
        seen += [row.id for row in page.rows]
        if page.place is None:
            return seen
        with Records(database).view() as view:
            page = view.search(query, size, page.place)
            assert page.rows, "a page that a link leads to is never blank"


def _sorted(name: str, *, descending: bool = False) -> SortKey:
    key = sort_key(PARAMETERS["Observation"][name], descending=descending)
    assert key is not None
    return key


@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_each_match_once_in_order(database: Database, *, descending: bool) -> None:
    for name in ("date", "status", "_id", "_lastUpdated", "none", "date,status"):
        _walk_in_pages(database, name, descending=descending)


def _walk_in_pages(database: Database, name: str, *, descending: bool) -> None:
    columns = {"_id": "id", "_lastUpdated": "updated_at"}
    sort = tuple(
        SortKey(columns[one], descending) if one in columns else _sorted(one, descending=descending)
        for one in name.split(",")
        if one != "none"
    )
    query = Query("Observation", sort=sort)
    whole = walked(database, query, 100)
    assert len(whole) == len(set(whole)) == 7
    assert [walked(database, query, size) for size in (1, 2, 3, 7)] == [whole] * 4
    if name == "_id":
        assert whole == sorted(whole, reverse=descending)


def test_sorting_by_date_is_by_date(database: Database) -> None:
    query = Query("Observation", (asks("Observation", "patient", LI),), (_sorted("date"),))
    first, *_, last = walked(database, query, 10)
    assert {first, last} == {d.id_of("Observation", "O1"), d.id_of("Observation", "O1", d.CLINIC)}


def test_what_arrives_during_a_walk_is_not_part_of_it(database: Database) -> None:
    query = Query("Observation", (asks("Observation", "code", "718-7"),))
    with Records(database).view() as view:
        first = view.search(query, 2)
    d.tell(database, d.HOSPITAL, d.WANG, d.result(d.WANG, "O10", "718-7", "2024-01-07"))
    assert first.place is not None
    with Records(database).view() as view:
        rest = view.search(query, 100, first.place)
        assert view.count(query) == 6
    assert len(first.rows) + len(rest.rows) == 5


@pytest.mark.parametrize(
    ("type_", "parameter", "raw"),
    [
        ("Patient", "birthdate", "yesterday"),
        ("Patient", "birthdate", "2024-13"),
        ("Patient", "birthdate", "xx2024"),
        ("Patient", "birthdate", "0000"),
        ("Patient", "birthdate", "１９９０"),
        ("Patient", "birthdate", "99999"),
        ("Patient", "identifier", ""),
        ("Patient", "identifier", "a,,b"),
        ("Patient", "identifier", "|"),
        ("Patient", "name", " "),
        ("Patient", "name:below", "x"),
        ("Patient", "name:missing", "perhaps"),
        ("Patient", "gender:exact", "male"),
        ("Patient", "identifier", ",".join("x" * 201)),
        ("Observation", "patient", "a b"),
        ("Observation", "patient", "patient/1"),
        ("Observation", "patient", "Patient/" + "x" * 65),
        ("Observation", "subject:Patient", "Group/1"),
        ("Observation", "subject:Nonsense", "1"),
        ("Observation", "encounter:identifier", "urn:x|"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_name(type_: str, parameter: str, raw: str) -> None:
    with pytest.raises(BadQuery) as refused:
        asks(type_, parameter, raw)
    assert refused.value.place == parameter


@pytest.mark.parametrize(
    ("type_", "parameter", "raw"),
    [
        ("Patient", "identifier", "P1"),
        ("Patient", "identifier", f"{d.NUMBERS}|P1"),
        ("Patient", "name", "李"),
        ("Observation", "code", "718-7"),
        ("Observation", "encounter", "Encounter/1"),
        ("Observation", "patient", LI),
    ],
)
def test_a_narrow_search_never_walks_all_of_a_type(tmp_path: Path, type_: str, parameter: str, raw: str) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    prepare(database)
    plans: list[str] = []
    with database.read() as connection, pytest.MonkeyPatch.context() as patch:
        run = connection.rows

        def explained(statement: Statement, **values: Any) -> list[tuple[Any, ...]]:
            plans.extend(row[3] for row in run(Explained(statement), **values))
            return run(statement, **values)

        patch.setattr(connection, "rows", explained)
        View(connection).search(Query(type_, (asks(type_, parameter, raw),)), 10)
    database.close()
    (walk,) = (plan for plan in plans if plan.startswith(("SEARCH resource USING", "SCAN resource")))
    assert "PRIMARY KEY (rowid=?)" in walk or "resource_of_person (person=? AND type=?" in walk


def test_a_search_nobody_could_answer_is_refused_before_it_reaches_the_database(view: View) -> None:
    most = ",".join(f"urn:x|{number}" for number in range(200))
    assert view.count(Query("Patient", (asks("Patient", "identifier", most),) * 4)) == 0
    for conditions in ((asks("Patient", "gender", "male"),) * 31, (asks("Patient", "identifier", most),) * 6):
        with pytest.raises(BadQuery):
            Query("Patient", conditions)
