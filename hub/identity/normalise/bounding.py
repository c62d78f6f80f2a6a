"""How much of one claim is compared: the rest stays in the record, and nobody is looked for by it.

What is compared grows with the square of what two claims tell, for every pair of claims that share a key; nobody has
so many names, and a sender that gives hundreds must not hold up all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

from hub.identity.normalise.description import Number
from hub.model import Json

T = TypeVar("T", bound=Hashable)

NAMES, PHONES, ADDRESSES, NUMBERS = 12, 12, 8, 12
"""Of one claim, or of what it tells of a mother, so many are compared; numbers: of each kind."""
LETTERS = 120
"""Of a written name; those of two scripts and of six given names are within it."""
_RANK = {"official": 0, "old": 2}


def foremost(told: Iterable[Json] | None) -> list[Json]:
    """Official ones first and old ones last where there are many, else as they were told."""
    found = list(told or ())
    return found if len(found) <= ADDRESSES else sorted(found, key=_rank)


def first(count: int, told: Iterable[T]) -> tuple[T, ...]:
    """So many different ones, in order; no more are read than it takes."""
    kept: dict[T, None] = {}
    for one in told:
        kept[one] = None
        if len(kept) == count:
            break
    return tuple(kept)


def first_of_each_kind(numbers: Iterable[Number]) -> tuple[Number, ...]:
    """Of numbers with their systems, in order."""
    kinds: Counter[str] = Counter()
    kept: list[Number] = []
    for number in dict.fromkeys(numbers):
        kinds[number[0]] += 1
        if kinds[number[0]] <= NUMBERS:
            kept.append(number)
    return tuple(kept)


def _rank(one: Json) -> int:
    return _RANK.get(one.get("use") or "", 1)
