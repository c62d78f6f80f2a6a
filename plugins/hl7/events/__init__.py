"""Which message means what: the events we understand, and what each says of a visit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hub import ParseError, UnsupportedMessage
from plugins.hl7.answering import QUESTIONS
from plugins.hl7.events.administrative import ADMINISTRATIVE
from plugins.hl7.events.adt import ADT
from plugins.hl7.events.clinical import CLINICAL
from plugins.hl7.events.event import Event
from plugins.hl7.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plugins.hl7.lexer import Lexed

__all__ = ["EVENTS", "Event", "event_of"]


EVENTS: dict[tuple[str, str], Event] = {**ADT, **CLINICAL, **ADMINISTRATIVE}

_OURS = frozenset(kind for kind, _ in EVENTS)
_UNLIKE_A_TYPE = re.compile(r"[^A-Za-z0-9^_]")

_NOTHING: dict[str, str] = {}


def event_of(lexed: Lexed, own: Mapping[str, str] = _NOTHING) -> Event:
    """What a message is; ``own`` are the sender's own kinds (``ADT^Z01``) and what they mean.

    ``ParseError`` when it does not say, ``UnsupportedMessage`` when it is none of ours.
    """
    kind, trigger = kind_of(lexed)
    if not kind or kind == '""':
        raise ParseError("the message has no type", place="MSH-9")
    said_kind = f"{kind}^{trigger}".upper()
    meant, _, trigger_meant = own.get(said_kind, said_kind).partition("^")
    event = EVENTS.get((meant, trigger_meant))
    if event is None and kind.upper() in QUESTIONS:
        raise UnsupportedMessage("a question, answered at the door")
    if event is None and meant in _OURS and trigger.strip('"') == "":
        raise ParseError("the message does not say what happened: its trigger event is missing", place="MSH-9")
    if event is None:
        shown = _UNLIKE_A_TYPE.sub("?", f"{kind}^{trigger}")  # whatever stands there may be about a person
        raise UnsupportedMessage("messages of type {type} are not used", type=shown[:20])
    return event
