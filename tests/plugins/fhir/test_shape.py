"""Every answer is FHIR R4, as an independent library reads it; no request is answered with a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import SEARCH_PARAMETERS, decode_json
from hub.records.parameters import PARAMETERS
from plugins.fhir.summary import mandatory_of, summary_of
from tests.hub.records import district as d
from tests.plugins.fhir.conftest import Served

LI, VISIT = d.patient_id(d.LI), d.id_of("Encounter", "V2")
PATHS = [
    "metadata",
    f"Patient/{LI}",
    "Patient?_count=1",
    "Patient?_summary=count",
    "Observation?_include=Observation:encounter&_total=accurate",
    "Observation?_summary=true",
    "Observation?_summary=text",
    "Observation?_elements=value",
    f"Encounter?_id={VISIT}&_revinclude=Provenance:target&_revinclude=Observation:encounter",
    f"Encounter/{VISIT}/_history",
    f"Encounter/{VISIT}/_history?_count=1",
    f"Patient/{LI}/$everything",
    f"Patient/{d.patient_id(d.ZHANG)}/$everything?_count=2",
    f"Provenance?target=Encounter/{VISIT}",
    f"Provenance/Encounter-{VISIT}-1",
    "Patient?nonsense=1",
    "Patient/nobody",
    "Nonsense",
]


def valid(body: dict[str, Any]) -> None:
    get_fhir_model_class(body["resourceType"]).model_validate(body)
    for entry in body.get("entry", ()):
        valid(entry["resource"])


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_fhir(served: Served, path: str) -> None:
    answer = served.get(path)
    valid(answer.json())
    assert answer.headers["content-type"].startswith("application/fhir+json")


def test_an_outcome_speaks_chinese_and_english(served: Served) -> None:
    (issue,) = served.get("Patient?_count=x").json()["issue"]
    text = issue["details"]["text"]
    assert "_count is a whole number from 0 on" in text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_numbers_keep_their_digits_even_in_a_part_of_a_resource(served: Served) -> None:
    value = b'{"value":12.50,"unit":"g/L"}'
    exact = d.result(d.WANG, "O50", "718-7", "2024-01-06", valueQuantity=decode_json(value))
    d.tell(served.database, d.HOSPITAL, d.WANG, exact)
    path = f"Observation/{d.id_of('Observation', 'O50')}"
    assert value in served.get(path).content
    assert value in served.get(f"{path}?_elements=value").content
    assert value in served.get(f"{path}?_summary=true").content


def test_the_table_of_summaries_is_the_specifications(served: Served) -> None:
    for type_ in SEARCH_PARAMETERS:
        fields = get_fhir_model_class(type_).model_fields.values()
        extra = [(field, field.json_schema_extra or {}) for field in fields]
        marked = {
            f"{more['one_of_many']}[x]" if "one_of_many" in more else field.alias
            for field, more in extra
            if isinstance(more, dict) and more.get("summary_element_property")
        }
        assert marked - {"id", "meta", "implicitRules"} <= summary_of(type_), type_
        assert mandatory_of(type_) <= summary_of(type_)
    assert served.base


CONTROL = (
    "_id _lastUpdated _count _sort _include _revinclude _summary _elements _total _format _cursor"
    " _has:Observation:patient:code patient.name _filter _query _text _content _list"
)
NAMES = st.one_of(
    st.sampled_from([*sorted({name for found in PARAMETERS.values() for name in found}), *CONTROL.split()]),
    st.text(max_size=8),
)
MODIFIERS = st.sampled_from(
    ["", "", "", ":exact", ":contains", ":not", ":missing", ":identifier", ":Patient", ":", ":x"]
)
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "%",
            "_",
            "\\",
            "\\,",
            "|",
            "a|",
            "|a",
            "a|b|c",
            ",",
            "$",
            "*",
            "Patient/1",
            "Patient/",
            "/",
            "2024",
            "ge2024-01-01T00:00:00",
            "ne",
            "-1",
            "1e9",
            "99999999999999999999",
            "0",
            "true",
            "false",
            "Observation:patient",
            "-date,_id",
            "9999-12-31",
            "0001-01-01",
            "2024-01-01T24:00:00Z",
            "2024-01-01T10:00+14:00",
            "eq2024-02-30",
            "\U0010ffff",
            "'; DROP TABLE resource; --",
            "x" * 5_000,
        ]
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    type_=st.sampled_from(
        ["Patient", "Observation", "Encounter", "Provenance", f"Patient/{LI}/$everything", f"Patient/{LI}"]
    ),
    pairs=st.lists(st.tuples(NAMES, MODIFIERS, VALUES), max_size=4),
    lenient=st.booleans(),
)
def test_whatever_is_asked_is_answered_or_refused(
    served: Served, type_: str, pairs: list[tuple[str, str, str]], *, lenient: bool
) -> None:
    asked = [(name + modifier, value) for name, modifier, value in pairs]
    headers = {"Prefer": "handling=lenient"} if lenient else {}
    answer = served.http.get(f"{type_}?{urlencode(asked)}", headers=headers)
    assert answer.status_code in (200, 400, 406, 431), (asked, answer.text)
    json.loads(answer.content)
