"""Writes a message anew, with other delimiters, encoding or names, and has hl7apy check it against the standard.

The text is ours: hl7apy drops Z-segments without a word and leaves escapes as they were when delimiters change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hub import Declined
from plugins.hl7.charset import GB18030, LATIN1, UTF8, encode
from plugins.hl7.delimiters import Delimiters, escape, unescape

if TYPE_CHECKING:
    from plugins.hl7.lexer import Lexed, Segment
    from plugins.hl7.sending.settings import Rebuilt

_CHARSETS = {UTF8: "UNICODE UTF-8", GB18030: "GB 18030-2000", LATIN1: "8859/1"}
_NAMES = {3: "sending_application", 4: "sending_facility", 5: "receiving_application", 6: "receiving_facility"}
_PLACE = re.compile(r"\b([A-Z][A-Z0-9]{2})_([0-9]+)\b")
_SEGMENT = re.compile(r"\.([A-Z][A-Z0-9]{2})\b")
_SIGNS = frozenset("FSTREP")
_MARKUP = re.compile(r"<|>|\[|\]|'")


def rebuilt(lexed: Lexed, codec: str, how: Rebuilt) -> tuple[bytes, bytes]:
    """With its control id as it stands there now, by which it is answered.

    Raises ``Declined`` with the place for what does not fit the standard or the encoding.
    """
    to = Delimiters(*how.delimiters) if how.delimiters else lexed.delimiters
    lines = [_written(segment, lexed.delimiters, to, codec) for segment in lexed.segments]
    lines[0] = _header(lines[0], to, how)
    _assert_valid("\r".join(lines) + "\r")
    target = codec if how.charset == "unchanged" else how.charset
    body = b"".join(_encoded(line, target) + b"\r" for line in lines)
    return body, encode(lines[0].split(to.field)[9], target)


def _written(segment: Segment, old: Delimiters, new: Delimiters, codec: str) -> str:
    is_header = segment.name == "MSH"
    fields = [_field(raw, old, new, codec) for raw in segment.raws[3 if is_header else 1 :]]
    head = [segment.name, "".join(new[1:])] if is_header else [segment.name]
    return new.field.join([*head, *fields])


def _field(raw: str, old: Delimiters, new: Delimiters, codec: str) -> str:
    marks = ((old.repetition, new.repetition), (old.component, new.component), (old.subcomponent, new.subcomponent))
    return raw if raw.isalnum() else _split(raw, marks, old, new, codec)


def _split(raw: str, marks: tuple[tuple[str, str], ...], old: Delimiters, new: Delimiters, codec: str) -> str:
    if not marks:
        return _leaf(raw, old, new, codec)
    (before, after), *inner = marks
    parts = raw.split(before) if before else [raw]
    return after.join(_split(part, tuple(inner), old, new, codec) for part in parts)


def _leaf(raw: str, old: Delimiters, new: Delimiters, codec: str) -> str:
    """Text stays text and markup stays markup; only what an escape stands for in this encoding is decoded."""
    if not old.escape or old.escape not in raw:
        return escape(raw, new)
    mark = re.escape(old.escape)
    parts = re.split(f"({mark}[^{mark}]*{mark})", raw)
    return "".join(_sequence(part, old, new, codec) if at % 2 else escape(part, new) for at, part in enumerate(parts))


def _sequence(written: str, old: Delimiters, new: Delimiters, codec: str) -> str:
    code = written[1:-1]
    if code in _SIGNS or code[:1] == "X":
        return escape(unescape(written, old, codec), new)
    return f"{new.escape}{code}{new.escape}"


def _header(line: str, to: Delimiters, how: Rebuilt) -> str:
    fields = line.split(to.field)
    given = {at - 1: escape(text, to) for at, name in _NAMES.items() if (text := getattr(how, name))}
    if how.charset != "unchanged":
        given[17] = _CHARSETS[how.charset]
    fields += [""] * (max(given, default=0) + 1 - len(fields))
    for at, text in given.items():
        fields[at] = text
    return to.field.join(fields)


def _encoded(line: str, codec: str) -> bytes:
    try:
        return encode(line, codec)
    except UnicodeEncodeError as error:
        before = line[: error.start]
        mark = line[3:4]
        place = f"{line[:3]}-{before.count(mark) + (line[:3] == 'MSH')}"
        raise Declined("a character cannot be written in {encoding}", place=place, encoding=codec) from None


def _assert_valid(text: str) -> None:
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import ValidationError
    from hl7apy.parser import parse_message

    try:
        parse_message(text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=True).validate()
    except ValidationError as error:  # names elements, never what they hold
        what = _MARKUP.sub("", str(error))[:200]
        raise Declined("the message does not fit the standard: {what}", place=_place(what), what=what) from None
    except Exception as error:  # noqa: BLE001 - hl7apy raises much else, and may quote a value
        kind = type(error).__name__
        raise Declined("hl7apy cannot check the message: {kind}", kind=kind) from None


def _place(what: str) -> str:
    if found := _PLACE.search(what):
        return f"{found[1]}-{found[2]}"
    return named[1] if (named := _SEGMENT.search(what)) else ""
