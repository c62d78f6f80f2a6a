"""What segments, fields and events are called in Chinese, as data; the English names stand in the rooms."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from hub import Bilingual

_HERE = Path(__file__).parent
NAMELESS = Bilingual("not in the standard", chinese="标准中没有")
"""Of a field of the sender's own, for which nobody has written a name."""


def segment_name(segment: str, english: str) -> Bilingual:
    return Bilingual(english, chinese=_fields().get((segment, 0), ""))


def field_name(segment: str, field: int, english: str) -> Bilingual:
    """``PID``, 5, ``Patient Name``: 患者姓名."""
    return Bilingual(english, chinese=_fields().get((segment, field), ""))


def event_name(kind: str, trigger: str, english: str) -> Bilingual:
    return Bilingual(english, chinese=_events().get(f"{kind}^{trigger}", ""))


def code_name(map_: str, code: str) -> Bilingual | None:
    """``visit_class``, ``I``: 住院. None where nobody has said what a code means."""
    return _codes().get((map_, code))


@cache
def datatypes() -> dict[str, dict[int, Bilingual]]:
    """The components of datatypes that are made of several, by their number; 0 is the datatype itself."""
    found: dict[str, dict[int, Bilingual]] = {}
    with (_HERE / "components.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found.setdefault(row["datatype"], {})[int(row["component"])] = Bilingual(row["en"], chinese=row["zh"])
    return found


@cache
def _fields() -> dict[tuple[str, int], str]:
    """By segment and field; 0 is the segment itself."""
    with (_HERE / "fields.csv").open(encoding="utf-8", newline="") as rows:
        return {(row["segment"], int(row["field"])): row["zh"] for row in csv.DictReader(rows)}


@cache
def _codes() -> dict[tuple[str, str], Bilingual]:
    with (_HERE / "codes.csv").open(encoding="utf-8", newline="") as rows:
        return {(row["map"], row["code"]): Bilingual(row["en"], chinese=row["zh"]) for row in csv.DictReader(rows)}


@cache
def _events() -> dict[str, str]:
    with (_HERE / "events.csv").open(encoding="utf-8", newline="") as rows:
        return {row["event"]: row["zh"] for row in csv.DictReader(rows)}
