"""Phone numbers, for comparing: digits, as one would dial them within the country."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from hub.model import Json

_ABROAD = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{8,10}$)|1795[1-9](?=0?\d{10,11}$)|12593(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"0?(1[3-9]\d{9})")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|\*)\s*\d+\s*$|(?<=\d{7})[-－]\d{1,5}$", re.IGNORECASE)
_SAMPLES = frozenset({"13800138000", "13000000000", "13812345678", "13912345678"})
_RUN = "0123456789" * 3
_SPOKEN = frozenset({"phone", "sms", "other"})
_BETWEEN = re.compile(r"[,;、/|\n]|(?<=\d{11})\s+(?=\d)")
_NO_DIGIT = re.compile(r"\D")


def phones(telecoms: Iterable[Json]) -> tuple[str, ...]:
    """Of what is spoken into; several in one field are several."""
    written = (one["value"] for one in telecoms if one.get("value") and one.get("system", "phone") in _SPOKEN)
    return tuple(dict.fromkeys(number for value in written for number in several(value)))


@lru_cache(maxsize=65_536)
def several(written: str) -> tuple[str, ...]:
    parts = _BETWEEN.split(unicodedata.normalize("NFKC", written))
    together = phone("".join(parts))
    return (together,) if together else tuple(filter(None, map(phone, parts)))


@lru_cache(maxsize=65_536)
def phone(written: str) -> str:
    """Empty for what is no number, and for what is typed to fill the field."""
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", written).strip())
    written_digits = _NO_DIGIT.sub("", text)
    digits = _ABROAD.sub("", written_digits, count=1)
    if found := _MOBILE.fullmatch(digits):
        digits = found[1]
    elif digits != written_digits and not digits.startswith("0"):
        digits = f"0{digits}"
    return "" if not 7 <= len(digits) <= 13 or _made_up(digits) else digits


def _made_up(digits: str) -> bool:
    return digits in _SAMPLES or len(set(digits[-7:])) == 1 or digits in _RUN or digits in _RUN[::-1]
