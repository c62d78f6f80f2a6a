"""Reads who sent a message and what it is called, from its first line alone, however bad the rest is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plugins.hl7.charset import codec_of, declaration
from plugins.hl7.delimiters import Delimiters

_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]{0,100}([^\r\n]{0,4000})")
_STANDARD = Delimiters()
_CONTROL_IDS = {"MSH": 10, "FHS": 11, "BHS": 11}


@dataclass(frozen=True, slots=True)
class Head:
    """A first line as written, for answering it: ``fields[10]`` is MSH-10. What is absent is empty."""

    fields: tuple[str, ...]
    delimiters: Delimiters
    codec: str

    @classmethod
    def of(cls, fields: list[str], delimiters: Delimiters, codec: str) -> Head:
        """That of a message which was taken apart; the name of the segment stands at 0."""
        return cls((*fields[:19], *[""] * (19 - len(fields))), delimiters, codec)

    @classmethod
    def read(cls, body: bytes) -> Head:
        """As well as can be; what does not decode is carried through unchanged (PEP 383)."""
        found = _FIRST_LINE.match(body)
        line = found[1] if found else b""
        codec = codec_of(declaration(line))
        text = line.decode(codec, "surrogateescape")
        delimiters = _delimiters(text)
        if text[:3] not in _CONTROL_IDS or delimiters is None:
            return cls.of([""], _STANDARD, codec)
        name, *rest = text.split(delimiters.field)
        return cls.of([name, delimiters.field, *rest], delimiters, codec)

    @property
    def control_id(self) -> str:
        return self.fields[_CONTROL_IDS.get(self.fields[0], 0)]

    @property
    def type(self) -> str:
        """MSH-9.1: ADT, ORU, ACK …"""
        return self._first(9) if self.fields[0] == "MSH" else ""

    @property
    def trigger(self) -> str:
        mark = self.delimiters.component
        parts = self.fields[9].split(mark) if mark and self.fields[0] == "MSH" else []
        return parts[1] if len(parts) > 1 else ""

    @property
    def version(self) -> str:
        """MSH-12.1, as written."""
        return self._first(12) if self.fields[0] == "MSH" else ""

    @property
    def processing_id(self) -> str:
        return self.fields[11] if self.fields[0] == "MSH" else ""

    @property
    def charset(self) -> str:
        return self.fields[18] if self.fields[0] == "MSH" else ""

    def _first(self, field: int) -> str:
        mark = self.delimiters.component
        return self.fields[field].partition(mark)[0] if mark else self.fields[field]


def _delimiters(text: str) -> Delimiters | None:
    """Those of a header, or None; not as strict as the lexer, so that more senders get an answer."""
    mark = text[3:4]
    if not mark or mark.isalnum() or mark.isspace():
        return None
    named = text[4:9].partition(mark)[0]
    if not named or named[0].isalnum():
        return None
    component, repetition, escape, subcomponent, truncation = [*named, "", "", "", ""][:5]
    return Delimiters(mark, component, repetition, escape, subcomponent, truncation)
