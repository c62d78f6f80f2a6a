"""Writes HL7 v2: values in, lines in the reader's own delimiters out. Encoding comes last, for a whole message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plugins.hl7.charset import ASCII, GB18030, LATIN1, UTF8, codec_of, encode
from plugins.hl7.delimiters import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from plugins.hl7.delimiters import Delimiters
    from plugins.hl7.head import Head

_PLACE = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<sequence>[0-9]+)\])?"
    r"(?:-(?P<field>[0-9]+)(?:\[(?P<repetition>[0-9]+)\])?(?:\.(?P<component>[0-9]+))?)?"
)
_DECLARED = {GB18030: "GB 18030-2000", UTF8: "UNICODE UTF-8", LATIN1: "8859/1"}


class Verbatim(str):
    """Text that holds its delimiters already, as when a question is repeated in its answer."""

    __slots__ = ()


Component = str | tuple[str, ...]
"""A leaf, or its subcomponents."""
Repetition = str | tuple[Component, ...]
"""A leaf, or its components."""
Field = Repetition | list[Repetition]
"""One occurrence, or several."""


def segment(name: str, fields: Mapping[int, Field], delimiters: Delimiters) -> str:
    """A line with its CR; what nobody fills at its end is left out."""
    last = max(fields, default=0)
    written = [_field(fields.get(at, ""), delimiters) for at in range(1, last + 1)]
    return delimiters.field.join([name, *written]).rstrip(delimiters.field) + "\r"


def components(found: Mapping[int, Component]) -> Repetition:
    """The components of a value by their numbers."""
    filled = {at: value for at, value in found.items() if any(value)}
    return tuple(filled.get(at, "") for at in range(1, max(filled, default=0) + 1))


def header(  # noqa: PLR0913, PLR0917 as many as an MSH tells
    head: Head, kind: tuple[str, ...], control_id: str, at: datetime, codec: str, profile: Repetition = ""
) -> str:
    """MSH of an answer: back to where the question came from, in its version, by ``codec``."""
    delimiters = head.delimiters
    mark = delimiters.field
    told = [
        *("MSH", head.fields[2] or "".join(delimiters[1:])),
        *(head.fields[5], head.fields[6], head.fields[3], head.fields[4]),
        *(f"{at:%Y%m%d%H%M%S%z}", "", _field(kind, delimiters), escape(control_id, delimiters)),
        *(head.processing_id or "P", head.fields[12] if head.version else "2.5.1"),
        *("", "", *(("NE", "NE") if head.fields[15] or head.fields[16] else ("", ""))),
        *("", declared(head, codec), "", "", _field(profile, delimiters)),
    ]
    return mark.join(told).rstrip(mark) + "\r"


def declared(head: Head, codec: str) -> str:
    """MSH-18: as the sender wrote it, or the truth where that was wrong."""
    repetition = head.delimiters.repetition
    said = head.charset.partition(repetition)[0] if repetition else head.charset
    if (not said and codec == head.codec) or (said and codec_of(said.strip()) == codec):
        return head.charset
    return _DECLARED.get(codec, head.charset)


def codec_for(head: Head, text: str) -> str:
    """The reader's own codec where it holds all of a text, else UTF-8: nothing is replaced by question marks."""
    try:
        encode(text, head.codec)
    except UnicodeEncodeError:
        return UTF8
    return UTF8 if head.codec == ASCII and not text.isascii() else head.codec


def location(place: str) -> tuple[str, ...]:
    """``PID-3[2].4`` as segment, its sequence, field, repetition, component (ERL); five blanks for no such place."""
    found = _PLACE.fullmatch(place)
    if not found:
        return ("",) * 5
    repetition = found["repetition"] or ("1" if found["component"] else "")
    return found["segment"], found["sequence"] or "1", found["field"] or "", repetition, found["component"] or ""


def is_before(head: Head, version: float) -> bool:
    """Whether the sender's version is an older one: 2.31 stands for 2.3.1."""
    number = re.fullmatch(r"2\.([0-9])(?:\.([0-9]))?", head.version)
    return number is not None and float(f"2.{number[1]}{number[2] or ''}") < version


def _field(value: Field, delimiters: Delimiters) -> str:
    if isinstance(value, list):
        return _joined((_repetition(one, delimiters) for one in value), delimiters.repetition, trim=False)
    return _repetition(value, delimiters)


def _repetition(value: Repetition, delimiters: Delimiters) -> str:
    if isinstance(value, str):
        return value if isinstance(value, Verbatim) else escape(value, delimiters)
    return _joined((_component(one, delimiters) for one in value), delimiters.component)


def _component(value: Component, delimiters: Delimiters) -> str:
    if isinstance(value, str):
        return value if isinstance(value, Verbatim) else escape(value, delimiters)
    return _joined((escape(one, delimiters) for one in value), delimiters.subcomponent)


def _joined(parts: Iterable[str], mark: str, *, trim: bool = True) -> str:
    """Where the reader declared no such delimiter, only the first part can be said."""
    found = list(parts)
    while trim and found and not found[-1]:
        found.pop()
    return mark.join(found) if mark else next(iter(found), "")
