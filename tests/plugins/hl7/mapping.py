"""What the tests of the mapping share: a message in, updates or fates out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub import FieldFate, Json, Message, RecordUpdate
from plugins.hl7.explain import explain
from plugins.hl7.lexer import Lexed, lex
from plugins.hl7.parse import parse

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.hl7"))
HEADER = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A08^ADT_A01|K1|P|2.5.1"
ID = "urn:oid:2.16.156.10011.1.3"


@dataclass(frozen=True)
class Feed:
    """The settings a mapping reads."""

    systems: dict[str, str] = field(
        default_factory=lambda: {"HOSP": "urn:oid:2.999.1", "VISIT": "urn:oid:2.999.2", "CLINIC": "urn:oid:2.999.3"}
    )
    timezone: str = "Asia/Shanghai"


def message(key: str = "K1") -> Message:
    return Message(1, "hospital", key, b"", datetime(2024, 3, 1, tzinfo=UTC))


def updates(text: str, feed: Feed | None = None) -> list[RecordUpdate]:
    lexed = lex(text)
    header = lexed.first("MSH")
    return parse(lexed, message(header.get(10) if header else ""), feed or Feed())


def fates(text: str) -> list[FieldFate]:
    return explain(lex(text), message(), Feed())


def told(*segments: str, header: str = HEADER) -> RecordUpdate:
    """The first update of a message of these segments; a PID is added where there is none."""
    person = () if any(segment.startswith("PID") for segment in segments) else ("PID|1||M1^^^HOSP^MR",)
    return updates("\r".join((header, *person, *segments)))[0]


def patient(*segments: str) -> Json:
    found = told(*segments).claim
    assert found is not None
    return found.patient


def body(update: RecordUpdate, kind: str) -> Json:
    """The one resource of a type."""
    found = [resource.body for resource in update.resources if resource.type == kind]
    assert len(found) == 1, f"{len(found)} resources of type {kind}"
    return found[0]


def result(line: str) -> Json:
    """The Observation an OBX becomes."""
    header = HEADER.replace("ADT^A08^ADT_A01", "ORU^R01")
    return body(told("OBR|1||F1|X^X^L", line, header=header), "Observation")


def every_text(value: Any) -> list[str]:
    """All leaves of JSON as text."""
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in every_text(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in every_text(inner)]
    return [str(value)]


def filled(lexed: Lexed) -> list[str]:
    """The places of all fields that are not empty."""
    return [
        f"{segment.name}{f'({segment.occurrence})' if segment.occurrence > 1 else ''}-{at}"
        for segment in lexed.segments
        for at in range(1, segment.fields + 1)
        if segment.raw(at)
    ]
