"""Code maps from HL7 v2 tables to FHIR, as data: one CSV file a map, and the names of coding systems."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from hub import Code
from plugins.hl7.codes.choices import CHOICES

__all__ = ["CHOICES", "NAMES", "SYSTEMS", "Code", "table"]

_HERE = Path(__file__).parent
_NONE: dict[str, Code] = {}

NAMES = frozenset(path.stem for path in _HERE.glob("*.csv")) - {"systems"}
"""Maps a site may add rows to; what the names of coding systems mean stands in a feed's settings."""


@cache
def table(name: str) -> dict[str, Code]:
    """The map of a name, by v2 code; empty for no name."""
    if not name:
        return _NONE
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return {row["v2"]: Code(row["system"], row["code"], row.get("display") or "") for row in csv.DictReader(rows)}


def _systems() -> dict[str, str]:
    return {name: found.code for name, found in table("systems").items()}


SYSTEMS = _systems()
"""Names of coding systems in HL7 table 0396, upper case, and their URIs."""
