"""Levels of resident's ID numbers: one digit wrong is a slip, two sound numbers are two people."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from hub.identity.normalise import Description

_RANK = (
    "equal",
    "equal_with_fault",
    "transposed",
    "one_edit",
    "two_edits",
    "cut",
    "one_edit_valid",
    "other_invalid",
    "other",
)
MISTYPED = frozenset({"transposed", "one_edit", "two_edits", "one_edit_valid"})
_SHORTEST_CUT = 12


def level_of(one: Description, other: Description) -> str:
    """Empty where either has none."""
    if one.id_numbers and other.id_numbers:
        if any(number in other.id_numbers for number in one.id_numbers):
            return "equal"
        if not (one.doubtful or other.doubtful) and len(one.id_numbers) == 1 == len(other.id_numbers):
            return _of_sound(one.id_numbers[0], other.id_numbers[0])
    mine, theirs = _numbers(one), _numbers(other)
    if not (mine and theirs):
        return ""
    return min((_level(a, b) for a in mine for b in theirs), key=_RANK.index)


def _numbers(description: Description) -> list[tuple[str, bool]]:
    sound = [(number, True) for number in description.id_numbers]
    return sound + [(number, False) for number in description.doubtful] if description.doubtful else sound


def _level(one: tuple[str, bool], other: tuple[str, bool]) -> str:
    if one[1] and other[1]:
        return "equal" if one[0] == other[0] else _of_sound(one[0], other[0])
    a, b = one[0], other[0]
    if a == b:
        return "equal_with_fault"
    distance = OSA.distance(a, b, score_cutoff=2)
    if distance == 1:
        return "transposed" if len(a) == len(b) and sorted(a) == sorted(b) else "one_edit"
    if distance == 2:
        return "two_edits"
    short, long = (a, b) if len(a) < len(b) else (b, a)
    return "cut" if _SHORTEST_CUT <= len(short) < len(long) and long.startswith(short) else "other_invalid"


def _of_sound(one: str, other: str) -> str:
    """Two numbers without fault, though one may have got a new check digit with its wrong digit.

    Cut off after fifteen characters it may look like a number of the old kind, which had as many.
    """
    if one[:6] + one[8:17] == other[:15] or other[:6] + other[8:17] == one[:15]:
        return "cut"
    return "one_edit_valid" if OSA.distance(one[:17], other[:17], score_cutoff=1) == 1 else "other"
