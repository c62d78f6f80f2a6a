"""Takes HL7 v2 text apart without losing any of it: segments, fields, repetitions, components, subcomponents.

Text, not bytes: 464 Chinese characters hold a delimiter byte in GB18030, so a message is decoded before it is split.
Nothing is split before it is touched, and escapes are decoded only in the leaf that is asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.errors import ParseError
from plugins.hl7.delimiters import Delimiters, escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NULL", "Delimiters", "Lexed", "Repetition", "Segment", "escape", "lex", "unescape"]

NULL = '""'
"""A field of these two characters deletes what was known; an empty one says nothing."""

SEGMENTS, REPETITIONS = 20_000, 100_000
_HEADERS = ("MSH", "FHS", "BHS")
_ABSENT = "\r"
"""Stands for a delimiter that MSH-2 does not name: no line holds a CR."""


def lex(text: str, *, segments: int = SEGMENTS, repetitions: int = REPETITIONS, charset: str = "utf-8") -> Lexed:
    r"""The message of a text that begins with MSH (blank lines before it are tolerated).

    Lines end with CR, LF or CRLF. A LF that no segment follows belongs to the value it stands in. ``charset`` is what
    the text was decoded with; bytes in ``\X..\`` escapes are in it too. Raises ``ParseError`` with its place.
    """
    start = 0 if text.startswith("MSH") else len(text) - len(text.lstrip())
    if not text.startswith("MSH", start):
        raise ParseError("the message does not begin with MSH", place="MSH")
    delimiters = _declared(text[start + 3 : start + 12])
    if len(text) > min(segments, repetitions):
        _limit(text, delimiters, segments, repetitions)
    return Lexed(text, delimiters, charset)


class Repetition:
    """One occurrence of a field's value."""

    __slots__ = ("_lexed", "raw")

    def __init__(self, raw: str, lexed: Lexed) -> None:
        self.raw = raw
        self._lexed = lexed

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        """Decoded text of one leaf; empty when absent, ``NULL`` when the sender deletes it."""
        return _leaf(self.raw, component, subcomponent, self._lexed)

    def components(self) -> list[str]:
        """Each component decoded; subcomponents stay joined as written."""
        lexed = self._lexed
        return [unescape(part, lexed.delimiters, lexed.charset) for part in self.raw.split(lexed.marks[1])]


class Whole(Repetition):
    """MSH-1 or MSH-2, which are never split."""

    __slots__ = ()

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        return self.raw if component == subcomponent == 1 else ""

    def components(self) -> list[str]:
        return [self.raw]


