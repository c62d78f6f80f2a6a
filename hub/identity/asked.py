"""What has been asked about people already, whatever it was called, and is open or was answered by somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hub.database import Connection
from hub.identity.claims import Claims
from hub.identity.normalise import Number
from hub.identity.questions import SHARED
from hub.identity.settled import KINDS
from hub.review import Review, standing


def asked_about(connection: Connection, ones: Collection[str], others: Collection[str]) -> bool:
    """One of these claims and one of those, in one question."""
    return any(
        not named.isdisjoint(ones) and not named.isdisjoint(others) and len(named) > 1
        for review in _standing(connection, ones)
        for named in (frozenset(review.claims),)
    )


def asked_about_numbers(connection: Connection, numbers: Collection[Number]) -> bool:
    """Whether many have one of these numbers, and that is a question of its own."""
    if not numbers:
        return False
    held = Claims(connection).held(numbers)
    return any(
        review.kind == SHARED and review.detail.get("system") == system
        for (system, _), claims in held.items()
        for review in _standing(connection, claims)
    )


def _standing(connection: Connection, claims: Collection[str]) -> Iterator[Review]:
    return (review for review in standing(connection, claims) if review.kind in KINDS)
