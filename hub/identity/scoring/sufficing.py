"""What likeness needs besides bits, for two to be joined without a person's word: no slip vouches for another slip.

Of name, birth date and sex one may be told otherwise, if the home is the same or a rare name makes up for it; what a
household shares stands for none of them. Whoever has a number in common, or nearly, is judged by bits.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.identity.scoring.comparison import Comparison
from hub.identity.scoring.levels import OTHER_GIVEN, is_name, one_home

_NUMBER = frozenset({"equal", "equal_with_fault", "one_edit", "transposed", "two_edits", "cut"})
_SAME_NAME = frozenset({"exact", "words_same"})
_CALLED = frozenset({"nickname", "look_alike_short", "surname_masked"})
"""Names of two people as often as not, but of one where birth date and home are the same."""
_SURER = 2.0
"""Bits more than are joined, where one is told otherwise and nothing of the home agrees."""
_OTHER_DAY = frozenset({"other", "two_edits"})
_BY_MOTHER = ("same_number", "same_name")
_OF_ONE_BIRTH = ("exact", "same_month")


def lacking(claims: Sequence[Comparison], link: float) -> str:
    """Why what a person's claims have in common with another, ``link`` bits at least, is too little; empty if not."""
    alike = [each for each in claims if each.bits >= link]
    reasons = [_lacking(each, link + _SURER) for each in alike]
    if "" not in reasons:
        return reasons[0] if reasons else ""
    return "" if any(map(_by_number, alike)) else contradicted(claims)


def contradicted(claims: Sequence[Comparison]) -> str:
    """What one claim of a person contradicts, and none of its claims says the same: so slips make no chain."""
    births = {each.level("birth") for each in claims}
    if births & _OTHER_DAY and "exact" not in births:
        return "birth_differs"
    names = {each.level("name") for each in claims}
    return "name_differs" if names & (OTHER_GIVEN - _CALLED) and not names & _SAME_NAME else ""


def _lacking(comparison: Comparison, sure: float) -> str:
    levels = comparison.levels
    name, birth = levels.get("name", ""), levels.get("birth", "")
    if _by_number(comparison):
        return ""
    if birth in _OTHER_DAY:
        return "birth_differs"
    if not name:
        found = levels.get("mother") in _BY_MOTHER and birth in _OF_ONE_BIRTH
        return "" if found else "nameless"
    if not is_name(name) and not (name in _CALLED and birth == "exact"):
        return "name_differs"
    slips = (name not in _SAME_NAME) + (birth != "exact") + (levels.get("sex") == "other")
    if slips == 0 or (slips == 1 and (one_home(levels) or _without_slip(comparison) >= sure)):
        return ""
    return "slips"


def _without_slip(comparison: Comparison) -> float:
    """Bits, but for a phone that is nearly the same: neighbours and families buy their numbers one after the other."""
    return comparison.bits - sum(
        max(found.bits, 0.0) for found in comparison.findings if found.level == "one_edit" and found.field == "phone"
    )


def _by_number(comparison: Comparison) -> bool:
    return comparison.level("id_number") in _NUMBER or comparison.level("paper") == "same"
