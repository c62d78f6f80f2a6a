"""Numbers of people who do not exist: nobody's districts, prefixes that no operator hands out."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

HERE = tuple(f"9901{district:02}" for district in (1, 2, 3, 4, 11, 12))
RENAMED = ("990121", "990122", "990200")
"""Districts that were renamed or divided: whoever was registered before keeps the old code."""
ELSEWHERE = tuple(province + district for province in ("92", "93", "94", "96", "97") for district in ("0102", "0722"))
MOBILE = ("154", "161", "163", "164", "168", "169")
LANDLINE = "0699"
PLACEHOLDERS = (
    "111111111111111111",
    "000000000000000000",
    "123456789012345678",
    "999999999999999999",
    "无",
    "不详",
    "0",
)
OTHER_PLACEHOLDERS = (
    "888888888888888888",
    "12345678909876543X",
    "未提供",
    "-",
    "111111111111111",
    "990101190001010018",
    "N/A",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(body: str) -> str:
    """GB 11643-1999, of the first seventeen."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


class IdNumbers:
    """Each handed out once; of one station on one day in a row, so that twins' numbers are neighbours."""

    def __init__(self) -> None:
        self._handed_out: Counter[tuple[str, str, int]] = Counter()

    def next(self, area: str, born: date, sex: str, station: int) -> str:
        male, day = sex == "male", f"{born:%Y%m%d}"
        for block in range(station, station + 100):
            place = (area, day, block % 100 * 2 + male)
            if (at := self._handed_out[place]) < 5:
                self._handed_out[place] += 1
                body = f"{area}{day}{block % 100:02}{2 * at + male}"
                return body + check_digit(body)
        raise ValueError("no numbers are left of that place and day")


def shortened(number: str) -> str:
    """As it was before 1999: fifteen digits."""
    return number[:6] + number[8:17]


def mobile(random: Random) -> str:
    return f"{random.choice(MOBILE)}{random.randrange(10**8):08}"


def landline(random: Random) -> str:
    return f"{LANDLINE}-{random.randrange(2 * 10**6, 9 * 10**6)}"


def birth_certificate(random: Random, born: date) -> str:
    """A letter for the edition, then nine digits."""
    return f"{chr(ord('A') + max(0, born.year - 1996) % 26)}99{random.randrange(10**7):07}"
