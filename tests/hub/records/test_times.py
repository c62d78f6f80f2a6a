"""Times as the record counts them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.records.times import day, instant, interval, micros


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", "2024-01-01T00:00+08:00", "2025-01-01T00:00+08:00"),
        ("2024-02", "2024-02-01T00:00+08:00", "2024-03-01T00:00+08:00"),
        ("2024-12", "2024-12-01T00:00+08:00", "2025-01-01T00:00+08:00"),
        ("2024-02-29", "2024-02-29T00:00+08:00", "2024-03-01T00:00+08:00"),
        ("2024-05-01T08:30", "2024-05-01T08:30+08:00", "2024-05-01T08:31+08:00"),
        ("2024-05-01T08:30:05", "2024-05-01T08:30:05+08:00", "2024-05-01T08:30:06+08:00"),
        ("2024-05-01T08:30:05Z", "2024-05-01T08:30:05+00:00", "2024-05-01T08:30:06+00:00"),
        ("2024-05-01T08:30:05.12-05:00", "2024-05-01T08:30:05.12-05:00", "2024-05-01T08:30:05.13-05:00"),
        ("1988-06-01", "1988-06-01T00:00+08:00", "1988-06-02T00:00+08:00"),
    ],
)
def test_a_time_lasts_as_long_as_it_is_exact(text: str, low: str, high: str) -> None:
    assert interval(text) == (at(low), at(high))


def test_the_last_year_there_is_ends_too() -> None:
    low, high = interval("9999")
    assert high - low == 365 * 86_400 * 1_000_000


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "2024-05-01 08:30", "2024-05-01T25:00", "today"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        interval(text)


def test_an_instant_is_in_shanghai_with_milliseconds() -> None:
    late = micros(datetime(2024, 4, 30, 18, 0, 0, 123456, tzinfo=UTC))
    assert instant(late) == "2024-05-01T02:00:00.123+08:00"
    assert day(late) == "2024-05-01"
