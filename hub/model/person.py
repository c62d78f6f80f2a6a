"""Who a person is, as one feed describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

ID_NUMBER_SYSTEM = "urn:oid:2.16.156.10011.1.3"
HEALTH_RECORD_SYSTEM = "urn:oid:2.16.156.10011.1.2"
HEALTH_CARD_SYSTEM = "urn:oid:2.16.156.10011.1.19"

IdNumberFault = Literal["shape", "placeholder", "bad_date", "future_date", "checksum_error"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_RUNS = ("123456789012345678", "123456789098765432")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX", " \u3000-")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and who issued it; ``value`` is never empty."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as written; ``text`` is the whole of it."""

    text: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """How one feed knows one person.

    ``source_id`` is the sender's own number for the person, with its issuer; empty when the sender gives none, and
    then the claim is keyed by its message. ``patient`` is a FHIR R4 Patient without id and meta, exactly as the sender
    describes the person; ``None`` values delete (see ``Resource``), but a number stays known until its system is named
    with another.
    """

    source_id: str
    patient: dict[str, Any]

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Those with a value: an empty identifier never matches anyone."""
        return tuple(
            Identifier(found.get("system", ""), found["value"])
            for found in self.patient.get("identifier") or ()
            if found.get("value")
        )

    @property
    def names(self) -> tuple[PersonName, ...]:
        return tuple(
            PersonName(name.get("text") or name.get("family", "") + "".join(name.get("given", ())), name.get("use", ""))
            for name in self.patient.get("name") or ()
        )

    @property
    def birth_date(self) -> str:
        """``YYYY-MM-DD``, or the part of it that is known; empty when unknown."""
        return self.patient.get("birthDate") or ""

    @property
    def sex(self) -> str:
        """A FHIR administrative gender, or empty."""
        return self.patient.get("gender") or ""


def normal_id_number(raw: str) -> str:
    """A resident's number for comparing: half-width, upper-case X, no blanks; 15 digits become 18 (GB 11643)."""
    number = raw.translate(_FULL_WIDTH).upper()
    if re.fullmatch(r"[0-9]{15}", number):
        body = f"{number[:6]}19{number[6:]}"
        return body + _check_digit(body)
    return number


def id_number_fault(raw: str, today: date | None = None) -> IdNumberFault | None:
    """What is wrong with a resident's number by GB 11643-1999, or None. County codes are never checked: they change."""
    number = normal_id_number(raw)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "shape"
    if _made_up(raw, number):
        return "placeholder"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "bad_date"
    if born > (today or datetime.now(ZoneInfo("Asia/Shanghai")).date()):
        return "future_date"
    return None if _check_digit(number[:17]) == number[17] else "checksum_error"


def _made_up(raw: str, number: str) -> bool:
    """Typed to fill the field; fifteen equal digits would even make a date."""
    return len(set(raw.translate(_FULL_WIDTH))) == 1 or number in _RUNS or number.endswith("0000000")


def _check_digit(body: str) -> str:
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
