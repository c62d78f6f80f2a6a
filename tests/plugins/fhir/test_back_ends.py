"""The same answers on both back ends, over the same socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served, link, serve


@pytest.fixture
def on_each(database_url: str) -> Iterator[Served]:
    yield from serve(database_url)


def test_reading_searching_and_walking(on_each: Served) -> None:
    li, visit = d.patient_id(d.LI), d.id_of("Encounter", "V2")
    assert on_each.json(f"Encounter/{visit}/_history/1")["status"] == "in-progress"
    assert on_each.json(f"Encounter/{visit}/_history")["total"] == 2
    assert on_each.ids(f"Patient?identifier={d.LI_ID}&name=%E6%9D%8E&birthdate=1990") == [li]
    for sort in ("date", "-status,_id", "_lastUpdated", "_id"):
        assert len(set(on_each.ids(f"Observation?_sort={sort}&_count=3"))) == 7
    assert on_each.json("Observation?code=718-7&_total=accurate&_count=1")["total"] == 5
    for size in (1, 4, 100):
        path = f"Patient/{li}/$everything?_count={size}"
        assert len(on_each.ids(path)) + len(on_each.ids(path, "include")) == 9
    first = on_each.json(f"Patient?_revinclude=Observation:patient&_count=1&_id={li}")
    assert len(first["entry"]) == 5
    assert link(first, "next") == ""
    assert len(on_each.json(f"Provenance?target=Encounter/{visit}")["entry"]) == 2
    assert on_each.get("Patient?name=%00").status_code == 400
    assert on_each.audited()[1] == "search"
