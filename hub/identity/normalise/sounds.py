"""How names are spoken: Hanyu Pinyin without tones, surnames as surnames are read."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate

from hub.identity.normalise.spelling import character_lines
from hub.identity.normalise.surnames import COMPOUND, READINGS

_LONGEST_WITH_SURNAME = 4


def surname_length(name: str) -> int:
    """Of a folded name of ideographs, in characters: a name of two characters has a surname of one."""
    return 2 if len(name) > 2 and name[:2] in COMPOUND else 1


@cache
def _table() -> tuple[str, list[int], list[str]]:
    """All characters, where each syllable's end, and the syllables: a hundred times smaller than a mapping."""
    parts = [line.partition(" ") for line in character_lines("readings.txt")]
    ends = accumulate(len(characters) for _, _, characters in parts)
    return "".join(characters for _, _, characters in parts), list(ends), [syllable for syllable, _, _ in parts]


@cache
def syllables() -> frozenset[str]:
    """All that a character is read as, but for 嗯, 呣 and 喔."""
    return frozenset(_table()[2]) - {"n", "m", "o"}


@lru_cache(maxsize=65_536)
def reading(character: str) -> str:
    """The commonest one of a folded ideograph; empty where none is known."""
    characters, ends, syllables = _table()
    place = characters.find(character)
    return syllables[bisect_right(ends, place)] if place >= 0 else ""


@lru_cache(maxsize=65_536)
def sound(name: str) -> str:
    """A syllable for each character of a folded name: ``曾小伟`` is ``zeng xiao wei``; what nobody reads stays."""
    length = surname_length(name) if len(name) <= _LONGEST_WITH_SURNAME else 0
    surname = READINGS.get(name[:length])
    first = surname or map(_spoken, name[:length])
    return " ".join((*first, *map(_spoken, name[length:])))


def _spoken(character: str) -> str:
    return reading(character) or character
