"""Which messages a destination is told of. Nothing here raises for bad bytes: what cannot be read is not for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.charset import decode, decode_as
from plugins.hl7.lexer import Lexed, lex

if TYPE_CHECKING:
    from hub import Message
    from plugins.hl7.sending.settings import HL7Route

_BEFORE = b"\xef\xbb\xbf\r\n"


def wanted(message: Message, routes: Sequence[HL7Route]) -> bool:
    if not message.body[:64].lstrip(_BEFORE).startswith(b"MSH"):
        return False
    if not routes:
        return True
    lexed: Lexed | None = None
    event = message.notes.get("type", "")
    if not event or any(route.where or route.unless for route in routes):
        try:
            lexed, _ = lexed_of(message)
        except ParseError:
            return False
        event = "^".join((lexed.header.get(9), lexed.header.get(9, 2))).rstrip("^")
    return any(_lets_through(route, event, lexed) for route in routes)


def lexed_of(message: Message) -> tuple[Lexed, str]:
    """Decoded as the door did, and with which codec. Raises ``ParseError``."""
    codec = message.notes.get("encoding", "")
    try:
        text = decode_as(message.body, codec) if codec else None
    except (UnicodeDecodeError, LookupError):
        raise ParseError("the message cannot be decoded as {encoding}", encoding=codec) from None
    if text is None:
        decoded = decode(message.body)
        text, codec = decoded.text, decoded.codec
    return lex(text, charset=codec), codec


def _lets_through(route: HL7Route, event: str, lexed: Lexed | None) -> bool:
    if route.events and not any(_is(event, each) for each in route.events):
        return False
    if lexed is None:
        return True
    return all(_holds(lexed, place, value) for place, value in route.where.items()) and not any(
        _holds(lexed, place, value) for place, value in route.unless.items()
    )


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
