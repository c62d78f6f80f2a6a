"""Where each field of a message went: the parser's own account of it, in HL7's notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import FieldFate, ParseError, UnsupportedMessage
from plugins.hl7.parse import traced
from plugins.hl7.reader import passed_over
from plugins.hl7.segments import ROOMS, unknown_room

if TYPE_CHECKING:
    from hub import Message
    from plugins.hl7.draft import Reading, Traced
    from plugins.hl7.lexer import Lexed


def explain(lexed: Lexed, message: Message, settings: Reading) -> list[FieldFate]:
    """One fate for each occurrence of each non-empty field, also of a message that is parked or skipped."""
    return [
        FieldFate(place_of(one), one.name or "not in the standard", one.value, one.fate, one.detail)
        for one in _traced(lexed, message, settings)
    ]


def _traced(lexed: Lexed, message: Message, settings: Reading) -> list[Traced]:
    try:
        return traced(lexed, message, settings)
    except ParseError as error:
        return _unused(lexed, str(error))
    except UnsupportedMessage:
        return _unused(lexed, "messages of this type are not used")


def _unused(lexed: Lexed, msgid: str) -> list[Traced]:
    return [
        one
        for segment in lexed.segments
        for one in passed_over(ROOMS.get(segment.name) or unknown_room(segment.name), segment, msgid)
    ]


def place_of(one: Traced) -> str:
    """``PID-3[2]``; of the third OBX ``OBX(3)-5``."""
    which = f"({one.segment.occurrence})" if one.segment.occurrence > 1 else ""
    return f"{one.segment.name}{which}-{one.field}" + (f"[{one.occurrence}]" if one.occurrence else "")
