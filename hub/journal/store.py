"""Appends in groups, one commit for each; reads what is waiting."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select

from hub.adapter import Message, Receipt
from hub.database import Connection, Database, Statement
from hub.journal.arrivals import Arrival, Draft, draft
from hub.journal.keeping import keep
from hub.records import json, times
from hub.schema import entry, house

LANE_KEY = "lane_key"
Also = Callable[[Connection, Sequence[Receipt]], None]

_house = Statement(select(house.c.value).where(house.c.name == bindparam("name")))
_furnish = Statement(
    lambda insert: (
        insert(house)
        .values(name=bindparam("name"), value=bindparam("value"))
        .on_conflict_do_nothing(index_elements=["name"])
    )
)

_first = entry.alias("first")
_columns = (
    entry.c.id,
    entry.c.feed,
    entry.c.key,
    entry.c.sender,
    entry.c.notes,
    entry.c.replay_of,
    func.coalesce(_first.c.received_at, entry.c.received_at, type_=BigInteger),
    entry.c.body,
)
_messages = select(*_columns).select_from(entry.outerjoin(_first, _first.c.id == entry.c.replay_of))
_waiting = (entry.c.feed == bindparam("feed"), entry.c.id > bindparam("after"), entry.c.refusal.is_(None))
_sizes = Statement(
    select(entry.c.id, func.length(entry.c.body)).where(*_waiting).order_by(entry.c.id).limit(bindparam("most"))
)
_bodies = Statement(_messages.where(*_waiting, entry.c.id <= bindparam("last")).order_by(entry.c.id))
_newest = Statement(
    _messages.where(entry.c.feed == bindparam("feed"), entry.c.refusal.is_(None))
    .order_by(entry.c.id.desc())
    .limit(bindparam("most"))
)
_message = Statement(_messages.where(entry.c.id == bindparam("id")))


class Journal:
    """Every message and every refused payload, in the order they were received."""

    def __init__(self, database: Database, now: Callable[[], int] = times.now) -> None:
        self._database = database
        self._now = now

    def append(self, arrivals: Sequence[Arrival], also: Also | None = None) -> list[Receipt]:
        """One commit for all, a receipt for each in order; what is refused has its refusal in the receipt.

        ``also`` writes more with the same commit, or raises: then nothing is kept.

        Raises ``Unavailable`` when nothing was kept, ``JournalFailed`` when the disk may have lost a commit.
        """
        drafts = [draft(arrival, self._lane_key) for arrival in arrivals]
        return self._database.append(lambda connection: _kept(connection, drafts, self._now(), also))

    def waiting(self, feed: str, after: int, limit: int = 200, size: int = 2_000_000) -> list[Message]:
        """What came after an entry, oldest first and not refused; if more than one, within ``size`` bytes."""
        with self._database.read() as connection:
            last = _last_within(connection.rows(_sizes, feed=feed, after=after, most=limit), size)
            return [_as_message(row) for row in connection.rows(_bodies, feed=feed, after=after, last=last)]

    def message(self, message_id: int) -> Message | None:
        with self._database.read() as connection:
            row = connection.row(_message, id=message_id)
        return _as_message(row) if row else None

    def newest(self, feed: str, most: int) -> list[Message]:
        """The last that a feed has sent, the newest first; without what was refused."""
        with self._database.read() as connection:
            return [_as_message(row) for row in connection.rows(_newest, feed=feed, most=most)]

    @cached_property
    def _lane_key(self) -> bytes:
        with self._database.read() as connection:
            row = connection.row(_house, name=LANE_KEY)
        if row is None:
            fresh = secrets.token_bytes(32)
            row = self._database.serially(lambda connection: _furnished(connection, fresh))
        return bytes(row[0])


def _kept(connection: Connection, drafts: Sequence[Draft], now: int, also: Also | None) -> list[Receipt]:
    receipts = keep(connection, drafts, now)
    if also is not None:
        also(connection, receipts)
    return receipts


def _furnished(connection: Connection, fresh: bytes) -> tuple[Any, ...]:
    connection.run(_furnish, name=LANE_KEY, value=fresh)
    row = connection.row(_house, name=LANE_KEY)
    assert row is not None  # noqa: S101 - it was written a line above
    return row


def _last_within(sizes: Sequence[tuple[int, int]], limit: int) -> int:
    last, total = 0, 0
    for number, size in sizes:
        total += size
        if last and total > limit:
            break
        last = number
    return last


def _as_message(row: tuple[Any, ...]) -> Message:
    number, feed, key, sender, notes, replay_of, received_at, body = row
    return Message(
        id=number,
        feed=feed,
        key=key,
        body=bytes(body),
        received_at=times.moment(received_at),
        sender=sender,
        notes=json.decode(notes) if notes != "{}" else {},
        replay_of=replay_of,
    )
