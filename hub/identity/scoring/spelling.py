"""Pinyin written together: ZHANG XIAOWEI and zhangxiaowei are three syllables, as 张小伟 is."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from hub.identity.normalise.sounds import syllables

_LONGEST = 6
"""Letters of a syllable."""
_SYLLABLES = 4
"""Of a name."""
_MOST = 4
"""Ways to part a name: fangan is fan gan or fang an."""


@lru_cache(maxsize=1 << 14)
def as_syllables(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Ways in which these words are syllables of a Han name of two to four; none for Sarah Miller."""
    found = product(*(_parted(word, _SYLLABLES) for word in words))
    whole = (tuple(syllable for word in way for syllable in word) for way in found)
    return tuple(islice((way for way in whole if 2 <= len(way) <= _SYLLABLES), _MOST))


def _parted(word: str, most: int) -> list[tuple[str, ...]]:
    """The longest syllables first."""
    if not word:
        return [()]
    return [
        (word[:end], *rest)
        for end in range(min(len(word), _LONGEST) if most else 0, 0, -1)
        if word[:end] in syllables()
        for rest in _parted(word[end:], most - 1)
    ]
