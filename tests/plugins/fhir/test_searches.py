"""Search as a client sees it: parameters, pages, totals, includes."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from hub.model.person import ID_NUMBER_SYSTEM
from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served, link

LI, WANG, ZHANG = d.patient_id(d.LI), d.patient_id(d.WANG), d.patient_id(d.ZHANG)
RESULTS = 7
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_person_is_found_by_identifier(served: Served) -> None:
    asked = quote(f"{ID_NUMBER_SYSTEM}|{d.LI_ID}")
    bundle = served.json(f"Patient?identifier={asked}")
    (entry,) = bundle["entry"]
    assert (entry["resource"]["id"], entry["search"]["mode"]) == (LI, "match")
    assert entry["fullUrl"] == f"{served.base}Patient/{LI}"
    assert link(bundle, "next") == ""
    assert "total" not in bundle
    client, action, type_, id_, persons, query, outcome, resources = served.audited()
    assert (client, action, type_, id_, outcome, resources) == ("tests", "search", "Patient", "", "ok", 1)
    assert persons == f'["{LI}"]'
    assert d.LI_ID in query


@pytest.mark.parametrize(
    "form", [f"identifier={d.LI_ID}", f"identifier={ID_NUMBER_SYSTEM}%7C{d.LI_ID}&gender=female", "name=%E6%9D%8E"]
)
def test_a_form_finds_what_a_url_finds(served: Served, form: str) -> None:
    assert served.ids(f"Patient?{form}") == [LI]
    posted = served.http.post("Patient/_search", content=form, headers=FORM)
    assert [entry["resource"]["id"] for entry in posted.json()["entry"]] == [LI]
    assert served.audited()[5] == form


@pytest.mark.parametrize("form", ["name=李", "name=李&birthdate=1990", "name=%E6%9D%8E&name=李"])
def test_a_form_may_be_plain_utf_8(served: Served, form: str) -> None:
    posted = served.http.post("Patient/_search", content=form.encode(), headers=FORM)
    assert [entry["resource"]["id"] for entry in posted.json()["entry"]] == [LI]
    assert served.audited()[5] == form


@pytest.mark.parametrize("form", ["name=李".encode("gb18030"), b"name=\xe6\x9d", b"name=%E6%9D"])
def test_a_form_in_another_encoding_is_refused(served: Served, form: bytes) -> None:
    answer = served.http.post("Patient/_search", content=form, headers=FORM)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "invalid"
    assert served.audited()[6] == "invalid"


def test_a_form_and_a_url_together_narrow(served: Served) -> None:
    posted = served.http.post("Patient/_search?gender=male", content="birthdate=1990", headers=FORM)
    assert [entry["resource"]["id"] for entry in posted.json()["entry"]] == [WANG]


def test_links_of_a_posted_search_name_nobody(served: Served) -> None:
    form = f"patient:identifier={d.LI_ID}&_count=2"
    bundle = served.http.post("Observation/_search", content=form, headers=FORM).json()
    assert d.LI_ID not in str(bundle["link"])
    assert all("_cursor" in one["url"] and "identifier" not in one["url"] for one in bundle["link"])
    again = served.json(link(bundle, "self"))
    assert again["entry"] == bundle["entry"]
    following = served.json(link(bundle, "next"))
    seen = [entry["resource"]["id"] for page in (bundle, following) for entry in page["entry"]]
    assert len(set(seen)) == len(seen) == 4


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 415),
        ("", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded; charset=gb18030", 415),
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ("APPLICATION/X-WWW-FORM-URLENCODED", 200),
    ],
)
def test_only_forms_are_read(served: Served, content_type: str, status: int) -> None:
    answer = served.http.post("Patient/_search", content=b"gender=male", headers={"Content-Type": content_type})
    assert answer.status_code == status


def test_pages_hold_each_match_once(served: Served) -> None:
    whole = served.ids("Observation")
    assert len(whole) == len(set(whole)) == RESULTS
    for size in range(1, RESULTS + 2):
        assert served.ids(f"Observation?_count={size}") == whole
    for sort in ("date", "-date", "_id", "-_id", "_lastUpdated", "-_lastUpdated", "status,-date", "-status,_id"):
        sorted_whole = served.ids(f"Observation?_sort={sort}")
        assert sorted(sorted_whole) == sorted(whole)
        assert served.ids(f"Observation?_sort={sort}&_count=2") == sorted_whole


def test_next_is_there_exactly_when_more_is(served: Served) -> None:
    for size in range(1, RESULTS + 1):
        bundle = served.json(f"Observation?_count={size}")
        assert (link(bundle, "next") != "") == (size < RESULTS)


def test_a_page_can_be_larger_than_allowed_only_in_name(served: Served) -> None:
    assert "_count=1000" in link(served.json("Observation?_count=999999999999"), "self")
    assert "_count=1000" in link(served.json(f"Patient/{LI}/$everything?_count=100000"), "self")


@pytest.mark.parametrize("query", ["_summary=count", "_count=0", "_count=0&_total=none", "_summary=count&_count=2"])
def test_counting_is_exact_and_shows_nobody(served: Served, query: str) -> None:
    bundle = served.json(f"Observation?code=718-7&{query}")
    assert (bundle["total"], "entry" in bundle) == (5, False)
    assert served.audited()[4] == "[]"


@pytest.mark.parametrize(("total", "expected"), [("accurate", 5), ("estimate", 5), ("none", None)])
def test_a_total_is_given_when_asked_for(served: Served, total: str, expected: int | None) -> None:
    bundle = served.json(f"Observation?code=718-7&_count=2&_include=Observation:encounter&_total={total}")
    assert bundle.get("total") == expected
    assert served.json(link(bundle, "next")).get("total") == expected


def test_includes_come_once_a_page_and_are_no_matches(served: Served) -> None:
    query = "Observation?code=718-7,6690-2&encounter:missing=false&_include=Observation:encounter"
    bundle = served.json(f"{query}&_include=Observation:subject")
    modes = [(entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in bundle["entry"]]
    assert modes.count(("Observation", "match")) == 3
    assert modes.count(("Encounter", "include")) == 2
    assert modes.count(("Patient", "include")) == 2
    only_other_types = served.json(f"{query}:Organization")
    assert all(entry["search"]["mode"] == "match" for entry in only_other_types["entry"])
    assert len(served.audited()[4]) > 2


def test_what_refers_to_matches_is_included(served: Served) -> None:
    visit = d.id_of("Encounter", "V1")
    assert len(served.ids(f"Encounter?_id={visit}&_revinclude=Observation:encounter", "include")) == 2
    assert len(served.ids(f"Patient?_id={LI}&_revinclude=Observation:patient", "include")) == 4
    origins = served.ids(f"Encounter?_id={d.id_of('Encounter', 'V2')}&_revinclude=Provenance:target", "include")
    assert len(origins) == 2
    assert "Provenance" in served.get(f"Provenance/{origins[0]}").text


def test_an_element_that_no_type_has_selects_nothing(served: Served) -> None:
    (entry,) = served.json(f"Patient?_id={LI}&_elements=bogus")["entry"]
    assert set(entry["resource"]) == {"resourceType", "id", "meta"}


def test_summaries_and_elements_are_marked(served: Served) -> None:
    for query in ("_summary=true", "_summary=text", "_summary=data", "_elements=status"):
        for entry in served.json(f"Observation?{query}")["entry"]:
            assert entry["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED"
            assert entry["resource"]["status"]
            assert entry["resource"]["code"]
    whole = served.json("Observation?_summary=false")["entry"]
    assert all("tag" not in entry["resource"]["meta"] for entry in whole)
    assert any("subject" in entry["resource"] for entry in whole)
    assert all("subject" not in entry["resource"] for entry in served.json("Observation?_summary=text")["entry"])


def test_an_unknown_parameter_is_an_error_that_names_it(served: Served) -> None:
    answer = served.get("Patient?favourite-colour=blue")
    assert answer.status_code == 400
    (issue,) = answer.json()["issue"]
    assert (issue["code"], issue["severity"]) == ("not-supported", "error")
    assert issue["expression"] == ["http.favourite-colour"]
    assert "favourite-colour" in issue["details"]["text"]


def test_a_client_may_ask_to_ignore_what_is_unknown_and_hears_what_was(served: Served) -> None:
    answer = served.get("Patient?gender=male&favourite-colour=blue", Prefer="handling=lenient")
    bundle = answer.json()
    assert "favourite-colour" not in link(bundle, "self")
    assert "gender=male" in link(bundle, "self")
    *matches, remark = bundle["entry"]
    assert len(matches) == 2
    assert remark["search"]["mode"] == "outcome"
    assert "favourite-colour" in remark["resource"]["issue"][0]["details"]["text"]
    modifier = served.get("Patient?name:below=x", Prefer="handling=lenient")
    assert modifier.status_code == 400


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("_count=-1", "_count"),
        ("_count=abc", "_count"),
        ("_count=1&_count=2", "_count"),
        ("_count=", "_count"),
        ("_count=٣", "_count"),
        ("_sort=name", "_sort"),
        ("_sort=nonsense", "_sort"),
        ("_sort=", "_sort"),
        ("_sort=,", "_sort"),
        ("_total=exact", "_total"),
        ("_summary=yes", "_summary"),
        ("_elements=a b", "_elements"),
        ("_summary=true&_elements=name", "_elements"),
        ("_include=*", "_include"),
        ("_include=Patient:nonsense", "_include"),
        ("_include=Observation:patient", "_include"),
        ("_include=Patient:name", "_include"),
        ("_include:iterate=Patient:link", "_include:iterate"),
        ("_revinclude=*", "_revinclude"),
        ("_revinclude=Nonsense:x", "_revinclude"),
        ("_include=Patient:organization:Nonsense", "_include"),
        ("birthdate=yesterday", "birthdate"),
        ("birthdate=2024-02-30", "birthdate"),
        ("name:below=x", "name:below"),
        ("name=", "name"),
        ("_id=a/b", "_id"),
        ("_id:not=a", "_id:not"),
        ("_lastUpdated=soon", "_lastUpdated"),
        ("name.given=x", "name.given"),
        ("_has:Observation:patient:code=x", "_has:Observation:patient:code"),
        ("_cursor=x", "_cursor"),
        ("_cursor=", "_cursor"),
        ("_cursor=a&_cursor=b", "_cursor"),
        ("_cursor=a&name=b", "_cursor"),
        ("general-practitioner=http://other.example/Practitioner/1", "general-practitioner"),
        ("identifier=" + "x," * 200 + "x", "identifier"),
    ],
)
def test_what_cannot_be_answered_as_asked_is_an_error_at_its_place(served: Served, query: str, place: str) -> None:
    answer = served.get(f"Patient?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["issue"][0]["expression"] == [f"http.{place}"]


@pytest.mark.parametrize(
    "query",
    [
        "name=%00",
        "name=%FF%FE",
        "name=%ED%A0%80",
        "%00=1",
        "&".join(["name=x"] * 400),
        "name=%",
        "=",
        "&&&",
        "name=%u1234",
    ],
)
def test_what_cannot_be_read_is_no_fault_of_ours(served: Served, query: str) -> None:
    assert served.get(f"Patient?{query}").status_code in (200, 400)


def test_an_absolute_reference_to_this_hub_is_understood(served: Served) -> None:
    assert len(served.ids(f"Observation?subject={served.base}Patient/{LI}")) == 4


def test_wildcards_of_sql_are_letters(served: Served) -> None:
    for raw in ("%25", "_", "'", "%27%20OR%201%3D1--", "*", "%5C", "%5C%5C"):
        assert served.ids(f"Patient?name={raw}") == []
        assert served.ids(f"Patient?name:contains={raw}") == []


def test_a_forged_or_foreign_cursor_is_refused(served: Served) -> None:
    url = link(served.json("Observation?_count=2"), "next")
    assert served.get(url).status_code == 200
    head, cursor = url.split("_cursor=")
    middle = len(cursor) // 2
    changed = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1 :]
    for forged in (changed, cursor[:-4], "A" * 80, "%00", "é"):
        assert served.get(f"{head}_cursor={forged}").status_code == 400
    assert served.get(url.replace("Observation", "Encounter")).status_code == 400
    with served.client("system/*.rs", "somebody else") as other:
        assert other.get(url).status_code == 400
