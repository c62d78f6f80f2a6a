"""Segments written alike are worked out once, and mean the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import Json, decode_json, encode_json
from plugins.hl7 import reader
from plugins.hl7.alike import MOST, Alike, Meaning, way_of
from tests.plugins.hl7.mapping import SAMPLES, updates


def said(text: str) -> list[Json]:
    """Everything updates say, whatever the order in which it is said."""
    return [
        {
            "patient": _sorted(update.claim.patient) if update.claim else None,
            "resources": sorted((one.type, one.source_id, repr(_sorted(one.body))) for one in update.resources),
            "unmapped": update.unmapped,
        }
        for update in updates(text)
    ]


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sorted(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted((repr(_sorted(decode_json(encode_json(inner)))) for inner in value), key=str)
    return repr(decode_json(encode_json(value)))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_message_read_from_memory_says_what_it_says_field_by_field(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = sample.read_text(encoding="utf-8")
    said(text)
    from_memory = said(text)
    with monkeypatch.context() as patched:
        patched.setattr(reader, "LONGEST", -1)
        field_by_field = said(text)
    assert from_memory == field_by_field


def test_what_was_handed_out_is_a_copy() -> None:
    meaning = Meaning.of({"Observation": {"status": "final"}}, [])
    meaning.said()["Observation"]["status"] = "amended"
    assert meaning.said() == {"Observation": {"status": "final"}}


def test_what_is_asked_for_stays_and_what_is_not_is_forgotten() -> None:
    alike, meaning = Alike(), Meaning(b"{}", b"")
    keys = [(1, "PID", str(number), "") for number in range(2 * MOST + 1)]
    for key in keys:
        alike.keep(key, meaning)
        assert alike.get(keys[0]) is meaning
    assert alike.get(keys[1]) is None


def test_two_ways_of_reading_never_share_a_number() -> None:
    assert way_of("one feed", "2026-01-05") == way_of("one feed", "2026-01-05")
    assert way_of("one feed", "2026-01-05") != way_of("one feed", "2026-01-06")
