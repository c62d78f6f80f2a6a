"""How common names are at this site, counted on the base itself; what few people bear is not written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hub.identity.normalise import Name
from hub.identity.scoring.frequency import Frequency, usual
from hub.identity.scoring.naming import parse

MANY = 1_000
"""Names; of fewer nothing is concluded."""
FEWEST = 20
"""Bearers of a surname, a character or a word: one that fewer have is as rare as any."""


def counted(names: Iterable[Name]) -> Frequency:
    """Shares of surnames, of characters in given names and of words, in the place of the usual ones."""
    surnames, given, words = Counter[str](), Counter[str](), Counter[str]()
    for name in map(parse, names):
        if name.han and name.surname:
            surnames[name.text[: name.surname]] += 1
            given.update(name.text[name.surname :])
        elif not name.han:
            words.update(name.sounds)
    usually = usual()
    return Frequency(
        _shares(surnames, surnames.total()) or usually.surnames,
        _shares(given, given.total()) or usually.given,
        _shares(words, words.total()) or usually.words,
        usually.average,
    )


def _shares(counts: Counter[str], total: int) -> dict[str, float]:
    if total < MANY:
        return {}
    return {each: round(number / total, 6) for each, number in sorted(counts.items()) if number >= FEWEST}
