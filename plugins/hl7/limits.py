"""Counts what a message is made of before anything of it is split."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from hub import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRETCH = 65_536


def within(text: str, repetition: str, segments: int, repetitions: int) -> None:
    """``ParseError`` for more of either than allowed. Blank lines count: they cost as much."""
    if _is_more(_ends(text), segments):
        raise ParseError("the message has more segments than the limit of {limit}", limit=segments)
    if repetition and _is_more(_counts(text, repetition), repetitions):
        raise ParseError("the message has more field repetitions than the limit of {limit}", limit=repetitions)


def _is_more(counts: Iterator[int], limit: int) -> bool:
    """Counts no further than needed."""
    return any(found > limit for found in accumulate(counts))


def _ends(text: str) -> Iterator[int]:
    """Line ends; CRLF is one."""
    if "\n" not in text:
        yield from _counts(text, "\r")
        return
    for begin in range(0, len(text), _STRETCH):
        end = begin + _STRETCH
        pairs = text.count("\r\n", begin, end) + (text[begin - 1 : begin + 1] == "\r\n")
        yield text.count("\r", begin, end) + text.count("\n", begin, end) - pairs


def _counts(text: str, mark: str) -> Iterator[int]:
    """How often a mark is there, stretch by stretch; what lies between them, such as a document, is leapt over."""
    begin = text.find(mark)
    while begin >= 0:
        end = begin + _STRETCH
        yield text.count(mark, begin, end)
        begin = text.find(mark, end)
