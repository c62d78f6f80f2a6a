"""Which message means what: the events we understand, and what each says of a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub import ParseError, UnsupportedMessage

if TYPE_CHECKING:
    from plugins.hl7.lexer import Lexed


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of message."""

    name: str
    visit: str = ""
    """The Encounter's status after it; empty where the message does not say (then class and discharge time do)."""
    before: str = ""
    """The status it ends, for the Encounter's history."""
    ends: bool | None = None
    """True: the visit is over; False: it is open again, and an earlier end is deleted."""
    merges: bool = False
    mentions: bool = False
    """The visit is only mentioned: what is known of it from others stands."""


EVENTS: dict[tuple[str, str], Event] = {
    ("ADT", "A01"): Event("admit", "in-progress"),
    ("ADT", "A02"): Event("transfer", "in-progress"),
    ("ADT", "A03"): Event("discharge", "finished", "in-progress", ends=True),
    ("ADT", "A04"): Event("register"),
    ("ADT", "A05"): Event("pre-admit", "planned"),
    ("ADT", "A08"): Event("update"),
    ("ADT", "A11"): Event("cancel admit", "cancelled", "in-progress"),
    ("ADT", "A12"): Event("cancel transfer", "in-progress"),
    ("ADT", "A13"): Event("cancel discharge", "in-progress", "finished", ends=False),
    ("ADT", "A28"): Event("add person"),
    ("ADT", "A31"): Event("update person"),
    ("ADT", "A40"): Event("merge", merges=True),
    ("ORU", "R01"): Event("results", mentions=True),
    ("VXU", "V04"): Event("vaccinations", mentions=True),
}

_ONLY_TRIGGER = {"ORU": "R01", "VXU": "V04"}
"""What a type means when neither MSH-9.2 nor EVN-1 says it, as HL7 2.1 allowed."""


def event_of(lexed: Lexed) -> Event:
    """What a message is. ``ParseError`` when it does not say, ``UnsupportedMessage`` when it is none of ours."""
    header = lexed.first("MSH")
    kind = header.get(9).strip() if header else ""
    if header is None or not kind or kind == '""':
        raise ParseError("the message has no type", place="MSH-9")
    said = lexed.first("EVN")
    trigger = header.get(9, 2).strip() or (said.get(1).strip() if said else "") or _ONLY_TRIGGER.get(kind, "")
    event = EVENTS.get((kind.upper(), trigger.upper()))
    if event is None:
        raise UnsupportedMessage("messages of type {type} are not used", type=f"{kind}^{trigger}"[:20])
    return event
