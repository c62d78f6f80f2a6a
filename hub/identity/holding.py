"""The ID numbers of a person, whichever of its claims tells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hub.identity.normalise import id_numbers, is_lent

if TYPE_CHECKING:
    from hub.identity.claims import Known


def id_numbers_of(claims: Iterable[Known]) -> frozenset[str]:
    """Sound ones, normalised; a relative's is not the person's."""
    return frozenset[str]().union(*(id_numbers(known.patient) for known in claims if not is_lent(known.patient)))


def of_two(ones: Iterable[Known], others: Iterable[Known]) -> bool:
    """Each has a number, and none is the other's: mostly because they are two."""
    mine, theirs = id_numbers_of(ones), id_numbers_of(others)
    return bool(mine and theirs) and mine.isdisjoint(theirs)
