"""Code maps from HL7 v2 tables to FHIR, as data: one CSV file a map, and the names of coding systems."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from hub import Code

_HERE = Path(__file__).parent
_NONE: dict[str, Code] = {}

NAMES = frozenset(path.stem for path in _HERE.glob("*.csv")) - {"systems"}
"""Maps a site may add rows to; what the names of coding systems mean stands in a feed's settings."""


CHOICES = {
    "completion": frozenset({"completed", "entered-in-error", "not-done"}),
    "observation_status": frozenset(
        {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"}
    ),
    "order_control": frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}),
    "order_status": frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}),
    "referral_status": frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}),
    "report_status": frozenset(
        {
            "registered",
            "partial",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "appended",
            "cancelled",
            "entered-in-error",
            "unknown",
        }
    ),
    "request_priority": frozenset({"routine", "urgent", "asap", "stat"}),
    "severity": frozenset({"mild", "moderate", "severe"}),
    "sex": frozenset({"male", "female", "other", "unknown"}),
    "specimen_status": frozenset({"available", "unavailable", "unsatisfactory", "entered-in-error"}),
}
"""What FHIR allows in the elements these maps fill."""


@cache
def table(name: str) -> dict[str, Code]:
    """The map of a name, by v2 code; empty for no name."""
    if not name:
        return _NONE
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return {row["v2"]: Code(row["system"], row["code"]) for row in csv.DictReader(rows)}


def _systems() -> dict[str, str]:
    return {name: found.code for name, found in table("systems").items()}


SYSTEMS = _systems()
"""Names of coding systems in HL7 table 0396, upper case, and their URIs."""
