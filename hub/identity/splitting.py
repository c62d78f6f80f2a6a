"""Claims taken out of their person: somebody looked, and they are somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hub.errors import Refused
from hub.identity.acting import Act, Done
from hub.identity.graph import Component, Decision, decide, withdraw
from hub.identity.undoing import made_together

SPLIT, KEPT = "taken out of the person", "what the split leaves together"


def split(act: Act, claims: Sequence[str]) -> Done:
    """Parts the claims from the rest of their person: whatever ties the two sides ends, and no rule joins them again.

    Each side stays one person, also where only the other held it together. All of it is one act, undone at once.
    Raises ``NotFound``, and ``Refused`` when the claims are of several persons, or all that the person has.
    """
    parted = part_off(act, claims)
    return act.done("split", parted.decision, parted.whole.claims, parted.ended)


@dataclass(frozen=True, slots=True)
class Parted:
    decision: int
    """The first of those made together."""
    whole: Component
    """As it was."""
    ended: tuple[int, ...]
    """Decisions that tied the two sides."""


def part_off(act: Act, claims: Sequence[str], also: Sequence[int] = ()) -> Parted:
    """As ``split``, within a larger act; ``also`` are decisions of the act that are undone with it."""
    chosen = [act.known(claim) for claim in dict.fromkeys(claims)]
    if not chosen:
        raise Refused("name the claims that are somebody else's")
    whole = act.around(chosen[0])
    out = frozenset(known.id for known in chosen)
    if not out <= whole.claims:
        raise Refused("the claims named are not all of one person")
    if out == whole.claims:
        raise Refused("these are all claims of the person: nobody would be left")
    stay = whole.claims - out
    ties = [found for found in whole.decisions if found.kind == "same" and crosses(found, out)]
    made = [
        decide(act.connection, "not_same", one, other, act.ruling(SPLIT, withdrew=[found.id for found in ties]))
        for other in sorted(out)
        for one in sorted(stay)
    ]
    made += [number for side in (stay, out) for number in _kept_together(act, whole, side)]
    made_together(act.connection, [*made, *also])
    for found in ties:
        withdraw(act.connection, found.id, act.by, act.at, act.why, made[0], undoes=False)
    return Parted(made[0], whole, tuple(found.id for found in ties))


def crosses(found: Decision, side: frozenset[str]) -> bool:
    return (found.one in side) != (found.other in side)


def _kept_together(act: Act, whole: Component, side: frozenset[str]) -> Iterable[int]:
    """Decides what the other side alone held together, from the earliest claim on."""
    inner = Component(side, tuple(found for found in whole.decisions if {found.one, found.other} <= side))
    pieces: list[str] = []
    left = {known.id: known for known in act.claims.each(side)}
    for claim in list(left):
        if claim in left:
            pieces.append(claim)
            for near in inner.around(claim):
                left.pop(near, None)
    return [decide(act.connection, "same", one, other, act.ruling(KEPT)) for one, other in pairwise(pieces)]
