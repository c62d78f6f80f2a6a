"""Where each field of a message went: the parser's own account of it, in HL7's notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import FieldFate
from plugins.hl7.parse import traced

if TYPE_CHECKING:
    from hub import Message
    from plugins.hl7.draft import Reading, Traced
    from plugins.hl7.lexer import Lexed


def explain(lexed: Lexed, message: Message, settings: Reading) -> list[FieldFate]:
    """One fate for each occurrence of each non-empty field; raises what ``parse`` raises."""
    return [
        FieldFate(place_of(one), one.name or "not in the standard", one.value, one.fate, one.detail)
        for one in traced(lexed, message, settings)
    ]


def place_of(one: Traced) -> str:
    """``PID-3[2]``; of the third OBX ``OBX(3)-5``."""
    which = f"({one.segment.occurrence})" if one.segment.occurrence > 1 else ""
    return f"{one.segment.name}{which}-{one.field}" + (f"[{one.occurrence}]" if one.occurrence else "")
