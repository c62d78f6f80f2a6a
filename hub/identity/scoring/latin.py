"""Levels of names in Latin letters: words in any order, typing errors, initials; and pinyin beside Han characters."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from hub.identity.scoring.naming import Parsed

_SAME, _NEAR, _FAR, _OTHER = 3, 2, 1, 0
_BY_GRADES = {
    (3, 3): "words_same",
    (2, 3): "word_misspelt",
    (2, 2): "words_misspelt",
    (1, 3): "word_mangled",
    (1, 2): "words_mangled",
    (0, 3): "word_same",
    (1, 1): "word_alike",
    (0, 2): "word_alike",
    (0, 1): "no_word",
    (0, 0): "no_word",
}
"""By the worst and the best word."""


def level_of_latin(one: Parsed, other: Parsed) -> str:
    if one.sounds == other.sounds or one.text == other.text:
        return "words_same"
    grades = graded(one.sounds, other.sounds)
    if not grades:
        return "no_word"
    level = _BY_GRADES[min(grades), max(grades)]
    if len(one.sounds) != len(other.sounds) and min(len(one.sounds), len(other.sounds)) == 1:
        return {"words_same": "subset_of_words", "words_misspelt": "word_alike"}.get(level, "no_word")
    return level


def level_across(han: Parsed, latin: Parsed) -> str:
    """张小伟 beside ZHANG Xiaowei, Xiaowei Zhang or zhangxiaowei."""
    joined = "".join(han.sounds)
    turned = "".join(han.sounds[han.surname :] + han.sounds[: han.surname])
    written = "".join(latin.sounds)
    return "pinyin" if written in (joined, turned) else "none"


def graded(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[int, ...]:
    """Each word of the shorter name with the best that is left of the longer."""
    short, left = (one, list(other)) if (len(one), one) <= (len(other), other) else (other, list(one))
    found = []
    for word in sorted(short, key=lambda each: (-max((_grade(each, word) for word in left), default=0), each)):
        best = max(left, key=lambda each: (_grade(word, each), each))
        found.append(_grade(word, best))
        left.remove(best)
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def _grade(one: str, other: str) -> int:
    if one == other:
        return _SAME
    likeness = JaroWinkler.similarity(one, other)
    if likeness >= 0.92 or OSA.distance(one, other) <= 1 < min(len(one), len(other)):
        return _NEAR
    edits = OSA.distance(one, other)
    return _FAR if likeness >= 0.8 or edits * 3 <= max(len(one), len(other)) else _OTHER
