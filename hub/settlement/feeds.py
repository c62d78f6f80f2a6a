"""How each feed stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hub.database import Connection, Statement
from hub.records import times
from hub.schema import intake_count, settled_count

_settled = Statement(select(settled_count.c.feed, settled_count.c.status, settled_count.c.messages))
_counted = Statement(
    select(
        intake_count.c.feed,
        intake_count.c.received,
        intake_count.c.refused,
        intake_count.c.reused,
        intake_count.c.resent,
        intake_count.c.last_received,
    ).order_by(intake_count.c.feed)
)


@dataclass(frozen=True, slots=True)
class FeedState:
    """Figures of one feed: ``received = refused + waiting + applied + skipped + parked``."""

    feed: str
    received: int
    refused: int
    waiting: int
    applied: int
    skipped: int
    parked: int
    reused: int
    """Messages whose key was another message's: a fault of the sender."""
    resent: int
    """Answered again, not kept again; not among those received."""
    last_received: datetime


def feed_states(connection: Connection) -> list[FeedState]:
    # Settled first: SQLite sees each file as of the first look at it, and nothing may seem settled before it came.
    settled = {(feed, status): messages for feed, status, messages in connection.rows(_settled)}
    return [_state(row, settled) for row in connection.rows(_counted)]


def _state(row: tuple[str, int, int, int, int, int], settled: dict[tuple[str, str], int]) -> FeedState:
    feed, received, refused, reused, resent, last = row
    applied, skipped, parked = (settled.get((feed, status), 0) for status in ("applied", "skipped", "parked"))
    waiting = received - refused - applied - skipped - parked
    return FeedState(feed, received, refused, waiting, applied, skipped, parked, reused, resent, times.moment(last))
