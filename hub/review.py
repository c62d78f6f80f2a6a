"""The one worklist: questions that only a person may answer, each asked once."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from hub import schema
from hub.database import Connection, Database, Statement, any_of
from hub.errors import NotFound
from hub.records.json import decode, encode
from hub.records.times import now
from hub.schema import answer, gap

_table = schema.review
_NEW = ("kind", "key", "status", "feed", "entry", "claims", "detail", "opened_at")
_OPEN = Statement(
    lambda insert: insert(_table).values({name: bindparam(name) for name in _NEW}).on_conflict_do_nothing()
)
_LIST = Statement(
    select(*_table.columns)
    .where(
        or_(bindparam("any_status"), _table.c.status == bindparam("of_status")),
        or_(bindparam("any_kind"), _table.c.kind == bindparam("of_kind")),
        _table.c.id < bindparam("before"),
    )
    .order_by(_table.c.id.desc())
    .limit(bindparam("up_to"))
)
_COUNTS = Statement(select(gap.c.review, func.count()).where(any_of(gap.c.review, "reviews")).group_by(gap.c.review))
_ANSWERS = Statement(
    select(answer.c.given_by, answer.c.given_at, answer.c.said)
    .where(answer.c.review == bindparam("of"))
    .order_by(answer.c.id)
)
_SHOW = Statement(select(*_table.columns).where(_table.c.id == bindparam("review")))


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
class Question:
    kind: str
    key: str
    """The same key is asked about once."""
    feed: str
    entry: int | None
    claims: tuple[str, ...]
    detail: Mapping[str, Any]
    """Names of elements and rules, never what they say."""


@dataclass(frozen=True, slots=True)
class Answer:
    given_by: str
    given_at: int
    said: dict[str, Any]


def open_review(connection: Connection, question: Question) -> bool:
    """False if it was asked before."""
    opened = connection.run(
        _OPEN,
        kind=question.kind,
        key=question.key,
        status="open",
        feed=question.feed,
        entry=question.entry,
        claims=encode(question.claims).decode(),
        detail=encode(question.detail).decode(),
        opened_at=now(),
    )
    return opened == 1


class Reviews:
    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, status: str = "", kind: str = "", before: int | None = None, limit: int = 100) -> list[Review]:
        """Newest first; ``before`` an id goes on where the last page ended."""
        with self._database.read() as connection:
            rows = connection.rows(
                _LIST,
                any_status=not status,
                of_status=status,
                any_kind=not kind,
                of_kind=kind,
                before=before or 2**62,
                up_to=limit,
            )
        return [_review(row) for row in rows]

    def show(self, review: int) -> Review:
        with self._database.read() as connection:
            row = connection.row(_SHOW, review=review)
        if row is None:
            raise NotFound("there is no review {review}", review=review)
        return _review(row)

    def used_by(self, reviews: Collection[int]) -> dict[int, int]:
        """How many messages used the codes that were asked about, by review."""
        with self._database.read() as connection:
            return dict(connection.rows(_COUNTS, reviews=list(reviews)))

    def answers(self, review: int) -> builtins.list[Answer]:
        """The oldest first."""
        with self._database.read() as connection:
            return [Answer(by, at, decode(said)) for by, at, said in connection.rows(_ANSWERS, of=review)]


def _review(row: tuple[Any, ...]) -> Review:
    id_, kind, key, status, feed, entry, claims, detail, opened_at = row
    return Review(id_, kind, key, status, feed, entry, tuple(decode(claims)), decode(detail), opened_at)
