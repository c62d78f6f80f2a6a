"""Dates and times of HL7 v2 (DT, TM, TS, DTM, DR) as FHIR writes them; what is no date is none."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from plugins.hl7.datatypes.parts import compact, dated, first_only, parts

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_MOMENT = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})([0-9]{2})(?:([0-9]{2})(\.[0-9]{1,6})?[0-9]*)?)?)?)?"
    r"([+-][0-9]{4})?"
)
_CLOCK = re.compile(r"([0-9]{2})([0-9]{2})(?:([0-9]{2})(\.[0-9]{1,4})?)?([+-][0-9]{4})?")
_FARTHEST = timedelta(hours=14)
_ZONES_WERE_LOCAL_BEFORE = 1902


def is_precise(text: str) -> bool:
    """Whether a time stamp is given to the minute or better."""
    found = _MOMENT.fullmatch(text.strip())
    return bool(found and found[4])


@lru_cache(maxsize=8192)
def instant(text: str, zone: str) -> datetime | None:
    """A time stamp that is precise to the minute or better, with its zone; ``zone`` is for one that names none."""
    found = _MOMENT.fullmatch(text)
    if not found or not found[4]:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    micros = int((fraction or ".")[1:].ljust(6, "0"))
    try:
        naive = datetime(  # noqa: DTZ001 the zone follows, from the text or the feed
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micros
        )
        return naive.replace(tzinfo=_offset(offset) if offset else _local(zone, naive))
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> timezone:
    """``+0800``; ``ValueError`` when there is no such zone."""
    span = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    if span > _FARTHEST or text[3:5] > "59":
        raise ValueError(text)
    return timezone(-span if text[0] == "-" else span)


def _local(zone: str, naive: datetime) -> timezone:
    """What clocks showed there; before standard time, today's offset, for FHIR knows no seconds of offset."""
    told = naive.replace(year=2000, day=1) if naive.year < _ZONES_WERE_LOCAL_BEFORE else naive
    return timezone(told.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta())


@lru_cache(maxsize=8192)
def date_time(text: str, zone: str) -> str | None:
    """A FHIR dateTime as precise as the text; None when it is no date. An hour without minutes is none either."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    if found[4]:
        when = instant(text, zone)
        return _written(when, found[7]) if when else None
    return _day(found[1], found[2], found[3])


def _written(when: datetime, fraction: str | None) -> str:
    stamp = when.replace(microsecond=0).isoformat()
    return f"{stamp[:19]}{fraction}{stamp[19:]}" if fraction else stamp


def _day(year: str, month: str | None, day: str | None) -> str | None:
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


@lru_cache(maxsize=8192)
def day_of(text: str) -> str | None:
    """A FHIR date: what the text says of year, month and day, whatever time follows; None when it is no date."""
    found = _MOMENT.fullmatch(text)
    if not found or (found[4] and instant(text, "UTC") is None):
        return None
    return _day(found[1], found[2], found[3])


@dated
@first_only
def moment(rep: Repetition, draft: Draft) -> str | None:
    """TS or DTM -> dateTime."""
    return date_time(rep.get().strip(), draft.zone)


@dated
@first_only
def day(rep: Repetition, draft: Draft) -> str | None:
    """DT, TS or DTM -> date."""
    del draft
    return day_of(rep.get().strip())


def birth_of(text: str, draft: Draft) -> str | None:
    """A FHIR date on which somebody can have been born: none that lies in the future."""
    born = day_of(text.strip())
    return born if born and born <= draft.latest[: len(born)] else None


@dated
@first_only
def birth(rep: Repetition, draft: Draft) -> str | None:
    """DT, TS or DTM -> birthDate."""
    return birth_of(rep.get(), draft)


@dated
@first_only
def exact(rep: Repetition, draft: Draft) -> str | None:
    """TS or DTM -> instant, for elements that allow nothing less."""
    text = rep.get().strip()
    when = instant(text, draft.zone)
    return date_time(text, draft.zone) if when else None


def clock(text: str) -> str | None:
    """TM -> time. FHIR times have no zone, so one that names a zone is none."""
    found = _CLOCK.fullmatch(text.strip())
    if not found or found[5] or found[1] > "23" or found[2] > "59" or (found[3] or "") > "59":
        return None
    return f"{found[1]}:{found[2]}:{found[3] or '00'}{found[4] or ''}"


def is_backwards(start: str, end: str, zone: str) -> bool:
    """Whether an end lies before its start, as far as both say."""
    first, last = date_time(start, zone), date_time(end, zone)
    if not first or not last:
        return False
    if "T" in first and "T" in last:
        return datetime.fromisoformat(last) < datetime.fromisoformat(first)
    said = min(len(first.partition("T")[0]), len(last.partition("T")[0]))
    return last[:said] < first[:said]


def span(start: str, end: str, draft: Draft) -> Json:
    """A Period of what can be read of two time stamps; empty when neither can."""
    return compact({"start": date_time(start, draft.zone), "end": date_time(end, draft.zone)})


def period(rep: Repetition, draft: Draft) -> Json | None:
    """DR -> Period."""
    found = parts(rep, draft)
    read = span(found[0], found[1], draft)
    return read if len(read) == sum(map(bool, found[:2])) else None
