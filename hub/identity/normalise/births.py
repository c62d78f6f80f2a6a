"""Birth date, time and order, and sex."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from hub.identity.normalise.numbers import Patient

BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_SHANGHAI = timezone(timedelta(hours=8))
_MOST = 10
_FILLED_IN = frozenset({"1900-01-01", "1900-01", "1900", "1899-12-30", "1899-12-31", "1753-01-01", "1901-01-01"})
"""What databases and forms put where nobody has said a date."""


def birth_date(patient: Patient) -> str:
    written = patient.get("birthDate")
    return _date(written) if isinstance(written, str) else ""


@lru_cache(maxsize=65_536)
def _date(written: str) -> str:
    """A day that does not exist leaves its month."""
    found = _DATE.match(written.strip())
    if found is None or found[0] in _FILLED_IN or not "1850" <= found[1] <= "2100":
        return ""
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return _date(found[0].rpartition("-")[0])
    return found[0]


def born_at(patient: Patient) -> str:
    """Midnight sharp is what a date without a time becomes."""
    for one in (patient.get("_birthDate") or {}).get("extension") or ():
        if one.get("url") == BIRTH_TIME:
            return _clock(str(one.get("valueDateTime", "")))
    return ""


@lru_cache(maxsize=8192)
def _clock(written: str) -> str:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(_SHANGHAI)
    clock = f"{moment:%H:%M}"
    return "" if clock == "00:00" else clock


def multiple_birth(patient: Patient) -> tuple[bool, int]:
    """Whether born as one of several, and as which."""
    order: Any = patient.get("multipleBirthInteger")
    if isinstance(order, int) and 0 < order < _MOST:
        return order > 1, order
    return patient.get("multipleBirthBoolean") is True, 0


def sex(patient: Patient) -> str:
    told = patient.get("gender")
    return told if told in ("male", "female") else ""
