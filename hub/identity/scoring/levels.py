"""What levels mean together."""

from __future__ import annotations

from collections.abc import Mapping

OTHER_GIVEN = frozenset(
    {
        "one_differs",
        "look_alike_short",
        "surname_masked",
        "nickname",
        "surname_only",
        "surname_differs",
        "short_given_only",
        "none",
        "word_same",
        "word_alike",
        "no_word",
    }
)
"""Levels of names of two people, as often as not."""


def is_name(level: str) -> bool:
    """One name, however it was written."""
    return bool(level) and level not in OTHER_GIVEN


WHOLE = frozenset({"exact", "same_sound", "fuzzy_sound", "reordered", "pinyin", "words_same"})
"""Levels of a name whose every part is there."""

AT_HOME = (
    ("phone", "same"),
    ("address", "door"),
    ("address", "door_alike"),
    ("mother", "same_number"),
    ("mother", "same_name"),
)


def one_home(levels: Mapping[str, str]) -> bool:
    return any(levels.get(field) == level for field, level in AT_HOME)


HOUSEHOLD = frozenset({"phone", "address", "area", "mother", "household"})
"""Fields that people at home share."""
