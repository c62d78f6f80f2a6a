"""Asking: the same question once, and again only where it had settled itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from hub.database import Connection, Statement
from hub.records.json import encode
from hub.records.times import now
from hub.review.answering import SETTLED, last_answer, note, reopen
from hub.schema import review as _table
from hub.schema import review_claim

_NEW = ("kind", "key", "status", "feed", "entry", "claims", "detail", "opened_at")
_OPEN = Statement(
    lambda insert: (
        insert(_table).values({name: bindparam(name) for name in _NEW}).on_conflict_do_nothing().returning(_table.c.id)
    )
)
_NAME = Statement(
    lambda insert: (
        insert(review_claim).values(review=bindparam("review"), claim=bindparam("claim")).on_conflict_do_nothing()
    )
)
_KNOWN = Statement(select(_table.c.id, _table.c.status).where(_table.c.key == bindparam("of_key")))


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


def open_review(connection: Connection, question: Question) -> bool:
    """False if it was asked before and is open, or a person has answered it."""
    opened = connection.rows(
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
    if not opened:
        return _asked_again(connection, question.key)
    ((number,),) = opened
    connection.many(_NAME, [{"review": number, "claim": claim} for claim in dict.fromkeys(question.claims)])
    return True


def is_asked(connection: Connection, key: str) -> bool:
    """It was, whatever became of it."""
    return connection.row(_KNOWN, of_key=key) is not None


def _asked_again(connection: Connection, key: str) -> bool:
    """What had settled itself has come up once more; what a person answered stays answered."""
    row = connection.row(_KNOWN, of_key=key)
    if row is None or row[1] != "closed":
        return False
    said = last_answer(connection, row[0])
    if said is None or SETTLED not in said:
        return False
    reopen(connection, row[0])
    note(connection, row[0], "rule", {"asked": "again"})
    return True
