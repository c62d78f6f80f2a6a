"""One message as people see it, and the statements that read pages of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import bindparam, func, select

from hub.database import Statement, any_of
from hub.journal import unpack
from hub.language import Text
from hub.records import times
from hub.schema import entry, settlement

Status = Literal["received", "applied", "skipped", "parked", "refused"]
STATUSES: tuple[Status, ...] = ("received", "applied", "skipped", "parked", "refused")
SETTLED = ("applied", "skipped", "parked")

_columns = (
    entry.c.id,
    entry.c.feed,
    entry.c.key,
    entry.c.sender,
    entry.c.received_at,
    func.length(entry.c.body),
    entry.c.reused,
    entry.c.replay_of,
    entry.c.refusal,
    settlement.c.status,
    settlement.c.code,
    settlement.c.reason,
    settlement.c.settled_at,
    settlement.c.replayed_as,
)
_all = select(*_columns).select_from(entry.outerjoin(settlement, settlement.c.entry == entry.c.id))
_settled = select(*_columns).select_from(settlement.join(entry, entry.c.id == settlement.c.entry))

ONE = Statement(_all.where(entry.c.id == bindparam("id")))
THESE = Statement(_all.where(any_of(entry.c.id, "ids")))


@dataclass(frozen=True, slots=True)
class MessageState:
    """A message, or a refused payload, without its bytes; ``reason`` and ``place`` say why it was not applied."""

    id: int
    feed: str
    key: str
    sender: str
    status: Status
    code: str
    reason: Text | None
    place: str
    received_at: datetime
    settled_at: datetime | None
    size: int
    reused: bool
    replay_of: int | None
    replayed_as: int | None


@cache
def page(status: Status | None, *, by_key: bool, newest_first: bool) -> Statement:
    """A page of one feed between ``low`` and ``high`` (neither included), in the order of an index.

    By key it reads only those that own their key or only those that do not (``owns``): so they stand in the index.
    """
    settled = status in SETTLED and not by_key
    table, number = (settlement, settlement.c.entry) if settled else (entry, entry.c.id)
    query = (_settled if settled else _all).where(
        table.c.feed == bindparam("feed"), number > bindparam("low"), number < bindparam("high")
    )
    if by_key:
        query = query.where(entry.c.key == bindparam("key"))
    if by_key or status == "refused":
        query = query.where(entry.c.owns == bindparam("owns"))
    if status in SETTLED:
        query = query.where(settlement.c.status == bindparam("status"))
    elif status:
        query = query.where(entry.c.refusal.is_not(None) if status == "refused" else entry.c.refusal.is_(None))
    if status == "received":
        query = query.where(settlement.c.entry.is_(None))
    return Statement(query.order_by(number.desc() if newest_first else number).limit(bindparam("most")))


def as_state(row: tuple[Any, ...]) -> MessageState:
    number, feed, key, sender, received_at, size, reused, replay_of, refusal, settled, *rest = row
    _, reason, settled_at, replayed_as = rest
    packed = refusal or reason
    code, text, place = unpack(packed) if packed else ("", None, "")
    status: Status = "refused" if refusal else settled or "received"
    return MessageState(
        id=number,
        feed=feed,
        key=key,
        sender=sender,
        status=status,
        code=code,
        reason=text,
        place=place,
        received_at=times.moment(received_at),
        settled_at=times.moment(settled_at) if settled_at is not None else None,
        size=size,
        reused=bool(reused),
        replay_of=replay_of,
        replayed_as=replayed_as,
    )
