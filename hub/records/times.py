"""Times as the record counts them: microseconds since 1970 in UTC; what has no zone is Asia/Shanghai.

China has had one zone without summer time since 1992, so +08:00 stands for it throughout; a date is then the same
stretch of time wherever it is compared.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST, LAST = -(2**62), 2**62
"""Before and after every time: the open ends of a period."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_MINUTE, _DAY, _OFFSET = 60 * _SECOND, 86_400 * _SECOND, 8 * 3_600 * _SECOND
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Of a time with a zone."""
    return (moment - _EPOCH) // _MICROSECOND


def now() -> int:
    return micros(datetime.now(UTC))


def moment(time: int) -> datetime:
    return (_EPOCH + timedelta(microseconds=time)).astimezone(SHANGHAI)


@lru_cache(maxsize=256)
def instant(time: int) -> str:
    """A FHIR instant: ``2024-05-01T08:30:00.123+08:00``."""
    return moment(time).isoformat(timespec="milliseconds")


@lru_cache(maxsize=1024)
def day(time: int) -> str:
    """The date in Shanghai: ``2024-05-01``."""
    return moment(time).date().isoformat()


@lru_cache(maxsize=16_384)
def interval(text: str) -> tuple[int, int]:
    """The first microsecond of a FHIR date, dateTime or instant, and the first after it.

    Raises ``ValueError`` for what is none. A year lasts a year; a fraction, as long as its last digit.
    """
    match len(text):
        case 4:
            year = int(text)
            return _midnight(date(year, 1, 1)), _year_end(year)
        case 7:
            return _month(int(text[:4]), int(text[5:]))
        case 10:
            low = _midnight(date.fromisoformat(text))
            return low, low + _DAY
    return _of_time(text)


def _of_time(text: str) -> tuple[int, int]:
    if text[10:11] != "T":
        raise ValueError("not a FHIR dateTime")
    parsed = datetime.fromisoformat(text)
    low = micros(parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI))
    return low, low + _precision(text[16:])


def _precision(after_minutes: str) -> int:
    """How long a time lasts, from what follows ``2024-05-01T08:30``."""
    if not after_minutes.startswith(":"):
        return _MINUTE
    _, dot, rest = after_minutes.partition(".")
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return int(10 ** max(0, 6 - digits)) if dot else _SECOND


def _midnight(first: date) -> int:
    return (first.toordinal() - _EPOCH_DAY) * _DAY - _OFFSET


def _month(year: int, month: int) -> tuple[int, int]:
    low = _midnight(date(year, month, 1))
    return low, _year_end(year) if month == 12 else _midnight(date(year, month + 1, 1))


def _year_end(year: int) -> int:
    return _midnight(date(year, 12, 31)) + _DAY
