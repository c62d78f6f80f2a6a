"""Levels of what a household shares: phones and addresses."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from hub.identity.normalise import Address

_DOORS = ("door", "door_alike", "village", "alike", "number", "other")
_AREAS = ("same", "same_alike", "alike", "part", "other")
_CLOSE = 0.88


def level_of_phones(ones: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Empty where either has none."""
    if not (ones and others):
        return ""
    for phone in ones:
        if phone in others:
            return "same"
    for one in ones:
        for other in others:
            if OSA.distance(one, other, score_cutoff=1) == 1:
                return "one_edit"
    return "other"


def levels_of_addresses(ones: tuple[Address, ...], others: tuple[Address, ...]) -> tuple[str, str]:
    """The door and the area of the two that are nearest; empty where one of the two does not know it."""
    if not (ones and others):
        return "", ""
    if len(ones) == 1 == len(others):
        return levels_of_address(ones[0], others[0])
    return min((levels_of_address(one, other) for one in ones for other in others), key=_rank)


def _rank(levels: tuple[str, str]) -> tuple[float, float]:
    """Not known is between agreeing and not."""
    door, area = levels
    return _DOORS.index(door) if door else 4.5, _AREAS.index(area) if area else 3.5


@lru_cache(maxsize=1 << 15)
def levels_of_address(one: Address, other: Address) -> tuple[str, str]:
    return _door(one, other), _area(one.units, other.units)


def _door(one: Address, other: Address) -> str:
    mine, theirs = _place(one, other), _place(other, one)
    if not (mine and theirs):
        return ""
    numbers = bool(one.numbers and other.numbers) and _one_leads(one.numbers, other.numbers)
    if mine == theirs:
        return "door" if numbers else "village"
    if _spelt_alike(mine, theirs):
        return "door_alike" if numbers else "alike"
    return "number" if numbers else "other"


def _place(one: Address, other: Address) -> str:
    """Where no village was made out on either side, a whole door in one town is as good."""
    if one.village or other.village or not (one.units and len(one.numbers) > 1 < len(other.numbers)):
        return one.village
    return one.units[-1]


def _one_leads(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """The same, or one is the other without its room, or without what comes before."""
    known = min(len(one), len(other))
    return one[:known] == other[:known] or (known > 1 and one[-known:] == other[-known:])


def _area(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Of the last units that both know: the town, or the town and its postcode."""
    if not (one and other):
        return ""
    if one[-2:] == other[-2:]:
        return "same"
    shared = set(one[-2:]) & set(other[-2:])
    alike = _units_alike(one, other)
    if shared:
        return "same_alike" if alike else "alike"
    if alike:
        return "alike"
    return "part" if set(one) & set(other) else "other"


def _units_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return any(a != b and _spelt_alike(a, b) for a, b in zip(one[-2:], other[-2:], strict=False))


def _spelt_alike(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) > 1 and short in long:
        return True
    return short.isascii() and (
        JaroWinkler.similarity(one, other) >= _CLOSE or (len(short) > 3 and OSA.distance(one, other) == 1)
    )
