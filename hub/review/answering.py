"""What became of a question: each answer kept with who gave it, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, desc, insert, select, update

from hub.database import Connection, Statement
from hub.model import Json
from hub.records.json import decode, encode
from hub.records.times import now
from hub.schema import answer, postponed, review

SETTLED, REOPENED, UNDONE = "settled", "reopened", "undone"
"""Keys of answers: what settled it without a person's; why it is asked again; why somebody took an answer back."""

_STATUS = Statement(
    update(review)
    .where(review.c.id == bindparam("of"), review.c.status == bindparam("before"))
    .values(status=bindparam("after"))
)
_NOTE = Statement(insert(answer).values({name: bindparam(name) for name in ("review", "given_by", "given_at", "said")}))
_LAST = Statement(select(answer.c.said).where(answer.c.review == bindparam("of")).order_by(desc(answer.c.id)).limit(1))
_ALL = Statement(
    select(answer.c.given_by, answer.c.given_at, answer.c.said)
    .where(answer.c.review == bindparam("of"))
    .order_by(answer.c.id)
)
_POSTPONE = Statement(
    lambda insert_: (
        insert_(postponed)
        .values(review=bindparam("of"), until=bindparam("until"))
        .on_conflict_do_update(index_elements=["review"], set_={"until": bindparam("until")})
    )
)
_AT_ONCE = Statement(delete(postponed).where(postponed.c.review == bindparam("of")))


@dataclass(frozen=True, slots=True)
class Answer:
    given_by: str
    given_at: int
    said: dict[str, Any]


def close(connection: Connection, number: int, before: str, by: str, said: Json) -> bool:
    """False when it was not in the state ``before``: somebody was quicker."""
    if connection.run(_STATUS, of=number, before=before, after="closed") != 1:
        return False
    at_once(connection, number)
    note(connection, number, by, said)
    return True


def reopen(connection: Connection, number: int) -> bool:
    """False when it was not closed."""
    return connection.run(_STATUS, of=number, before="closed", after="open") == 1


def note(connection: Connection, number: int, by: str, said: Json) -> None:
    connection.run(_NOTE, review=number, given_by=by, given_at=now(), said=encode(said).decode())


def postpone(connection: Connection, number: int, until: int) -> None:
    """It is listed last before that time."""
    connection.run(_POSTPONE, of=number, until=until)


def at_once(connection: Connection, number: int) -> None:
    """It waits for no day any more."""
    connection.run(_AT_ONCE, of=number)


def last_answer(connection: Connection, number: int) -> Json | None:
    """What was said last, an answer taken back included."""
    row = connection.row(_LAST, of=number)
    said: Json | None = decode(row[0]) if row else None
    return said


def answers(connection: Connection, number: int) -> list[Answer]:
    """The oldest first."""
    return [Answer(by, at, decode(said)) for by, at, said in connection.rows(_ALL, of=number)]
