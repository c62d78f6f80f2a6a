"""NDJSON of any length is taken so many lines a message, the same however the file is read."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from hub import Payload
from plugins.fhir.adapter import Fhir
from plugins.fhir.settings import FhirSettings
from tests.hub.id_numbers import id_number
from tests.plugins.fhir.running import ID, patient


def line(at: int) -> bytes:
    return json.dumps(patient(id=f"R-{at}", name=[{"text": f"居民{at}"}])).encode() + b"\n"


def read(body: bytes, page: int) -> list[Payload]:
    """As a file is read in that is longer than memory: what ends in no message is read again with more."""
    adapter, begin, mark, size = Fhir("f", FhirSettings(lines=10)), 0, "", page
    found: list[Payload] = []
    while True:
        more = begin + size < len(body)
        pieces = adapter.split(BytesIO(body[begin : begin + size]), mark, more=more)
        if pieces is None:
            return [adapter.admit(body)]
        end = 0
        for piece in pieces:
            end, mark = piece.end, piece.mark
            found += piece.payloads
        if not more:
            assert begin + end == len(body)
            return found
        begin, size = begin + end, page if end else size * 2


@pytest.mark.parametrize("page", [100, 900, 5_000, 1_000_000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\n"])
def test_the_messages_of_a_file_are_the_same_whatever_the_page(page: int, end: bytes) -> None:
    body = b"".join(map(line, range(25))).rstrip(b"\n") + end
    found = read(body, page)
    assert b"".join(one.body for one in found) == body
    assert [one.body.count(b"resourceType") for one in found if one.body.strip()] == [10, 10, 5]
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(patient(id="x"), indent=1).encode(),
        line(1),
        line(1).rstrip(),
        b'{"resourceType":"Bundle",\n"type":"batch"}',
        b"no json\n{",
        b"",
    ],
)
def test_one_resource_is_one_message_however_it_is_written(body: bytes) -> None:
    assert [one.body for one in read(body, 1_000_000)] == [body]


def test_a_base_is_loaded_from_a_file_and_again_without_effect(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text('database = "sqlite:///hub.db"\n')
    (tmp_path / "feeds" / "police.toml").write_text('adapter = "fhir"\nverified = true\n[settings]\nlines = 100\n')
    people = [
        patient(id=f"R-{at}", identifier=[{"system": ID, "value": id_number(at)}], name=[{"text": f"居{at}民"}])
        for at in range(250)
    ]
    file = tmp_path / "residents.ndjson"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in people), encoding="utf-8")

    def submit() -> dict[str, int]:
        command = [sys.executable, "-m", "hub", "submit", "police", str(file), "--json", "--config", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return dict(json.loads(done.stdout))

    first, again = submit(), submit()
    assert (first["received"], first["resent"], first["refused"]) == (3, 0, 0)
    assert (again["received"], again["resent"]) == (0, 3)
