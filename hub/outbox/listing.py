"""What people see of the outbox, and what they may do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, func, select, update

from hub.database import Connection, Database, Statement
from hub.errors import NotFound, Refused
from hub.outbox.entries import COLUMNS, Entry, Status, as_entry
from hub.outbox.store import UNKNOWN
from hub.records import times
from hub.schema import delivery, delivery_count, review

PAGE = 500
SET_ASIDE: tuple[Status, ...] = ("failed", "unknown", "dropped")

_ONE = Statement(select(*COLUMNS).where(delivery.c.id == bindparam("delivery")))
_OF_MESSAGE = Statement(select(*COLUMNS).where(delivery.c.entry == bindparam("message")).order_by(delivery.c.id))
_CHANGE = Statement(
    update(delivery)
    .where(delivery.c.id == bindparam("delivery"), delivery.c.status == bindparam("before"))
    .values(status=bindparam("new_status"), settled_at=bindparam("at"))
)
_CLOSE = Statement(
    update(review)
    .where(
        review.c.kind == UNKNOWN,
        review.c.entry == bindparam("message"),
        review.c.status != "closed",
        review.c.key.startswith(bindparam("beginning")),
    )
    .values(status="closed")
)
_COUNTED = Statement(
    select(func.count(), func.min(delivery.c.queued_at)).where(
        delivery.c.destination == bindparam("of"), delivery.c.status == bindparam("in_status")
    )
)
_COUNTS = Statement(select(delivery_count.c.destination, delivery_count.c.status, delivery_count.c.deliveries))


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one destination."""

    destination: str
    waiting: int
    oldest: int | None
    """When the oldest that waits was queued."""
    failed: int
    unknown: int
    ended: dict[str, int]
    """How many attempts have ended for good, by how; only ever growing."""


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, destination: str = "", status: str = "", *, limit: int | None = None) -> Iterator[Entry]:
        """Newest first."""
        before, left = 2**62, limit
        while left is None or left > 0:
            with self._database.read() as connection:
                rows = connection.rows(
                    _page(bool(destination), bool(status)),
                    before=before,
                    most=min(PAGE, left or PAGE),
                    **({"of": destination} if destination else {}),
                    **({"in_status": status} if status else {}),
                )
            yield from map(as_entry, rows)
            if not rows:
                return
            before, left = rows[-1][0], left and left - len(rows)

    def one(self, delivery_id: int) -> Entry:
        with self._database.read() as connection:
            return _one(connection, delivery_id)

    def of_message(self, message: int) -> list[Entry]:
        with self._database.read() as connection:
            return [as_entry(row) for row in connection.rows(_OF_MESSAGE, message=message)]

    def resend(self, delivery_id: int) -> Entry:
        """Puts one that was set aside back to its place in the line."""
        return self._change(delivery_id, SET_ASIDE, "waiting")

    def drop(self, delivery_id: int) -> Entry:
        """Gives one up: the destination will not hear of it."""
        return self._change(delivery_id, ("waiting", "failed", "unknown"), "dropped")

    def figures(self, configured: Sequence[str] = ()) -> list[Figures]:
        """A row for each destination that is configured or was once told something."""
        with self._database.read() as connection:
            ended: dict[str, dict[str, int]] = {name: {} for name in configured}
            for destination, status, count in connection.rows(_COUNTS):
                ended.setdefault(destination, {})[status] = count
            return [_figures(connection, name, counts) for name, counts in sorted(ended.items())]

    def _change(self, delivery_id: int, allowed: Sequence[Status], status: Status) -> Entry:
        def work(connection: Connection) -> Entry:
            entry = _one(connection, delivery_id)
            at = None if status == "waiting" else times.now()
            if entry.status not in allowed:
                raise Refused("delivery {id} is {status}", id=delivery_id, status=entry.status)
            connection.run(_CHANGE, delivery=delivery_id, before=entry.status, new_status=status, at=at)
            connection.run(_CLOSE, message=entry.message, beginning=f"delivery/{delivery_id}/")
            return entry

        return self._database.serially(work)


def _one(connection: Connection, delivery_id: int) -> Entry:
    row = connection.row(_ONE, delivery=delivery_id)
    if row is None:
        raise NotFound("there is no delivery {id}", id=delivery_id)
    return as_entry(row)


def _figures(connection: Connection, destination: str, ended: dict[str, int]) -> Figures:
    def counted(status: Status) -> tuple[int, int | None]:
        count, oldest = connection.row(_COUNTED, of=destination, in_status=status) or (0, None)
        return count, oldest

    waiting, oldest = counted("waiting")
    return Figures(destination, waiting, oldest, counted("failed")[0], counted("unknown")[0], ended)


@cache
def _page(of_destination: bool, of_status: bool) -> Statement:
    query = select(*COLUMNS).where(delivery.c.id < bindparam("before"))
    if of_destination:
        query = query.where(delivery.c.destination == bindparam("of"))
    if of_status:
        query = query.where(delivery.c.status == bindparam("in_status"))
    return Statement(query.order_by(delivery.c.id.desc()).limit(bindparam("most")))
