"""What the one who tells a destination reads and writes. Each write is fenced by the status it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, select, update

from hub.database import Connection, Database, Statement
from hub.journal import pack
from hub.language import Text
from hub.outbox.entries import COLUMNS, Entry, as_entry
from hub.records import times
from hub.review import Question, open_review
from hub.schema import delivery, delivery_count

UNKNOWN = "delivery"
"""The kind of review that asks whether a message has arrived."""

_of_destination = select(*COLUMNS).where(delivery.c.destination == bindparam("of"))
_HEAD = Statement(
    _of_destination.where(delivery.c.status == "waiting", delivery.c.id != bindparam("besides"))
    .order_by(delivery.c.id)
    .limit(1)
)
_INTERRUPTED = Statement(_of_destination.where(delivery.c.status == "sending").order_by(delivery.c.id))
_BEGIN = Statement(
    update(delivery)
    .where(
        delivery.c.id == bindparam("delivery"),
        delivery.c.status == "waiting",
        delivery.c.attempts == bindparam("before"),
    )
    .values(status="sending", attempts=delivery.c.attempts + 1)
)
_END = Statement(
    update(delivery)
    .where(
        delivery.c.id == bindparam("delivery"),
        delivery.c.status == "sending",
        delivery.c.attempts == bindparam("tried"),
    )
    .values(
        status=bindparam("new_status"),
        settled_at=bindparam("at"),
        reason=bindparam("why"),
        answer=bindparam("said"),
    )
)
_COUNT = Statement(
    lambda insert: (
        insert(delivery_count)
        .values(destination=bindparam("destination"), status=bindparam("status"), deliveries=bindparam("one"))
        .on_conflict_do_update(
            index_elements=["destination", "status"], set_={"deliveries": delivery_count.c.deliveries + 1}
        )
    )
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt ended; ``waiting`` means that it is to be tried again."""

    entry: Entry
    status: Literal["waiting", "sent", "failed", "unknown"]
    code: str = ""
    reason: Text | None = None
    place: str = ""
    answer: bytes | None = None


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, destination: str, besides: int = 0) -> Entry | None:
        """The oldest that waits, ``besides`` one that is just being told."""
        with self._database.read() as connection:
            row = connection.row(_HEAD, of=destination, besides=besides)
        return as_entry(row) if row else None

    def interrupted(self, destination: str) -> list[Entry]:
        """Those whose sending began and has not ended; ask when nobody else can be sending."""
        with self._database.read() as connection:
            return [as_entry(row) for row in connection.rows(_INTERRUPTED, of=destination)]

    def write(self, ended: Ended | None, begin: Entry | None) -> bool:
        """How one ended and that the next begins, in one commit; whether it may begin (nobody dropped it meanwhile)."""
        return self._database.plainly(lambda connection: _written(connection, ended, begin))


def _written(connection: Connection, ended: Ended | None, begin: Entry | None) -> bool:
    if ended is not None:
        _end(connection, ended)
    return begin is not None and connection.run(_BEGIN, delivery=begin.id, before=begin.attempts) == 1


def _end(connection: Connection, ended: Ended) -> None:
    entry = ended.entry
    tried = entry.attempts + (entry.status == "waiting")
    mine = connection.run(
        _END,
        delivery=entry.id,
        tried=tried,
        new_status=ended.status,
        at=None if ended.status == "waiting" else times.now(),
        why=pack(ended.reason, place=ended.place, code=ended.code) if ended.reason else None,
        said=ended.answer,
    )
    if mine and ended.status != "waiting":
        connection.run(_COUNT, destination=entry.destination, status=ended.status, one=1)
    if mine and ended.status == "unknown":
        detail = {"destination": entry.destination, "delivery": entry.id, "attempts": tried}
        open_review(connection, Question(UNKNOWN, review_key(entry.id, tried), "", entry.message, (), detail))


def review_key(delivery_id: int, attempts: int) -> str:
    """One question for each time that nobody knows: a resend may end so again."""
    return f"delivery/{delivery_id}/{attempts}"
