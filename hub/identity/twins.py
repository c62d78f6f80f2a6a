"""Two persons who are known to be two: twins, each with an ID number of their own."""

from __future__ import annotations

from collections.abc import Collection

from hub.identity.normalise import Description
from hub.identity.scoring import Model, compare

_OF_TWINS = frozenset(("twin", "birth_order"))


def are_twins(ones: Collection[Description], others: Collection[Description], model: Model) -> bool:
    """By all claims of the two persons: any of one may tell what another leaves out."""
    mine, theirs = ({number for each in all_ for number in each.id_numbers} for all_ in (ones, others))
    if not (mine and theirs) or mine & theirs:
        return False
    return any(not _OF_TWINS.isdisjoint(compare(one, other, model).vetoes) for one in ones for other in others)
