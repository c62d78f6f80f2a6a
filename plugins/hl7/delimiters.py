"""The characters that structure an HL7 v2 message, and how text holds them: escape sequences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Delimiters(NamedTuple):
    """What MSH-1 and MSH-2 declare; empty where MSH-2 is too short to name it."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""


def unescape(text: str, delimiters: Delimiters, charset: str = "utf-8") -> str:
    """The text of a leaf. Sequences we do not know, and what is not ended, stay as they are; nothing is split again.

    Bytes in hexadecimal escapes are in the message's charset.
    """
    mark = delimiters.escape
    if not mark or mark not in text:
        return text
    known = _known(delimiters)

    def meaning(found: re.Match[str]) -> str:
        code = found[1]
        return known[code] if code in known else _rare(code, charset, found[0])

    return _sequence(mark).sub(meaning, text)


def escape(text: str, delimiters: Delimiters) -> str:
    """The inverse, for building. Where the sender declared no escape character, delimiters become blanks."""
    if not _special(delimiters).search(text):
        return text
    return text.translate(_escapes(delimiters))


def _rare(code: str, charset: str, written: str) -> str:
    """Bytes in hexadecimal, and vertical space."""
    if code[:1] == "X":
        try:
            return bytes.fromhex(code[1:]).decode(charset) if code[1:].isalnum() else written
        except ValueError:
            return written
    lines = re.fullmatch(r"\.sp\+?([0-9]{1,2})", code)
    return "\n" * int(lines[1]) if lines else written


@lru_cache(maxsize=64)
def _known(delimiters: Delimiters) -> dict[str, str]:
    marks = {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "P": delimiters.truncation,
    }
    declared = {code: mark for code, mark in marks.items() if mark}
    return declared | {"H": "", "N": "", ".br": "\n", ".sp": "\n"}


@lru_cache(maxsize=64)
def _sequence(mark: str) -> re.Pattern[str]:
    one = re.escape(mark)
    return re.compile(f"{one}([^{one}]*){one}")


@lru_cache(maxsize=64)
def _special(delimiters: Delimiters) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(delimiters))}\r\n]")


@lru_cache(maxsize=64)
def _escapes(delimiters: Delimiters) -> dict[int, str]:
    mark = delimiters.escape
    codes = {"\r": "X0D", "\n": ".br"} | {char: code for code, char in _known(delimiters).items() if code in "FSTREP"}
    if not mark:
        return {ord(char): " " for char in codes}
    return {ord(char): f"{mark}{code}{mark}" for char, code in codes.items()}
