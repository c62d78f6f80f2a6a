"""A message as what it says about each person in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hub import Claim, RecordUpdate
from plugins.hl7.alike import way_of
from plugins.hl7.changes import changes_of, demand, joined
from plugins.hl7.datatypes.moment import instant, is_precise
from plugins.hl7.draft import Draft, memory_of
from plugins.hl7.entries import entry_of
from plugins.hl7.events import event_of
from plugins.hl7.habits import USUAL, Habits
from plugins.hl7.numbers import first_number, moved_number, person_number
from plugins.hl7.printable import holds_control, printable
from plugins.hl7.reader import enter, passed_over
from plugins.hl7.segments import ROOMS, TRANSPORT, unknown_room, visit_key
from plugins.hl7.split import speaks, split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hub import Message
    from plugins.hl7.changes import Change
    from plugins.hl7.draft import Reading, Traced
    from plugins.hl7.lexer import Lexed, Segment

ABSENT = "\r"
"""Stands for a delimiter MSH-2 does not name: no field holds a CR."""
_DAY = timedelta(days=1)


def parse(lexed: Lexed, message: Message, settings: Reading, habits: Habits = USUAL) -> list[RecordUpdate]:
    """One update for each person, or entry of a directory, the message is about.

    Raises ``ParseError`` for a message without type or person, ``UnsupportedMessage`` for one that is of no use.
    """
    drafts = list(_drafts(lexed, message, settings, habits, None))
    if holds_control(lexed.text, lexed.delimiters.escape):
        drafts = [printable(draft) for draft in drafts]
    recorded_at = _recorded(lexed, settings.timezone)
    joins = joined(drafts) if drafts[0].event.pairs in {"link", "unlink"} else {}
    return [_update(draft, recorded_at, joins.get(at, ())) for at, draft in enumerate(drafts)]


def traced(lexed: Lexed, message: Message, settings: Reading, habits: Habits = USUAL) -> list[Traced]:
    """What became of every field while parsing."""
    trace: list[Traced] = []
    for _ in _drafts(lexed, message, settings, habits, trace):
        pass
    for segment in lexed.all("PID"):
        if not speaks(segment, lexed):
            trace.extend(passed_over(ROOMS["PID"], segment, "a PID that says nothing of anybody"))
    for segment in lexed.segments:
        if segment.name in TRANSPORT:
            trace.extend(passed_over(unknown_room(segment.name), segment, "of the batch the message came in"))
    return sorted(trace, key=lambda one: one.segment.position)


def _drafts(
    lexed: Lexed, message: Message, settings: Reading, habits: Habits, trace: list[Traced] | None
) -> Iterator[Draft]:
    event = event_of(lexed, habits.events)
    latest = (message.received_at + _DAY).astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    reading = (message.feed, settings.timezone, tuple(settings.systems.items()), lexed.marks, habits)
    memory, way = memory_of(*reading), way_of(*reading, latest)
    for segments in split(lexed, event):
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
            way=way,
            latest=latest,
            happened=_happened(lexed),
            segments=segments,
            trace=trace,
        )
        _read(draft)
        yield draft


def _read(draft: Draft) -> None:
    """Keys first, whatever the order of segments, then every segment in its room."""
    person = next((segment for segment in draft.segments if segment.name == "PID"), None)
    if person is None or draft.event.about in {"staff", "places"}:
        draft.base = entry_of(draft)
    else:
        _name(draft, person)
    rooms = draft.habits.rooms or ROOMS
    for at, segment in enumerate(draft.segments):
        draft.at = at
        room = rooms.get(segment.name)
        if room is not None:
            enter(room, segment, draft)
        elif segment.name not in TRANSPORT:
            enter(unknown_room(segment.name), segment, draft)


def _name(draft: Draft, person: Segment) -> None:
    """What the person, the visit and the account are known by."""
    draft.person = person_number(draft, person)
    draft.account = first_number(draft, person, 18)
    visit = next((segment for segment in draft.segments if segment.name == "PV1"), None)
    if visit is not None:
        draft.visit = visit_key(draft, visit)
    if draft.event.moves == "numbers":
        moved = (moved_number(draft, person, segment) for segment in draft.segments if segment.name == "MRG")
        draft.person = next(filter(None, moved), draft.person)
    demand(draft)


def _update(draft: Draft, recorded_at: datetime | None, joins: tuple[Change, ...]) -> RecordUpdate:
    if draft.event.deletes == "person":
        draft.patient["active"] = False
    claim = None if draft.base else Claim(draft.person, draft.patient)
    changes, documents = (*changes_of(draft), *joins), tuple(draft.documents)
    return RecordUpdate(claim, draft.built(), changes, recorded_at, documents, tuple(draft.unmapped))


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
