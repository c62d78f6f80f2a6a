"""The resident's number of GB 11643-1999, and the numbers that share its form."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

IdNumberFault = Literal["shape", "placeholder", "bad_date", "future_date", "checksum_error"]
IdNumberDoubt = Literal["unknown_area", "mismatch_birth", "mismatch_sex"]
Bearer = Literal["resident", "hong_kong", "macao", "taiwan", "foreigner"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_RUNS = ("123456789012345678", "123456789098765432", "12345678909876543X", "098765432109876543", "987654321098765432")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX", " \u3000\u00a0\t-－–—‐\u200b\ufeff")
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLD_SHAPE = re.compile(r"[0-9]{15}")
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71".split()  # noqa: SIM905 - read as words
)
_BEARERS: dict[str, Bearer] = {"810000": "hong_kong", "820000": "macao", "830000": "taiwan"}
_FIRST_YEAR = 1850
_EPOCH, _SHANGHAI, _DAY = 719_163, 8 * 3600, 86_400


@dataclass(frozen=True, slots=True)
class IdNumberGrade:
    """What a written number is worth."""

    number: str
    """Half-width, upper case, no blanks, 18 characters where it had 15."""
    fault: IdNumberFault | None
    """Why it cannot be right, or None."""
    doubts: tuple[IdNumberDoubt, ...] = ()
    """What may still be right: another birth date or sex than the person's, a province there is none of."""
    bearer: Bearer | None = None
    """Whom such numbers are given to; None of a faulty one."""

    @property
    def grade(self) -> str:
        """In one word: its fault, else its first doubt, else ``ok``."""
        return self.fault or (self.doubts[0] if self.doubts else "ok")


def normal_id_number(raw: str) -> str:
    """A resident's number for comparing: half-width, upper-case X, no blanks; 15 digits become 18 (GB 11643)."""
    return _read(raw).number


def id_number_fault(raw: str, today: date | None = None) -> IdNumberFault | None:
    """What is wrong with a resident's number by GB 11643-1999, or None. County codes are never checked: they change."""
    read = _read(raw)
    if read.born > (today.toordinal() if today else _today()) and read.fault in (None, "checksum_error"):
        return "future_date"
    return read.fault


def grade_id_number(raw: str, birth: str = "", sex: str = "", today: date | None = None) -> IdNumberGrade:
    """``birth`` is a FHIR date and ``sex`` a FHIR gender, of the person who is said to have the number."""
    number, fault = normal_id_number(raw), id_number_fault(raw, today)
    if fault:
        return IdNumberGrade(number, fault)
    bearer = _BEARERS.get(number[:6], "foreigner" if number[0] == "9" else "resident")
    doubts: list[IdNumberDoubt] = []
    told = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    if birth and not told.startswith(birth[:10]):
        doubts.append("mismatch_birth")
    if sex in {"male", "female"} and sex != ("male" if int(number[16]) % 2 else "female"):
        doubts.append("mismatch_sex")
    if bearer == "resident" and number[:2] not in _PROVINCES:
        doubts.append("unknown_area")
    return IdNumberGrade(number, None, tuple(doubts), bearer)


def check_digit(body: str) -> str:
    """Of the first 17 digits, by ISO 7064 MOD 11-2."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, slots=True)
class _Read:
    number: str
    fault: IdNumberFault | None
    born: int = 0
    """Day, counted from year 1."""


@lru_cache(maxsize=65_536)
def _read(raw: str) -> _Read:
    """All but the question of whether today is late enough."""
    written = raw.translate(_HALF_WIDTH).upper()
    number = written
    if _OLD_SHAPE.fullmatch(written):
        body = f"{written[:6]}19{written[6:]}"
        number = body + check_digit(body)
        if written[6:8] in {"19", "20"}:  # eighteen digits cut off; who was born in 1919 has no such number any more
            return _Read(written, "placeholder" if _made_up(written, number) else "shape")
    if not _SHAPE.fullmatch(number):
        return _Read(number, "shape")
    if _made_up(written, number):
        return _Read(number, "placeholder")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return _Read(number, "bad_date")
    if born.year < _FIRST_YEAR:
        return _Read(number, "bad_date")
    return _Read(number, None if check_digit(number[:17]) == number[17] else "checksum_error", born.toordinal())


def _made_up(written: str, number: str) -> bool:
    """Typed to fill the field; fifteen equal digits would even make a date."""
    return (
        len(set(written)) == 1
        or number in _RUNS
        or number.endswith("0000000")
        or len(set(number[:6])) == 1
        or number[6:14] == "19000101"
    )


def _today() -> int:
    """In Shanghai, as ``date.toordinal`` counts."""
    return int(time.time() + _SHANGHAI) // _DAY + _EPOCH
