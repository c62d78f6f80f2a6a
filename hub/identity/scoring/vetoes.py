"""What forbids joining by rule, however much else agrees: two numbers, two twins, two children of one mother."""

from __future__ import annotations

from collections.abc import Mapping

from hub.identity.normalise import Description
from hub.identity.scoring.levels import WHOLE, one_home

CERTIFICATE = "birth_certificate"
ONE_BIRTH = frozenset({"exact", "day_off", "first_of_january", "same_month", "same_year"})
"""Birth dates of children of one mother, between which she has no other."""
_SIBLING = frozenset({"one_differs", "surname_only"})
_NEAR = frozenset({"fuzzy_sound", "reordered", "look_alike"})
"""馨星 and 馨忻, 雨晨 and 晨雨: twins are named so as often as clerks err."""
_ONE_WHEN_CALLED = frozenset({"same_sound", "subset"})
"""Parents do not name two children so that both come when one is called, but for a boy and a girl: 子轩 and 紫萱.

Nor does a clerk mishear every character: 多多 and 朵朵.
"""


def vetoes_of(one: Description, other: Description, levels: Mapping[str, str]) -> tuple[str, ...]:
    found = []
    id_number = levels.get("id_number", "")
    if id_number in ("other", "one_edit_valid"):
        found.append("two_id_numbers")
    if id_number in ("equal", "equal_with_fault") and levels.get("birth") == "other" and _another(levels):
        found.append("relatives_id")
    if levels.get("paper") == "other" and _certificates_differ(one, other):
        found.append("birth_certificates")
    of_one_family = _one_mother(levels) or _one_surname(one, other)
    if levels.get("birth") == "exact" and of_one_family and _twins(levels, id_number, unlike=_unlike(one, other)):
        found.append("twin")
    if levels.get("birth") in ONE_BIRTH:
        if levels.get("order") == "other" and not (id_number == "equal" and levels.get("name") == "exact"):
            found.append("birth_order")
        if not (one.names and other.names):
            found.extend(_of_newborns(one, other, levels))
    return tuple(found)


def _another(levels: Mapping[str, str]) -> bool:
    return levels.get("name", "") not in WHOLE and "name" in levels


def _certificates_differ(one: Description, other: Description) -> bool:
    mine, theirs = _certificates(one), _certificates(other)
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _certificates(of: Description) -> set[str]:
    return {value for kind, value in of.papers if kind == CERTIFICATE}


def _twins(levels: Mapping[str, str], id_number: str, *, unlike: bool) -> bool:
    if levels.get("paper") == "same" or id_number in ("equal", "one_edit", "transposed"):
        return False
    name = levels.get("name")
    unlike = name in _ONE_WHEN_CALLED and (unlike or "other" in (levels.get("sex"), levels.get("paper")))
    if name == "none":
        return _one_mother(levels)
    return (name in _SIBLING or name in _NEAR or unlike) and one_home(levels)


def _unlike(one: Description, other: Description) -> bool:
    """Of several born together; or more than one character of each name is another."""
    alike = ((mine.text, theirs.text) for mine in one.names for theirs in other.names)
    differ = [sum(a != b for a, b in zip(*pair, strict=True)) for pair in alike if len(pair[0]) == len(pair[1])]
    return one.multiple or other.multiple or min(differ, default=0) > 1


def _one_mother(levels: Mapping[str, str]) -> bool:
    """One of her twins may have her surname, the other one the father's."""
    return levels.get("mother", "").startswith("same")


def _one_surname(one: Description, other: Description) -> bool:
    """Whose surname was misheard is no twin."""
    return not {name.text[:1] for name in one.names}.isdisjoint(name.text[:1] for name in other.names)


def _called_otherwise(one: Description, other: Description) -> bool:
    """A son and a daughter, or a daughter and a boy, whichever is mistyped. 之子 is said of girls, too."""
    words, told = {one.child, other.child} - {""}, {one.sex, other.sex}
    return len(words) > 1 or ("female" in words and "male" in told)


def _of_newborns(one: Description, other: Description, levels: Mapping[str, str]) -> list[str]:
    if levels.get("paper") == "same" or levels.get("id_number") == "equal":
        return []
    found = []
    if levels.get("sex") == "other" or _called_otherwise(one, other):
        found.append("sex_of_newborn")
    if (one.multiple or other.multiple) and not (one.order and other.order):
        found.append("order_unknown")
    return found
