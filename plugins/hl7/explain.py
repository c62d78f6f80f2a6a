"""Where each field of a message went: the parser's own account of it, in HL7's notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import FieldFate, ParseError, UnsupportedMessage
from plugins.hl7.habits import USUAL, Habits
from plugins.hl7.names import NAMELESS, field_name, segment_name
from plugins.hl7.parse import traced
from plugins.hl7.reader import passed_over
from plugins.hl7.segments import ROOMS, unknown_room

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub import Message
    from plugins.hl7.draft import Reading, Traced
    from plugins.hl7.lexer import Lexed
    from plugins.hl7.rows import Room


def explain(lexed: Lexed, message: Message, settings: Reading, habits: Habits = USUAL) -> list[FieldFate]:
    """One fate for each occurrence of each non-empty field, also of a message that is parked or skipped."""
    rooms = habits.rooms or ROOMS
    return [_fate(one, rooms) for one in _traced(lexed, message, settings, habits)]


def _fate(one: Traced, rooms: Mapping[str, Room]) -> FieldFate:
    segment = one.segment.name
    room = rooms.get(segment)
    group = segment_name(segment, room.name if room else "")
    name = field_name(segment, one.field, one.name) if one.name else NAMELESS
    return FieldFate(
        place_of(one),
        name.msgid,
        one.value,
        one.fate,
        one.detail,
        chinese=name.chinese,
        group=segment,
        group_name=group.msgid,
        group_chinese=group.chinese,
    )


def _traced(lexed: Lexed, message: Message, settings: Reading, habits: Habits) -> list[Traced]:
    try:
        return traced(lexed, message, settings, habits)
    except ParseError as error:
        return _unused(lexed, str(error), habits)
    except UnsupportedMessage:
        return _unused(lexed, "messages of this type are not used", habits)


def _unused(lexed: Lexed, msgid: str, habits: Habits) -> list[Traced]:
    rooms = habits.rooms or ROOMS
    return [
        one
        for segment in lexed.segments
        for one in passed_over(rooms.get(segment.name) or unknown_room(segment.name), segment, msgid)
    ]


def place_of(one: Traced) -> str:
    """``PID-3[2]``; of the third OBX ``OBX(3)-5``."""
    which = f"({one.segment.occurrence})" if one.segment.occurrence > 1 else ""
    return f"{one.segment.name}{which}-{one.field}" + (f"[{one.occurrence}]" if one.occurrence else "")
