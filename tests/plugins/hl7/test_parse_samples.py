"""Our samples become exactly what stands beside them, and every resource is one FHIR knows."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from hub import FieldFate, Json, Merge, RecordUpdate, decode_json, encode_json
from plugins.hl7.lexer import lex
from tests.plugins.hl7.mapping import SAMPLES, every_text, fates, filled, updates

_MIDNIGHT = re.compile(r"(?<=^[0-9]{8})0{6}$")
_TAKEN_APART = re.compile(r"[\^&~#$*!@|\\]")


def described(found: list[RecordUpdate]) -> list[Json]:
    """Updates as JSON, numbers with the digits they were written with."""
    return [
        {
            "recorded_at": update.recorded_at and update.recorded_at.isoformat(),
            "claim": update.claim and {"source_id": update.claim.source_id, "patient": _plain(update.claim.patient)},
            "retires": [_plain(e.retired) for e in update.events if isinstance(e, Merge)],
            "resources": [
                {"source_id": one.source_id} | ({"in_passing": True} if one.in_passing else {}) | _plain(one.body)
                for one in update.resources
            ],
        }
        | ({"changes": changes} if (changes := _changes(update)) else {})
        for update in found
    ]


def _changes(update: RecordUpdate) -> list[Json]:
    """All but merges, by their names."""
    return [{"is": type(e).__name__} | _plain(e) for e in update.events if not isinstance(e, Merge)]


def _plain(value: Any) -> Any:
    return decode_json(encode_json(value))


def read(sample: Path) -> str:
    return sample.read_text(encoding="utf-8")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_sample_becomes_what_stands_beside_it(sample: Path) -> None:
    expected = decode_json(sample.with_suffix(".json").read_bytes())

    assert described(updates(read(sample))) == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_the_same_message_always_means_the_same(sample: Path) -> None:
    assert updates(read(sample)) == updates(read(sample))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_resource_is_one_fhir_knows(sample: Path) -> None:
    checked = 0
    for update in updates(read(sample)):
        for resource in [update.claim and update.claim.patient, *_as_recorded(update)]:
            if resource:
                _validate(resource)
                checked += 1
    assert checked


def _as_recorded(update: RecordUpdate) -> list[Json]:
    """What is said in passing and what is said outright of one resource are one."""
    found: dict[tuple[str, str], Json] = {}
    for one in update.resources:
        found[one.type, one.source_id] = found.get((one.type, one.source_id), {}) | one.body
    return list(found.values())


def _validate(resource: Json) -> None:
    """By the R4B models, which know the same elements as R4; what deletes is left out, as the record leaves it out."""
    kind = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    model.model_validate(_without_none(resource) | {"id": "x"})


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_none(inner) for name, inner in value.items() if inner is not None}
        return {name: inner for name, inner in kept.items() if inner != {}}
    return [_without_none(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_references_name_what_the_message_brings(sample: Path) -> None:
    found = updates(read(sample))
    brought = {f"{one.type}/{one.source_id}" for update in found for one in update.resources}
    brought |= {f"Patient/{update.claim.source_id}" for update in found if update.claim}

    named = {leaf for update in found for one in update.resources for leaf in _references(one.body)}

    assert {leaf for leaf in named if not leaf.startswith("#")} <= brought


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if "reference" in value else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_every_field_that_says_something_has_one_fate(sample: Path) -> None:
    found = fates(read(sample))

    places = Counter(fate.place for fate in found)

    assert [place for place, times in places.items() if times > 1] == []
    assert {place.partition("[")[0] for place in places} == set(filled(lex(read(sample))))
    assert all(fate.detail for fate in found)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_what_is_called_kept_or_mapped_is_in_the_updates(sample: Path) -> None:
    found = updates(read(sample))
    texts = {leaf for update in described(found) for leaf in every_text(update)}
    texts |= {one.body.decode() for update in found for one in update.documents if one.media_type.startswith("text/")}
    digits = {re.sub(r"[^0-9]", "", leaf) for leaf in texts}
    everything = "\n".join(texts)

    lost = [
        (fate.place, part)
        for fate in fates(read(sample))
        if fate.fate != "ignored"
        for part in _parts(fate)
        if part not in everything and part not in TRANSLATED and not any(one.startswith(part) for one in digits)
    ]

    assert lost == []


def _parts(fate: FieldFate) -> list[str]:
    """The texts a value is made of, without escapes, blanks and what deletes."""
    parts = [part.strip("<>= ") for part in _TAKEN_APART.split(fate.value)]
    return [_MIDNIGHT.sub("", part) for part in parts if part and part != '""']


TRANSLATED = frozenset(
    {"HOSP", "VISIT", "CLINIC", "UCUM", "MVX", "HL70487", "HL70162", "HL70163"}  # a system stands for the name
    | {"M", "F", "1", "2", "9", "男", "女", "I", "O", "E", "P", "H", "PRN", "WPN", "NET", "CP", "PH", "ISO", "Internet"}
    | {
        "DA",
        "MAD",
        "MDC",
        "Pending",
        "SV",
        "S",
        "RE",
        "CM",
        "L",
        "AP",
        "AV",
        "ED",
        "PDF",
        "TEXT",
        "TX",
        "XML",
        "Base64",
        "SEL",
        "N",
        "00",
        "VN",
        "A",
        "NM",
        "ST",
        "SN",
        ".br",
    }
)
"""What FHIR has other words for, each tested in its own room."""
