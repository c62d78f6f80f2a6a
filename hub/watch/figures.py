"""What is looked at of each feed: read from the journal and the settlements, never counted beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import bindparam, func, select

from hub.database import Connection, Statement, any_of
from hub.schema import entry, progress, review, settlement

UNMAPPED = "unmapped_code"
"""The kind of review that asks which code it is."""
MOST = 100
"""So far back a streak is counted."""

_of_feed = entry.c.feed == bindparam("of")
_NEWEST = Statement(
    select(entry.c.refusal.is_not(None)).where(_of_feed).order_by(entry.c.id.desc()).limit(bindparam("most"))
)
_PROGRESS = Statement(select(progress.c.entry).where(progress.c.feed == bindparam("of")))
_SETTLED = Statement(
    select(entry.c.id)
    .where(_of_feed, entry.c.id <= bindparam("last"), entry.c.refusal.is_(None))
    .order_by(entry.c.id.desc())
    .limit(bindparam("most"))
)
_STATUSES = Statement(select(settlement.c.entry, settlement.c.status).where(any_of(settlement.c.entry, "entries")))
_OLDEST = Statement(
    select(entry.c.received_at)
    .where(_of_feed, entry.c.id > bindparam("last"), entry.c.refusal.is_(None))
    .order_by(entry.c.id)
    .limit(1)
)
_UNMAPPED = Statement(
    select(review.c.feed, func.count())
    .where(review.c.status == "open", review.c.kind == UNMAPPED)
    .group_by(review.c.feed)
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one feed, now. Times are microseconds since 1970 in UTC."""

    feed: str
    refused: int
    """How many of the newest were refused in a row."""
    parked: int
    """How many of those settled last were parked in a row."""
    oldest: int | None
    """When the oldest that waits came."""
    unmapped: int
    """How many codes wait for a person to map them."""


def figures(connection: Connection, feeds: Sequence[str]) -> list[Figures]:
    open_codes: dict[str, int] = dict(connection.rows(_UNMAPPED))
    return [_figures(connection, feed, open_codes.get(feed, 0)) for feed in feeds]


def _figures(connection: Connection, feed: str, unmapped: int) -> Figures:
    # How far it has come first: SQLite sees each file as of the first look at it.
    row = connection.row(_PROGRESS, of=feed)
    last = row[0] if row else 0
    settled = [id_ for (id_,) in connection.rows(_SETTLED, of=feed, last=last, most=MOST)]
    statuses: dict[int, str] = dict(connection.rows(_STATUSES, entries=settled)) if settled else {}
    refused = [bool(row[0]) for row in connection.rows(_NEWEST, of=feed, most=MOST)]
    oldest = connection.row(_OLDEST, of=feed, last=last)
    return Figures(
        feed,
        sum(takewhile(bool, refused)),
        sum(takewhile(bool, (statuses.get(id_) == "parked" for id_ in settled))),
        oldest[0] if oldest else None,
        unmapped,
    )
