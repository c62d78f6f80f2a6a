"""Levels of two birth dates: what the calendar, the keyboard and a guess at the counter make of one day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from rapidfuzz.distance import OSA

_SLIPS = frozenset({2, 10, 20, 30, 31})
_LUNAR = range(15, 56)


@lru_cache(maxsize=1 << 14)
def level_of(one: str, other: str) -> str:
    """``YYYY-MM-DD`` or the part of it that is known: of most who were born on the first of January it is the year."""
    if len(one) < 10 or len(other) < 10:
        return _of_parts(one, other)
    if one == other:
        return "same_year" if one.endswith("-01-01") else "exact"
    if one[:4] == other[:4]:
        return _of_one_year(one, other)
    if one[5:] == other[5:]:
        return _of_years(abs(int(one[:4]) - int(other[:4]))) or _of_digits(one, other)
    return _of_days(one, other)


def _of_parts(one: str, other: str) -> str:
    known = min(len(one), len(other))
    if one[:known] != other[:known]:
        return "other"
    return "same_month" if known >= 7 else "same_year"


def _of_one_year(one: str, other: str) -> str:
    if "-01-01" in (one[4:], other[4:]):
        return "first_of_january"
    if one[5:7] == other[8:] and one[8:] == other[5:7]:
        return "swapped"
    return _of_days(one, other)


def _of_days(one: str, other: str) -> str:
    try:
        apart = abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return _of_digits(one, other)
    if apart == 1:
        return "day_off"
    if apart in _SLIPS:
        return "days_off"
    found = _of_digits(one, other)
    return "lunar" if found != "one_edit" and apart in _LUNAR else found


def _of_years(apart: int) -> str:
    """One, or a wrong decade, which is two digits now and then: 1989 and 1999, but 1995 and 2005."""
    return {1: "year_off", 10: "one_edit"}.get(apart, "")


def _of_digits(one: str, other: str) -> str:
    edits = OSA.distance(one, other, score_cutoff=2)
    return "one_edit" if edits == 1 else "two_edits" if edits == 2 and _other_day(one, other) else "other"


def _other_day(one: str, other: str) -> bool:
    """Two digits wrong: two people's birth dates share as much when year and month, or month and day are one."""
    return sum(a != b for a, b in zip(one.split("-"), other.split("-"), strict=True)) > 1
