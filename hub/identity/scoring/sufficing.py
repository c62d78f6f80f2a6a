"""What likeness needs besides bits, for two to be joined without a person's word: no slip vouches for another slip.

Of name, birth date, sex and phone one may be nearly the same, if the home is one or a rare name makes up for it: phones
are bought one after the other. What a household shares stands for none of them. Whoever has a number in common, or
nearly, is judged by bits.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.identity.scoring.comparison import Comparison
from hub.identity.scoring.levels import OTHER_GIVEN, is_name, one_home
from hub.identity.scoring.model import Model
from hub.identity.scoring.vetoes import ONE_BIRTH

_NUMBER = frozenset({"equal", "equal_with_fault", "one_edit", "transposed", "two_edits", "cut"})
_SAME_NAME = frozenset({"exact", "words_same"})
_CALLED = frozenset({"look_alike_short", "surname_masked"})
"""Names of two people as often as not, but of one where birth date and home are the same."""
_SURER = 2.0
"""Bits more than are joined, where one is told otherwise and nothing of the home agrees."""
_FEW_DAYS = frozenset({"exact", "year_off", "day_off", "swapped", "first_of_january", "same_month"})
"""Where nobody but a namesake of nearly that age has them by chance: any of the same year is not."""
_OTHER_DAY = frozenset({"other", "two_edits"})
_BY_MOTHER = ("same_number", "same_name")


def lacking(claims: Sequence[Comparison], model: Model) -> str:
    """Why what a person's claims have in common with another, enough by bits, is too little; empty if it is not."""
    alike = [each for each in claims if each.bits >= model.thresholds.link]
    reasons = [_lacking(each, model) for each in alike]
    if "" not in reasons:
        return reasons[0] if reasons else ""
    return contradicted(claims)


def contradicted(claims: Sequence[Comparison]) -> str:
    """What one claim of a person contradicts, and none of its claims says the same: so slips make no chain.

    ``claims`` may be those of two persons, each of the one beside each of the other.
    """
    if any(map(_by_number, claims)):
        return ""
    births = {each.level("birth") for each in claims}
    if births & _OTHER_DAY and "exact" not in births:
        return "birth_differs"
    names = {each.level("name") for each in claims}
    return "name_differs" if names & (OTHER_GIVEN - _CALLED) and not names & _SAME_NAME else ""


def _lacking(comparison: Comparison, model: Model) -> str:
    levels = comparison.levels
    name, birth = levels.get("name", ""), levels.get("birth", "")
    if _by_number(comparison):
        return ""
    if birth in _OTHER_DAY:
        return "birth_differs"
    if not name:
        found = levels.get("mother") in _BY_MOTHER and birth in ONE_BIRTH
        return "" if found else "nameless"
    if not is_name(name) and not (name in _CALLED and birth == "exact"):
        return "name_differs"
    slips = [name not in _SAME_NAME, birth != "exact", levels.get("sex") == "other", levels.get("phone") == "one_edit"]
    sure = comparison.bits >= model.thresholds.link + _SURER and (birth in _FEW_DAYS or model.everybody)
    enough = sum(slips) == 0 or (sum(slips) == 1 and (one_home(levels) or sure))
    return "" if enough else "slips"


def _by_number(comparison: Comparison) -> bool:
    return comparison.level("id_number") in _NUMBER or comparison.level("paper") == "same"
