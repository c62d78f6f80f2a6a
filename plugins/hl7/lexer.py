"""Takes HL7 v2 text apart without losing any of it: segments, fields, repetitions, components, subcomponents.

Text, not bytes: 464 Chinese characters hold a delimiter byte in GB18030, so a message is decoded before it is split.
No segment is split before it is asked for, no field before a part of it is, and escapes are decoded in the leaf.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hub import ParseError
from plugins.hl7.delimiters import Delimiters, escape, unescape
from plugins.hl7.limits import within

__all__ = ["NULL", "Delimiters", "Lexed", "Repetition", "Segment", "escape", "lex", "unescape"]

NULL = '""'
"""A field of these two characters deletes what was known; an empty one says nothing."""

SEGMENTS, REPETITIONS = 20_000, 100_000
HEADERS = ("MSH", "FHS", "BHS")
"""Here field 1 is the separator itself and field 2 names the other delimiters; neither is ever split."""
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
    marks = _declared(text[start + 3 : start + 12], charset)
    if len(text) > segments or len(text) > repetitions:
        within(text, marks.declared.repetition, segments, repetitions)
    return Lexed(text, marks)


@dataclass(frozen=True, slots=True)
class Marks:
    """What all of a message is read with."""

    declared: Delimiters
    splitters: tuple[str, ...]
    """A plain tuple, which unpacks faster, with something no line holds in place of what MSH-2 does not name."""
    charset: str


class Repetition:
    """One occurrence of a field's value."""

    __slots__ = ("_marks", "raw")

    def __init__(self, raw: str, marks: Marks) -> None:
        self.raw = raw
        self._marks = marks

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        """Decoded text of one leaf; empty when absent, ``NULL`` when the sender deletes it."""
        return _leaf(self.raw, component, subcomponent, self._marks)

    def components(self) -> list[str]:
        """Each component decoded; subcomponents stay joined as written."""
        _, outer, _, mark, _, _ = self._marks.splitters
        parts = self.raw.split(outer)
        if mark not in self.raw:
            return parts
        return [unescape(part, self._marks.declared, self._marks.charset) for part in parts]

    def leaves(self) -> list[list[str]]:
        """Each component as its subcomponents, all decoded."""
        _, outer, _, mark, inner, _ = self._marks.splitters
        found = [part.split(inner) for part in self.raw.split(outer)]
        if mark not in self.raw:
            return found
        declared, charset = self._marks.declared, self._marks.charset
        return [[unescape(leaf, declared, charset) for leaf in part] for part in found]

    def cut(self, after: int) -> tuple[Repetition, Repetition]:
        """The first components, and all that follows as one: data that holds delimiters, or is too long to split."""
        outer = self._marks.splitters[1]
        pieces = self.raw.split(outer, after)
        rest = pieces.pop() if len(pieces) > after else ""
        return Repetition(outer.join(pieces), self._marks), Repetition(rest, self._marks)


class Whole(Repetition):
    """MSH-1 or MSH-2, which are never split."""

    __slots__ = ()

    def get(self, component: int = 1, subcomponent: int = 1) -> str:
        return self.raw if component == subcomponent == 1 else ""

    def components(self) -> list[str]:
        return [self.raw]

    def leaves(self) -> list[list[str]]:
        return [[self.raw]]


class Segment:
    """One line of a message."""

    __slots__ = ("_marks", "name", "occurrence", "position", "raws")

    def __init__(self, raws: list[str], position: int, occurrence: int, marks: Marks) -> None:
        self.raws = raws
        """Every field as written; the name stands at 0, so that PID-3 is ``raws[3]``."""
        self.name = raws[0]
        self.position = position
        """Counted from 0 over all segments of the message."""
        self.occurrence = occurrence
        """Counted from 1 over the segments of the same name."""
        self._marks = marks

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
        if not value:
            return value
        if value.isalnum():  # the common case, and no delimiter is alphanumeric
            return value if component == subcomponent == repetition == 1 else ""
        if field < 3 and self.name in HEADERS:
            return value if component == subcomponent == repetition == 1 else ""
        marks = self._marks
        _, outer, between, mark, inner, _ = marks.splitters
        if between in value:
            value = _part(value, between, repetition)
        elif repetition > 1:
            return ""
        if outer in value:
            value = _part(value, outer, component)
        elif component > 1:
            return ""
        if inner in value or subcomponent > 1:
            value = _part(value, inner, subcomponent)
        return unescape(value, marks.declared, marks.charset) if mark in value else value

    def repetitions(self, field: int) -> list[Repetition]:
        """The occurrences of a field that are not empty."""
        value = self.raw(field)
        if not value:
            return []
        marks = self._marks
        if field < 3 and self.name in HEADERS:
            return [Whole(value, marks)]
        between = marks.splitters[2]
        if between not in value:
            return [Repetition(value, marks)]
        return [Repetition(part, marks) for part in value.split(between) if part]

    def whole(self, field: int) -> Repetition:
        """A field as one value, for data in which the mark between repetitions is a character like others."""
        return Repetition(self.raw(field), self._marks)

    def rewritten(self, raws: list[str]) -> Segment:
        """The same segment with other fields."""
        return Segment(raws, self.position, self.occurrence, self._marks)

    def encode(self) -> str:
        mark = self._marks.declared.field
        if self.name in HEADERS and self.fields:
            return self.name + mark + mark.join(self.raws[2:])
        return mark.join(self.raws)


