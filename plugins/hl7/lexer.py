"""Takes HL7 v2 text apart without losing any of it: segments, fields, repetitions, components, subcomponents.

Text, not bytes: 464 Chinese characters hold a delimiter byte in GB18030, so a message is decoded before it is split.
No segment is split before it is asked for, no field before a part of it is, and escapes are decoded in the leaf.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

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
    start = 0 if text.startswith("MSH") else len(text) - len(text.lstrip("\r\n"))
    if not text.startswith("MSH", start):
        raise ParseError("the message does not begin with MSH", place="MSH")
    marks = _declared(text[start + 3 : start + 12])
    if len(text) > segments or len(text) > repetitions:
        _limit(text, marks.declared, segments, repetitions)
    return Lexed(text, marks, charset)


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
        return [unescape(part, lexed.delimiters, lexed.charset) for part in self.raw.split(lexed.splitters[1])]


class Whole(Repetition):
    """MSH-1 or MSH-2, which are never split."""

    __slots__ = ()

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        return self.raw if component == subcomponent == 1 else ""

    def components(self) -> list[str]:
        return [self.raw]


class Segment:
    """One line of a message."""

    __slots__ = ("_lexed", "name", "position", "raws")

    def __init__(self, raws: list[str], position: int, lexed: Lexed) -> None:
        self.raws = raws
        """Every field as written; the name stands at 0, so that PID-3 is ``raws[3]``."""
        self.name = raws[0]
        self.position = position
        """Counted from 0 over all segments of the message."""
        self._lexed = lexed

    @property
    def occurrence(self) -> int:
        """Counted from 1 over the segments of the same name."""
        return self._lexed.occurrences[self.position]

    @property
    def fields(self) -> int:
        """The number of the last field that is written."""
        return len(self.raws) - 1

    def raw(self, field: int) -> str:
        """A whole field as written, escapes included; empty when absent."""
        try:
            return self.raws[field]
        except IndexError:
            return ""

    def get(self, field: int, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str:
        """Decoded text of one leaf; empty when absent, ``NULL`` when the sender deletes it."""
        try:
            value = self.raws[field]
        except IndexError:
            return ""
        if value.isalnum():  # the common case, and no delimiter is alphanumeric
            return value if component == subcomponent == repetition == 1 else ""
        if not value:
            return value
        mark = self._lexed.splitters[2]
        if mark in value:
            value = _part(value, mark, repetition)
        elif repetition > 1:
            return ""
        return _leaf(value, component, subcomponent, self._lexed)

    def repetitions(self, field: int) -> list[Repetition]:
        """The occurrences of a field that are not empty."""
        value = self.raw(field)
        if not value:
            return []
        return [Repetition(part, self._lexed) for part in value.split(self._lexed.splitters[2]) if part]

    def encode(self) -> str:
        return self._lexed.delimiters.field.join(self.raws)


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
        name, mark, *rest = self.raws
        return name + mark + mark.join(rest)


class Lexed:
    """A message taken apart."""

    __slots__ = ("_built", "_lines", "_occurrences", "charset", "delimiters", "splitters", "text")

    _occurrences: list[int]

    def __init__(self, text: str, marks: Marks, charset: str) -> None:
        self.text = text
        self.delimiters, self.splitters = marks
        self.charset = charset
        lines = text.split("\r") if "\n" not in text else _lines(text, self.delimiters.field)
        if not lines[-1]:
            lines.pop()
        self._lines = lines if "" not in lines else [line for line in lines if line]
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
        mark = self.delimiters.field
        ends = [*(found[0] for found in _breaking(mark).finditer(self.text)), ""]
        segments = iter(self.segments)
        return "".join(
            (next(segments).encode() if line else "") + end
            for line, end in zip(_lines(self.text, mark), ends, strict=True)
        )

    def _at(self, position: int) -> Segment:
        segment = self._built[position]
        if segment is None:
            mark = self.delimiters.field
            raws = self._lines[position].split(mark)
            if raws[0] in _HEADERS:
                raws.insert(1, mark)
                segment = Header(raws, position, self)
            else:
                segment = Segment(raws, position, self)
            self._built[position] = segment
        return segment


class Marks(NamedTuple):
    """The delimiters of a message, as declared and to split by."""

    declared: Delimiters
    splitters: tuple[str, ...]
    """A plain tuple, which unpacks faster, with something no line holds in place of what MSH-2 does not name."""


@lru_cache(maxsize=64)
def _declared(head: str) -> Marks:
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
    declared = Delimiters(mark, component, repetition, escape_mark, subcomponent, truncation)
    return Marks(declared, tuple(char or _ABSENT for char in declared))


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
    if text.count("\n") == text.count("\r\n") == text.count("\r"):
        return text.split("\r\n")
    return _breaking(mark).split(text)


@lru_cache(maxsize=64)
def _breaking(mark: str) -> re.Pattern[str]:
    """A line's end. LF ends one only before a segment, an end or nothing: some write it within a value."""
    return re.compile(rf"\r\n|\r|\n(?=[A-Z][A-Z0-9]{{2}}(?:{re.escape(mark)}|[\r\n]|\Z)|[\r\n]|\Z)")


def _occurrences(segments: list[Segment]) -> Iterator[int]:
    counts: dict[str, int] = {}
    for segment in segments:
        counts[segment.name] = counts.get(segment.name, 0) + 1
        yield counts[segment.name]


def _leaf(value: str, component: int, subcomponent: int, lexed: Lexed) -> str:
    _, outer, _, mark, inner, _ = lexed.splitters
    if outer in value:
        value = _part(value, outer, component)
    elif component > 1:
        return ""
    if inner in value:
        value = _part(value, inner, subcomponent)
    elif subcomponent > 1:
        return ""
    return unescape(value, lexed.delimiters, lexed.charset) if mark in value else value


def _part(value: str, mark: str, number: int) -> str:
    parts = value.split(mark, number)
    return parts[number - 1] if number <= len(parts) else ""
