"""Which messages a destination is told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.answering import QUESTIONS
from plugins.hl7.charset import decode, decode_as
from plugins.hl7.kinds import meant
from plugins.hl7.lexer import Lexed, lex
from plugins.hl7.sending.settings import HL7Route

if TYPE_CHECKING:
    from hub import Message

_BEFORE = b"\xef\xbb\xbf\r\n"
_EVERYTHING = (HL7Route(),)
_BETWEEN_TWO = QUESTIONS | {"ACK", "MCF"}
"""Questions and acknowledgements concern who sends them and who answers; others only where a route names them."""


def wanted(message: Message, routes: Sequence[HL7Route]) -> bool:
    """Raises ``ParseError`` when that depends on what cannot be read."""
    if not message.body[:64].lstrip(_BEFORE).startswith(b"MSH"):
        return False
    routes = routes or _EVERYTHING
    events = {_plainly(message.notes.get(name, "")) for name in ("type", "event")} - {""}
    lexed: Lexed | None = None
    if not events or any(route.where or route.unless for route in routes):
        lexed, _ = lexed_of(message)
    if not events and lexed is not None:
        events = {meant(lexed, {})}
    return any(_lets_through(route, events, lexed) for route in routes)


def _plainly(event: str) -> str:
    return "^".join(part.strip() for part in event.upper().split("^"))


def lexed_of(message: Message) -> tuple[Lexed, str]:
    """Decoded as the door did, and with which codec; the door has judged its size too. Raises ``ParseError``."""
    codec = message.notes.get("encoding", "")
    try:
        text = decode_as(message.body, codec) if codec else None
    except (UnicodeDecodeError, LookupError):
        raise ParseError("the message cannot be decoded as {encoding}", encoding=codec) from None
    if text is None:
        decoded = decode(message.body)
        text, codec = decoded.text, decoded.codec
    return lex(text, segments=len(text), repetitions=len(text), charset=codec), codec


def _lets_through(route: HL7Route, events: set[str], lexed: Lexed | None) -> bool:
    if not any(_names(route, event) for event in events):
        return False
    if lexed is None:
        return True
    return all(_holds(lexed, place, value) for place, value in route.where.items()) and not any(
        _holds(lexed, place, value) for place, value in route.unless.items()
    )


def _names(route: HL7Route, event: str) -> bool:
    if not route.events:
        return event.partition("^")[0] not in _BETWEEN_TWO
    return any(_is(event, each) for each in route.events)


def _is(event: str, pattern: str) -> bool:
    kind, _, trigger = pattern.partition("^")
    return event == pattern or (trigger in {"", "*"} and event.partition("^")[0] == kind)


def _holds(lexed: Lexed, place: str, value: str | list[str]) -> bool:
    values = [value] if isinstance(value, str) else value
    return any(found in values or ("*" in values and found) for found in _found(lexed, place))


def _found(lexed: Lexed, place: str) -> Iterator[str]:
    """Every value at a place: of all segments of that name and all repetitions."""
    name, _, rest = place.partition("-")
    field, component, subcomponent = (int(part) for part in [*rest.split("."), "1", "1"][:3])
    for segment in lexed.all(name):
        if segment.raw(field):
            for repetition in segment.repetitions(field):
                yield repetition.get(component, subcomponent)