class Lexed:
    """A message taken apart."""

    __slots__ = ("_built", "_firsts", "_lines", "marks", "text")

    def __init__(self, text: str, marks: Marks) -> None:
        self.text = text
        self.marks = marks
        lines = text.split("\r") if "\n" not in text else _lines(text, marks.declared.field)
        if not lines[-1]:
            lines.pop()
        self._lines = lines if "" not in lines else [line for line in lines if line]
        self._built: list[Segment] = []
        self._firsts: dict[str, Segment | None] = {}

    @property
    def delimiters(self) -> Delimiters:
        """As declared; what MSH-2 does not name is empty."""
        return self.marks.declared

    @property
    def header(self) -> Segment:
        """MSH, with which every message begins."""
        found = self.first("MSH")
        if found is None:
            raise AssertionError("lex() lets no message in without it")
        return found

    @property
    def segments(self) -> list[Segment]:
        if not self._built:
            self._built = _segments(self._lines, self.marks)
        return self._built

    def first(self, name: str) -> Segment | None:
        try:
            return self._firsts[name]
        except KeyError:
            found = self._firsts[name] = self._find(name)
            return found

    def all(self, name: str) -> list[Segment]:
        if self._built:
            return [segment for segment in self._built if segment.name == name]
        mark = self.marks.splitters[0]
        begin = name + mark
        found = [at for at, line in enumerate(self._lines) if line.startswith(begin) or line == name]
        return [
            _segment(self._lines[position].split(mark), position, occurrence, self.marks)
            for occurrence, position in enumerate(found, start=1)
        ]

    def encode(self) -> str:
        """The text, put together again from its parts."""
        mark = self.marks.declared.field
        ends = [*(found[0] for found in _breaking(mark).finditer(self.text)), ""]
        segments = iter(self.segments)
        return "".join(
            (next(segments).encode() if line else "") + end
            for line, end in zip(_lines(self.text, mark), ends, strict=True)
        )

    def _find(self, name: str) -> Segment | None:
        if self._built:
            return next((segment for segment in self._built if segment.name == name), None)
        marks = self.marks
        mark = marks.splitters[0]
        for position, line in enumerate(self._lines):
            if line.startswith(name):
                raws = line.split(mark)
                if raws[0] == name:
                    return _segment(raws, position, 1, marks)
        return None


def _segments(lines: list[str], marks: Marks) -> list[Segment]:
    mark = marks.splitters[0]
    seen: dict[str, int] = {}
    built = []
    for position, line in enumerate(lines):
        raws = line.split(mark)
        name = raws[0]
        seen[name] = occurrence = seen.get(name, 0) + 1
        built.append(_segment(raws, position, occurrence, marks))
    return built


def _segment(raws: list[str], position: int, occurrence: int, marks: Marks) -> Segment:
    """A header's fields at their numbers too: the separator is the first, where there is one."""
    if raws[0] in HEADERS and len(raws) > 1:
        raws.insert(1, marks.splitters[0])
    return Segment(raws, position, occurrence, marks)


@lru_cache(maxsize=64)
def _declared(head: str, charset: str) -> Marks:
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
    return Marks(declared, tuple(char or _ABSENT for char in declared), charset)


def _may_delimit(chars: str) -> bool:
    return bool(chars) and not any(char.isalnum() or char.isspace() or not char.isprintable() for char in chars)


def _lines(text: str, mark: str) -> list[str]:
    if text.count("\n") == text.count("\r\n") == text.count("\r"):
        return text.split("\r\n")
    return _breaking(mark).split(text)


@lru_cache(maxsize=64)
def _breaking(mark: str) -> re.Pattern[str]:
    """A line's end. LF ends one only before a segment, an end or nothing: some write it within a value."""
    return re.compile(rf"\r\n|\r|\n(?=[A-Z][A-Z0-9]{{2}}(?:{re.escape(mark)}|[\r\n]|\Z)|[\r\n]|\Z)")


def _leaf(value: str, component: int, subcomponent: int, marks: Marks) -> str:
    _, outer, _, mark, inner, _ = marks.splitters
    if outer in value:
        value = _part(value, outer, component)
    elif component > 1:
        return ""
    if inner in value or subcomponent > 1:
        value = _part(value, inner, subcomponent)
    return unescape(value, marks.declared, marks.charset) if mark in value else value


def _part(value: str, mark: str, number: int) -> str:
    if number == 1:
        return value.partition(mark)[0]
    parts = value.split(mark, number)
    return parts[number - 1] if number <= len(parts) else ""
