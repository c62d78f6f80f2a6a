"""Counts what a message is made of before anything of it is split."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from hub import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRETCH = 1_000_000


def within(text: str, repetition: str, segments: int, repetitions: int) -> None:
    """``ParseError`` for more of either than allowed. Blank lines count: they cost as much."""
    if _is_more(_ends(text), segments):
        raise ParseError("the message has more segments than the limit of {limit}", limit=segments)
    marks = (text.count(repetition, begin, begin + _STRETCH) for begin in _stretches(text))
    if repetition and _is_more(marks, repetitions):
        raise ParseError("the message has more field repetitions than the limit of {limit}", limit=repetitions)


def _is_more(counts: Iterator[int], limit: int) -> bool:
    """Counts no further than needed."""
    return any(found > limit for found in accumulate(counts))


def _ends(text: str) -> Iterator[int]:
    """Line ends in each stretch; CRLF is one, also across two stretches."""
    for begin in _stretches(text):
        end = begin + _STRETCH
        pairs = text.count("\r\n", begin, end) + (text[begin - 1 : begin + 1] == "\r\n")
        yield text.count("\r", begin, end) + text.count("\n", begin, end) - pairs


def _stretches(text: str) -> range:
    return range(0, len(text), _STRETCH)
