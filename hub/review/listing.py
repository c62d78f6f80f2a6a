"""What is asked, and how much of it."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from hub.database import Connection, Database, Statement, any_of
from hub.errors import NotFound
from hub.records.json import decode
from hub.records.times import LAST, now
from hub.review.answering import SETTLED, Answer, answers, last_answer
from hub.schema import gap, postponed, review_claim
from hub.schema import review as _table

_waiting = exists().where(postponed.c.review == _table.c.id, postponed.c.until > bindparam("now"))
_about = exists().where(review_claim.c.review == _table.c.id, review_claim.c.claim == bindparam("of_claim"))
_WANTED = (
    or_(bindparam("any_status"), _table.c.status == bindparam("of_status")),
    or_(bindparam("any_kind"), _table.c.kind == bindparam("of_kind")),
    or_(bindparam("any_feed"), _table.c.feed == bindparam("of_feed")),
    or_(bindparam("any_claim"), _about),
    _table.c.opened_at < bindparam("until"),
)
_LIST = Statement(
    select(*_table.columns)
    .where(
        *_WANTED,
        _table.c.id < bindparam("before"),
        or_(
            bindparam("any_turn"),
            and_(bindparam("later"), _waiting),
            and_(bindparam("at_once"), ~_waiting),
        ),
    )
    .order_by(_table.c.id.desc())
    .limit(bindparam("up_to"))
)
_COUNT = Statement(
    select(_table.c.kind, _table.c.status, func.count(), func.min(_table.c.opened_at))
    .where(*_WANTED)
    .group_by(_table.c.kind, _table.c.status)
    .order_by(_table.c.kind, _table.c.status)
)
_NAMING = Statement(
    select(*_table.columns)
    .where(_table.c.id.in_(select(review_claim.c.review).where(any_of(review_claim.c.claim, "claims"))))
    .order_by(_table.c.id)
)
_USED = Statement(select(gap.c.review, func.count()).where(any_of(gap.c.review, "reviews")).group_by(gap.c.review))
_SHOW = Statement(select(*_table.columns).where(_table.c.id == bindparam("review")))
_UNTIL = Statement(
    select(postponed.c.review, postponed.c.until).where(
        any_of(postponed.c.review, "reviews"), postponed.c.until > bindparam("now")
    )
)


@dataclass(frozen=True, slots=True)
class Review:
    id: int
    kind: str
    key: str
    status: str
    feed: str
    entry: int | None
    claims: tuple[str, ...]
    detail: dict[str, Any]
    opened_at: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reviews; what is empty does not matter."""

    status: str = ""
    kind: str = ""
    feed: str = ""
    claim: str = ""
    """About this one among others."""
    opened_before: int = LAST

    @property
    def parameters(self) -> dict[str, object]:
        found: dict[str, object] = {"until": self.opened_before}
        for name in ("status", "kind", "feed", "claim"):
            found[f"any_{name}"], found[f"of_{name}"] = not getattr(self, name), getattr(self, name)
        return found


@dataclass(frozen=True, slots=True)
class Count:
    kind: str
    status: str
    reviews: int
    oldest: int


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def list(  # noqa: PLR0913 - what is wanted, and which part of it
        self,
        *,
        status: str = "",
        kind: str = "",
        wanted: Wanted | None = None,
        later: bool | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Review]:
        """Newest first; ``before`` an id goes on where the last page ended.

        ``later``: only those that wait for a day, or only those that do not.
        """
        parameters = (wanted or Wanted(status, kind)).parameters
        turn = {"any_turn": later is None, "later": later is True, "at_once": later is False, "now": now()}
        with self._database.read() as connection:
            rows = connection.rows(_LIST, **parameters, **turn, before=before or 2**62, up_to=limit)
        return [_review(row) for row in rows]

    def counts(self, wanted: Wanted) -> builtins.list[Count]:
        with self._database.read() as connection:
            return [Count(*row) for row in connection.rows(_COUNT, **wanted.parameters)]

    def show(self, number: int) -> Review:
        with self._database.read() as connection:
            return shown(connection, number)

    def used_by(self, reviews: Collection[int]) -> dict[int, int]:
        """How many messages used the codes that were asked about, by review."""
        with self._database.read() as connection:
            return dict(connection.rows(_USED, reviews=list(reviews)))

    def until(self, reviews: Collection[int]) -> dict[int, int]:
        """Of those that wait for a day: when that is."""
        with self._database.read() as connection:
            return dict(connection.rows(_UNTIL, reviews=list(reviews), now=now()))

    def answers(self, number: int) -> builtins.list[Answer]:
        """The oldest first."""
        with self._database.read() as connection:
            return answers(connection, number)


def naming(connection: Connection, claims: Collection[str]) -> builtins.list[Review]:
    """Those about any of these claims, whatever became of them; the oldest first."""
    return [_review(row) for row in connection.rows(_NAMING, claims=sorted(claims))]


def standing(connection: Connection, claims: Collection[str]) -> Iterator[Review]:
    """Those about any of these claims, open or answered by somebody; what settled itself may come up again."""
    for review in naming(connection, claims):
        if review.status != "closed" or SETTLED not in (last_answer(connection, review.id) or {}):
            yield review


def shown(connection: Connection, number: int) -> Review:
    """Raises ``NotFound``."""
    row = connection.row(_SHOW, review=number)
    if row is None:
        raise NotFound("there is no review {review}", review=number)
    return _review(row)


def _review(row: tuple[Any, ...]) -> Review:
    id_, kind, key, status, feed, entry, claims, detail, opened_at = row
    return Review(id_, kind, key, status, feed, entry, tuple(decode(claims)), decode(detail), opened_at)
