"""What two persons' names are worth together: the best pair of them, by how common it is."""

from __future__ import annotations

from functools import lru_cache

from hub.identity.normalise import Name
from hub.identity.scoring.finding import Finding
from hub.identity.scoring.latin import level_across, level_of_latin
from hub.identity.scoring.model import Model
from hub.identity.scoring.naming import Parsed, level_of_han, parse

_BY_FREQUENCY = {
    "exact": 1.0,
    "words_same": 1.0,
    "word_misspelt": 0.8,
    "words_misspelt": 0.6,
    "same_sound": 0.5,
    "dialect": 0.5,
    "pinyin": 0.5,
    "fuzzy_sound": 0.4,
}
_LEAST, _MOST = -6.0, 4.0
"""So much the frequency of a name takes away or adds at most."""


def compare_names(ones: tuple[Name, ...], others: tuple[Name, ...], model: Model) -> Finding | None:
    if not (ones and others):
        return None
    if len(ones) == 1 == len(others):
        return _compare(ones[0], others[0], model)
    return max((_compare(one, other, model) for one in ones for other in others), key=_worth)


def most_of_names(ones: tuple[Name, ...], others: tuple[Name, ...], model: Model) -> float:
    """No less than ``compare_names`` finds, without asking how common the names are."""
    levels = [level_of(*((one, other) if one.text <= other.text else (other, one))) for one in ones for other in others]
    return max(model.found["name"][level].bits + _BY_FREQUENCY.get(level, 0.0) * _MOST for level in levels)


def _worth(finding: Finding) -> tuple[float, str]:
    return finding.bits, finding.level


def _compare(one: Name, other: Name, model: Model) -> Finding:
    if one.text > other.text:
        one, other = other, one
    level = level_of(one, other)
    found = model.found["name"][level]
    share = _BY_FREQUENCY.get(level)
    if share is None:
        return found
    return Finding("name", level, found.bits + share * _rarer(one, other, model))


def _rarer(one: Name, other: Name, model: Model) -> float:
    """Bits more than the name that strangers share on average."""
    rarity = min(_rarity(parse(one), model), _rarity(parse(other), model))
    return min(max(rarity - model.frequency.average, _LEAST), _MOST)


def _rarity(name: Parsed, model: Model) -> float:
    if name.han:
        return model.frequency.rarity(name.text[: name.surname], name.text[name.surname :])
    return model.frequency.rarity_of_words(name.sounds)


@lru_cache(maxsize=1 << 16)
def level_of(one: Name, other: Name) -> str:
    mine, theirs = parse(one), parse(other)
    if mine.han and theirs.han:
        return level_of_han(mine, theirs)
    if mine.han or theirs.han:
        return level_across(mine, theirs) if mine.han else level_across(theirs, mine)
    return level_of_latin(mine, theirs)
