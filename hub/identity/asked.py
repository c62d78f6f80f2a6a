"""What has been asked about people already, whatever it was called, and is open or was answered by somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from hub.database import Connection, Statement, any_of
from hub.identity.claims import Claims
from hub.identity.normalise import Number
from hub.identity.questions import SHARED
from hub.identity.settled import KINDS
from hub.model import Json
from hub.records.json import decode
from hub.review import SETTLED, last_answer
from hub.schema import review, review_claim

_ABOUT = Statement(
    select(review.c.id, review.c.kind, review.c.status, review.c.claims, review.c.detail)
    .where(review.c.id.in_(select(review_claim.c.review).where(any_of(review_claim.c.claim, "claims"))))
    .order_by(review.c.id)
)


def asked_about(connection: Connection, ones: Collection[str], others: Collection[str]) -> bool:
    """One of these claims and one of those, in one question."""
    return any(
        not claims.isdisjoint(ones) and not claims.isdisjoint(others) and len(claims) > 1
        for _, claims, _ in _standing(connection, ones)
    )


def asked_about_numbers(connection: Connection, numbers: Collection[Number]) -> bool:
    """Whether many have one of these numbers, and that is a question of its own."""
    if not numbers:
        return False
    held = Claims(connection).held(numbers)
    return any(
        kind == SHARED and detail.get("system") == system
        for (system, _), claims in held.items()
        for kind, _, detail in _standing(connection, claims)
    )


def _standing(connection: Connection, claims: Collection[str]) -> Iterator[tuple[str, frozenset[str], Json]]:
    """Kind, claims and detail of each question about any of these; what settled itself may come up again."""
    for number, kind, status, named, detail in connection.rows(_ABOUT, claims=sorted(claims)):
        if kind in KINDS and not (status == "closed" and SETTLED in (last_answer(connection, number) or {})):
            yield kind, frozenset(decode(named)), decode(detail)