class Segment:
    """One line of a message."""

    __slots__ = ("_fields", "_lexed", "line", "position")

    _fields: list[str]

    def __init__(self, line: str, position: int, lexed: Lexed) -> None:
        self.line = line
        self.position = position
        """Counted from 0 over all segments of the message."""
        self._lexed = lexed

    @property
    def name(self) -> str:
        return self.raw(0)

    @property
    def occurrence(self) -> int:
        """Counted from 1 over the segments of the same name."""
        return self._lexed.occurrences[self.position]

    @property
    def fields(self) -> int:
        """The number of the last field that is written."""
        return len(self.raws()) - 1

    def raw(self, field: int) -> str:
        """A whole field as written, escapes included; empty when absent."""
        try:
            return self._fields[field]
        except AttributeError:
            self._fields = self._split()
        except IndexError:
            return ""
        return self._fields[field] if field < len(self._fields) else ""

    def raws(self) -> list[str]:
        """Every field as written; the name stands at 0, so that PID-3 is ``raws()[3]``."""
        try:
            return self._fields
        except AttributeError:
            self._fields = self._split()
            return self._fields

    def get(self, field: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """Decoded text of one leaf; empty when absent, ``NULL`` when the sender deletes it."""
        value = self.raw(field)
        if value.isalnum():  # the common case, and no delimiter is alphanumeric
            return value if component == subcomponent == repetition == 1 else ""
        if not value:
            return value
        mark = self._lexed.marks[2]
        if mark in value:
            parts = value.split(mark, repetition)
            value = parts[repetition - 1] if repetition <= len(parts) else ""
        elif repetition > 1:
            return ""
        return _leaf(value, component, subcomponent, self._lexed)

    def repetitions(self, field: int) -> list[Repetition]:
        """The occurrences of a field that are not empty."""
        value = self.raw(field)
        if not value:
            return []
        return [Repetition(part, self._lexed) for part in value.split(self._lexed.marks[2]) if part]

    def encode(self) -> str:
        return self._lexed.marks[0].join(self.raws())

    def _split(self) -> list[str]:
        return self.line.split(self._lexed.marks[0])


class Header(Segment):
    """MSH, FHS or BHS: field 1 is the separator itself, field 2 names the other delimiters; neither is ever split."""

    __slots__ = ()

    def get(self, field: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        if field > 2:
            return super().get(field, component, subcomponent, repetition)
        return self.raw(field) if component == subcomponent == repetition == 1 else ""

    def repetitions(self, field: int) -> list[Repetition]:
        if field > 2:
            return super().repetitions(field)
        value = self.raw(field)
        return [Whole(value, self._lexed)] if value else []

    def encode(self) -> str:
        name, mark, *rest = self.raws()
        return name + mark + mark.join(rest)

    def _split(self) -> list[str]:
        name, *rest = self.line.split(self._lexed.marks[0])
        return [name, self._lexed.marks[0], *rest]


class Lexed:
    """A message taken apart."""

    __slots__ = ("_built", "_lines", "_occurrences", "charset", "delimiters", "marks", "text")

    _occurrences: list[int]

    def __init__(self, text: str, delimiters: Delimiters, charset: str) -> None:
        self.text = text
        self.delimiters = delimiters
        """As declared; what MSH-2 does not name is empty."""
        self.charset = charset
        self.marks = _marks(delimiters)
        self._lines = [*filter(str.strip, _lines(text, delimiters.field))]
        self._built: list[Segment | None] = [None] * len(self._lines)

    @property
    def segments(self) -> list[Segment]:
        return [self._at(position) for position in range(len(self._lines))]

    @property
    def occurrences(self) -> list[int]:
        """For each segment, how many of its name there are up to it."""
        try:
            return self._occurrences
        except AttributeError:
            self._occurrences = list(_occurrences(self.segments))
            return self._occurrences

    def first(self, name: str) -> Segment | None:
        begin = name + self.delimiters.field
        for position, line in enumerate(self._lines):
            if line.startswith(begin) or line == name:
                return self._at(position)
        return None

    def all(self, name: str) -> list[Segment]:
        begin = name + self.delimiters.field
        return [self._at(at) for at, line in enumerate(self._lines) if line.startswith(begin) or line == name]

    def encode(self) -> str:
        """The text, put together again from its parts."""
        lines = _lines(self.text, self.delimiters.field)
        ends = [*(found[0] for found in _breaks(self.text, self.delimiters.field)), ""]
        segments = iter(self.segments)
        return "".join(
            (next(segments).encode() if line.strip() else line) + end for line, end in zip(lines, ends, strict=True)
        )

    def _at(self, position: int) -> Segment:
        segment = self._built[position]
        if segment is None:
            line = self._lines[position]
            kind = Header if line.startswith(_HEADERS) and line[3:4] == self.delimiters.field else Segment
            segment = self._built[position] = kind(line, position, self)
        return segment


@lru_cache(maxsize=64)
def _declared(head: str) -> Delimiters:
    """What MSH-1 and MSH-2 say: one to five characters in MSH-2, in the standard's order; none is made up."""
    mark = head[:1]
    if not _may_delimit(mark):
        raise ParseError("MSH-1 is not a separator", place="MSH-1")
    named = re.split(rf"[{re.escape(mark)}\r\n]", head[1:], maxsplit=1)[0]
    if not _may_delimit(named) or len(named) > 5:
        raise ParseError("MSH-2 does not name the delimiters", place="MSH-2")
    if len(set(named)) < len(named):
        raise ParseError("MSH-2 names the same delimiter twice", place="MSH-2")
    component, repetition, escape_mark, subcomponent, truncation = [*named, "", "", "", ""][:5]
    return Delimiters(mark, component, repetition, escape_mark, subcomponent, truncation)


def _may_delimit(chars: str) -> bool:
    return bool(chars) and not any(char.isalnum() or char.isspace() or not char.isprintable() for char in chars)


def _limit(text: str, delimiters: Delimiters, segments: int, repetitions: int) -> None:
    """Counts before anything is split. Blank lines count: they cost as much."""
    found = text.count("\r") + text.count("\n")
    if found > segments and (found := found - text.count("\r\n")) > segments:
        raise ParseError(
            "the message has {found} segments, more than the limit of {limit}", found=found, limit=segments
        )
    if delimiters.repetition and (found := text.count(delimiters.repetition)) > repetitions:
        raise ParseError(
            "the message has {found} repetitions, more than the limit of {limit}", found=found, limit=repetitions
        )


def _lines(text: str, mark: str) -> list[str]:
    if "\n" not in text:
        return text.split("\r")
    if text.count("\n") == text.count("\r\n") == text.count("\r"):
        return text.split("\r\n")
    return _breaking(mark).split(text)


def _breaks(text: str, mark: str) -> Iterator[re.Match[str]]:
    return _breaking(mark).finditer(text)


@lru_cache(maxsize=64)
def _breaking(mark: str) -> re.Pattern[str]:
    """A line's end. LF ends one only before a segment, an end or nothing: some write it within a value."""
    return re.compile(rf"\r\n|\r|\n(?=[A-Z][A-Z0-9]{{2}}(?:{re.escape(mark)}|[\r\n]|\Z)|[\r\n]|\Z)")


def _occurrences(segments: list[Segment]) -> Iterator[int]:
    counts: dict[str, int] = {}
    for segment in segments:
        counts[segment.name] = counts.get(segment.name, 0) + 1
        yield counts[segment.name]


@lru_cache(maxsize=64)
def _marks(delimiters: Delimiters) -> tuple[str, ...]:
    """The delimiters to split by: a plain tuple, which unpacks faster, with what no line holds for those not named."""
    return tuple(mark or _ABSENT for mark in delimiters)


def _leaf(value: str, component: int, subcomponent: int, lexed: Lexed) -> str:
    _, outer, _, mark, inner, _ = lexed.marks
    if outer in value:
        parts = value.split(outer, component)
        value = parts[component - 1] if component <= len(parts) else ""
    elif component > 1:
        return ""
    if inner in value:
        parts = value.split(inner, subcomponent)
        value = parts[subcomponent - 1] if subcomponent <= len(parts) else ""
    elif subcomponent > 1:
        return ""
    return unescape(value, lexed.delimiters, lexed.charset) if mark in value else value
