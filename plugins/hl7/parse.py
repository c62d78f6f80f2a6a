"""A message as what it says about each person in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hub import Claim, Merge, ParseError, RecordUpdate
from plugins.hl7.datatypes.identified import NATIONAL_TYPES, number_key
from plugins.hl7.datatypes.moment import instant, is_precise
from plugins.hl7.draft import Draft, memory_of
from plugins.hl7.events import event_of
from plugins.hl7.habits import USUAL, Habits
from plugins.hl7.reader import enter, passed_over
from plugins.hl7.segments import ROOMS, TRANSPORT, unknown_room, visit_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hub import Message
    from plugins.hl7.draft import Reading, Traced
    from plugins.hl7.lexer import Lexed, Segment

ABSENT = "\r"
"""Stands for a delimiter MSH-2 does not name: no field holds a CR."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DAY = timedelta(days=1)
_PREFERRED = ("MR", "PI", "PT", "PN")


def parse(lexed: Lexed, message: Message, settings: Reading, habits: Habits = USUAL) -> list[RecordUpdate]:
    """One update for each person the message is about.

    Raises ``ParseError`` for a message without type or person, ``UnsupportedMessage`` for one that is of no use.
    """
    drafts = _drafts(lexed, message, settings, habits, None)
    if _holds_control(lexed.text, lexed.delimiters.escape):
        drafts = map(_printable, drafts)
    recorded_at = _recorded(lexed, settings.timezone)
    return [_update(draft, recorded_at) for draft in drafts]


def _holds_control(text: str, escape: str) -> bool:
    """Whether there is one, or may be one behind an escape."""
    if escape and f"{escape}X" in text:
        return True
    return not text.replace("\r", "").isprintable() and _CONTROL.search(text) is not None


def _printable(draft: Draft) -> Draft:
    """Without control characters, which FHIR's strings may not hold: each is shown as U+FFFD."""
    draft.person, draft.visit = _shown(draft.person), _shown(draft.visit)
    draft.patient, draft.retired = _shown(draft.patient), _shown(draft.retired)
    draft.resources = {(kind, _shown(key)): _shown(body) for (kind, key), body in draft.resources.items()}
    draft.passing = {(kind, _shown(key)): _shown(body) for (kind, key), body in draft.passing.items()}
    return draft


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: _shown(inner) for name, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def traced(lexed: Lexed, message: Message, settings: Reading, habits: Habits = USUAL) -> list[Traced]:
    """What became of every field while parsing."""
    trace: list[Traced] = []
    for _ in _drafts(lexed, message, settings, habits, trace):
        pass
    for segment in lexed.all("PID"):
        if not _speaks(segment, lexed):
            trace.extend(passed_over(ROOMS["PID"], segment, "a PID that says nothing of anybody"))
    return sorted(trace, key=lambda one: one.segment.position)


def _drafts(
    lexed: Lexed, message: Message, settings: Reading, habits: Habits, trace: list[Traced] | None
) -> Iterator[Draft]:
    event = event_of(lexed, habits.events)
    latest = (message.received_at + _DAY).astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    memory = memory_of(message.feed, settings.timezone, tuple(settings.systems.items()), lexed.marks, habits)
    for segments in _persons(lexed):
        draft = Draft(
            feed=message.feed,
            key=message.key,
            systems=settings.systems,
            zone=settings.timezone,
            outer=lexed.delimiters.component or ABSENT,
            inner=lexed.delimiters.subcomponent or ABSENT,
            between=lexed.delimiters.repetition or ABSENT,
            memory=memory,
            event=event,
            habits=habits,
            latest=latest,
            happened=_happened(lexed),
            segments=segments,
            trace=trace,
        )
        _read(draft)
        yield draft


def _persons(lexed: Lexed) -> list[list[Segment]]:
    """The segments about each person: from PID to the next PID; what stands before the first belongs to it."""
    segments = lexed.segments
    starts = [at for at, segment in enumerate(segments) if segment.name == "PID"]
    if not starts:
        raise ParseError("the message has no PID segment, so it is about nobody", place="PID")
    if silent := {at for at in starts if not _speaks(segments[at], lexed)}:
        segments = _without(segments, starts, silent)
        starts = [at for at, segment in enumerate(segments) if segment.name == "PID"]
    ends = [*starts[1:], len(segments)]
    starts[0] = 0
    return [segments[start:end] for start, end in zip(starts, ends, strict=True)]


