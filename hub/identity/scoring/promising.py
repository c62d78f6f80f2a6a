"""Who is worth comparing: of many who share a key nearly all are plainly other people, which few fields tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from hub.identity.normalise import Description
from hub.identity.scoring import dates, household, idnumbers
from hub.identity.scoring.model import Model
from hub.identity.scoring.names import most_of_names

FEW = 4
"""So few are compared at once."""
_ROUNDED = 1e-6


class _Described(Protocol):
    @property
    def person(self) -> str: ...
    @property
    def description(self) -> Description: ...


_Candidate = TypeVar("_Candidate", bound=_Described)


def promising(mine: Description, candidates: Sequence[_Candidate], model: Model) -> Sequence[_Candidate]:
    """Without those of whom every claim stays below what is asked about: whatever is judged stays as it is.

    All of them, where one has a number of its: then who is unlike matters too. A phone shared is the family's, perhaps:
    that it is has to be seen.
    """
    if len(candidates) < FEW or any(_holds_number(mine, one.description) for one in candidates):
        return candidates
    persons = {one.person for one in candidates if _may_be_one(mine, one.description, model)}
    return [one for one in candidates if one.person in persons]


def _holds_number(mine: Description, other: Description) -> bool:
    return _share(mine.id_numbers, other.id_numbers) or _share(mine.papers, other.papers)


def _share(ones: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return any(one in others for one in ones) if ones and others else False


def _may_be_one(mine: Description, other: Description, model: Model) -> bool:
    """Never False for two that compare as enough to ask about: each field counts at least what it is worth."""
    if (mine.mother is not None and other.mother is not None) or _share(mine.phones, other.phones):
        return True
    enough, most = model.thresholds.ask - _ROUNDED, model.most
    numbers = bool((mine.id_numbers or mine.doubtful) and (other.id_numbers or other.doubtful))
    birth = _birth(mine, other, model)
    bits = model.prior + _equal("sex", mine.sex, other.sex, model) + _name(mine, other, model)
    bits += _equal("born_at", mine.born_at, other.born_at, model) + _equal("order", mine.order, other.order, model)
    at_most = bits + (_filled_in(birth, model) + most["id_number"] if numbers else birth)
    at_most += (most["address"] + most["area"]) * bool(mine.addresses and other.addresses)
    at_most += most["phone"] * bool(mine.phones and other.phones)
    return at_most >= enough and bits + birth + _closer(mine, other, birth, model) >= enough


def _closer(mine: Description, other: Description, birth: float, model: Model) -> float:
    """What the other fields are worth."""
    found, bits = model.found, 0.0
    if level := idnumbers.level_of(mine, other):
        bits += found["id_number"][level].bits
        bits += _filled_in(birth, model) - birth if level in idnumbers.MISTYPED else 0.0
    door, area = household.levels_of_addresses(mine.addresses, other.addresses)
    for field, level in (
        ("address", door),
        ("area", area),
        ("phone", household.level_of_phones(mine.phones, other.phones)),
    ):
        if level:
            bits += found[field][level].bits
    return bits + max(found["paper"]["other"].bits, 0.0)


def _filled_in(birth: float, model: Model) -> float:
    """A birth date that a mistyped number told is no worse than the number."""
    return birth if birth > 0 else max(birth, model.found["birth"]["told_by_number"].bits)


def _equal(field: str, one: object, other: object, model: Model) -> float:
    if not (one and other):
        return 0.0
    return model.found[field]["same" if one == other else "other"].bits


def _name(mine: Description, other: Description, model: Model) -> float:
    unknown = mine.nameless or other.nameless or not (mine.names and other.names)
    return 0.0 if unknown else most_of_names(mine.names, other.names, model)


def _birth(mine: Description, other: Description, model: Model) -> float:
    """Where one of the two does not say it, its number may: then it counts as agreeing."""
    one, two = mine.birth, other.birth
    if not (one and two):
        return model.most["birth"] if (one or mine.id_numbers) and (two or other.id_numbers) else 0.0
    return model.found["birth"][dates.level_of(*((one, two) if one < two else (two, one)))].bits
