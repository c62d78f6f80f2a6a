"""Whether a sender's number is another person's by now: then what was known under it is not overwritten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.identity.agreement import is_tied, negative
from hub.identity.normalise import Description, Patient, describe, names
from hub.identity.scoring import Model, compare
from hub.identity.scoring.naming import Parsed, parse

_OTHER_NAME = ("none", "no_word")
_OTHER_BIRTH = ("other", "two_edits")
_ONE_NUMBER = ("equal", "equal_with_fault", "one_edit", "transposed")
_STAND_IN = re.compile(r"\d|急诊|急救|无名|未知|不明|不详|路人|unknown|emergency|trauma|unidentified")
"""In what stands for a name until the patient can say it."""
_GUESSED = "-01-01"
"""A birth date that an age was made into."""


@dataclass(frozen=True, slots=True)
class Another:
    contradicted: tuple[str, ...]
    """Elements that are another person's."""


def another(told: Patient, known: Patient, feed: str, model: Model) -> Another | None:
    """Name and birth date are quite others, and so is the sex, or nothing else is one: nobody corrects all of that.

    None for a newborn that is named, for who was nameless on arrival, and where only one or two of them change.
    """
    if any(_STAND_IN.search(name) for name in names(told) | names(known)):
        return None
    now, before = describe(told, feed), describe(known, feed)
    if any(len(one.birth) < 10 or one.birth.endswith(_GUESSED) for one in (now, before)) or _sound_alike(now, before):
        return None
    found = compare(now, before, model)
    levels = found.levels
    if levels.get("name") not in _OTHER_NAME or levels.get("birth") not in _OTHER_BIRTH:
        return None
    if levels.get("id_number") in _ONE_NUMBER or levels.get("paper") == "same":
        return None
    return Another(negative(found)) if levels.get("sex") == "other" or not is_tied(levels) else None


def _sound_alike(one: Description, other: Description) -> bool:
    """A syllable of the family name, or of the given name, is one; any word of names that have no such parts."""
    return any(_share(parse(mine), parse(theirs)) for mine in one.names for theirs in other.names)


def _share(one: Parsed, other: Parsed) -> bool:
    if not (one.surname and other.surname):
        return not set(one.fuzzy).isdisjoint(other.fuzzy)
    family = set(one.fuzzy[: one.surname]) & set(other.fuzzy[: other.surname])
    return bool(family or _given(one) & _given(other))


def _given(name: Parsed) -> set[str]:
    return set(name.fuzzy[name.surname :])