def _speaks(person: Segment, lexed: Lexed) -> bool:
    """Whether a PID says anything of anybody: PID-1 only counts, and ``""`` deletes nothing of nobody."""
    nothing = "".join(lexed.delimiters) + ' \t"'
    return any(raw.strip(nothing) for raw in person.raws[2:])


def _without(segments: list[Segment], persons: list[int], silent: set[int]) -> list[Segment]:
    """The segments without PIDs that say nothing. Whom the segments behind such a one are about, nobody can know."""
    if len(silent) == len(persons):
        raise ParseError("the PID segment says nothing, so the message is about nobody", place="PID")
    for at in silent:
        behind = segments[at + 1].name if at + 1 < len(segments) else "PID"
        if behind != "PID" and behind not in TRANSPORT:
            raise ParseError("segments follow a PID that says nothing, so they are about nobody", place="PID")
    return [segment for at, segment in enumerate(segments) if at not in silent]


def _read(draft: Draft) -> None:
    """Keys first, whatever the order of segments, then every segment in its room."""
    person = next(segment for segment in draft.segments if segment.name == "PID")
    draft.person = person_number(draft, person)
    if draft.event.merges and not all(_numbers_to_retire(draft) or [""]):
        raise ParseError("the merge does not name the number to retire", place="MRG-1")
    visit = next((segment for segment in draft.segments if segment.name == "PV1"), None)
    if visit is not None:
        draft.visit = visit_key(draft, visit)
    rooms = draft.habits.rooms or ROOMS
    for at, segment in enumerate(draft.segments):
        draft.at = at
        room = rooms.get(segment.name)
        if room is not None:
            enter(room, segment, draft)
        elif segment.name not in TRANSPORT:
            enter(unknown_room(segment.name), segment, draft)


def person_number(draft: Draft, segment: Segment, *fields: int) -> str:
    """The sender's own number for a person; empty without any.

    Of PID-3 the medical record or patient number, else any other of its own, else the national one; else PID-2, PID-4.
    """
    for at in fields or (3, 2, 4):
        found = [(_rank(rep.get(5)), key) for rep in segment.repetitions(at) if (key := number_key(rep, draft))]
        if found:
            return min(found, key=lambda ranked: ranked[0])[1]
    return ""


def _rank(kind: str) -> int:
    if kind in NATIONAL_TYPES:
        return len(_PREFERRED) + 1
    return _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)


def _update(draft: Draft, recorded_at: datetime | None) -> RecordUpdate:
    events = tuple(_merges(draft)) if draft.event.merges else ()
    claim, documents = Claim(draft.person, draft.patient), tuple(draft.documents)
    return RecordUpdate(claim, draft.built(), events, recorded_at, documents, tuple(draft.unmapped))


def _merges(draft: Draft) -> Iterator[Merge]:
    for number, retired in zip(_numbers_to_retire(draft), draft.retired, strict=True):
        if number != draft.person:
            yield Merge(Claim(_shown(number), retired))


def _numbers_to_retire(draft: Draft) -> list[str]:
    return [person_number(draft, segment, 1, 4, 2) for segment in draft.segments if segment.name == "MRG"]


def _recorded(lexed: Lexed, zone: str) -> datetime | None:
    """EVN-2 when it is precise to the minute, else MSH-7."""
    for name, at in (("EVN", 2), ("MSH", 7)):
        segment = lexed.first(name)
        if segment and (text := segment.get(at)) and is_precise(text) and (when := instant(text.strip(), zone)):
            return when
    return None


def _happened(lexed: Lexed) -> str:
    said = lexed.first("EVN")
    header = lexed.first("MSH")
    given = [said.get(6), said.get(2)] if said else []
    return next((text for text in given if text), header.get(7) if header else "")
