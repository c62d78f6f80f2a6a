"""Lists messages and feeds: a page at a time, so that a list may be longer than memory."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, select

from hub.database import Connection, Database, Statement, any_of
from hub.records import times
from hub.schema import entry, intake_count, settlement_claim
from hub.settlement.feeds import FeedState, feed_states
from hub.settlement.messages import ONE, THESE, MessageState, Status, as_state, page
from hub.settlement.writing import come_so_far

FIRST_PAGE, LARGEST_PAGE = 50, 1_000
BEYOND = 2**62
CLOCK_STEP = 3_600 * 1_000_000
"""Ids follow the clock, except where it was set back: by no more than this, in microseconds."""

_feeds = Statement(select(intake_count.c.feed).order_by(intake_count.c.feed))
_newest = Statement(select(func.max(entry.c.id)))
_next = Statement(
    select(entry.c.id, entry.c.received_at).where(entry.c.id >= bindparam("at")).order_by(entry.c.id).limit(1)
)
_about = Statement(select(settlement_claim.c.entry).where(any_of(settlement_claim.c.claim, "claims")).distinct())


@dataclass(frozen=True, slots=True)
class _Wanted:
    status: Status | None
    key: str | None
    since: int
    low: int
    high: int
    newest_first: bool

    def matches(self, state: MessageState) -> bool:
        return (
            self.status in (None, state.status)
            and self.key in (None, state.key)
            and times.micros(state.received_at) >= self.since
        )


class Settlements:
    """What became of messages, for people and programs that ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def feeds(self) -> list[FeedState]:
        """Every feed that ever received something, by name."""
        with self._database.read() as connection:
            return feed_states(connection)

    def message(self, message_id: int) -> MessageState | None:
        with self._database.read() as connection:
            row = connection.row(ONE, id=message_id)
        return as_state(row) if row else None

    def messages(  # noqa: PLR0913 - each by name, each may be left out
        self,
        *,
        feed: str | None = None,
        status: Status | None = None,
        claims: Collection[str] | None = None,
        key: str | None = None,
        since: datetime | None = None,
        before_id: int | None = None,
        after_id: int | None = None,
        limit: int | None = None,
        newest_first: bool = True,
    ) -> Iterator[MessageState]:
        """Those that match everything asked for, a page of them in memory at a time."""
        low, high = after_id or 0, BEYOND if before_id is None else before_id
        from_time = times.micros(since) if since else -BEYOND
        if since:
            low = max(low, self._last_before(from_time - CLOCK_STEP))
        wanted = _Wanted(status, key, from_time, low, high, newest_first)
        found = self._about(claims, feed, wanted) if claims is not None else self._merged(feed, wanted)
        return islice(found, limit)

    def _merged(self, feed: str | None, wanted: _Wanted) -> Iterator[MessageState]:
        with self._database.read() as connection:
            feeds = [feed] if feed is not None else [name for (name,) in connection.rows(_feeds)]
        standings = (False,) if wanted.key is None else (True, False)
        each = [self._of_feed(name, owns, wanted) for name in feeds for owns in standings]
        return heapq.merge(*each, key=lambda state: state.id, reverse=wanted.newest_first)

    def _of_feed(self, feed: str, owns: bool, wanted: _Wanted) -> Iterator[MessageState]:
        low, high, size = wanted.low, wanted.high, FIRST_PAGE
        while states := self._page(wanted, low, feed=feed, owns=owns, high=high, most=size):
            yield from (state for state in states if wanted.matches(state))
            if len(states) < size:
                return
            low, high = (low, states[-1].id) if wanted.newest_first else (states[-1].id, high)
            size = min(size * 2, LARGEST_PAGE)

    def _page(self, wanted: _Wanted, low: int, **asked: Any) -> list[MessageState]:
        statement = page(wanted.status, by_key=wanted.key is not None, newest_first=wanted.newest_first)
        with self._database.read() as connection:
            if wanted.status == "received":
                low = max(low, come_so_far(connection, asked["feed"]))
            rows = connection.rows(statement, low=low, key=wanted.key, status=wanted.status, **asked)
        return [as_state(row) for row in rows]

    def _about(self, claims: Collection[str], feed: str | None, wanted: _Wanted) -> Iterator[MessageState]:
        with self._database.read() as connection:
            about = [number for (number,) in connection.rows(_about, claims=sorted(claims))]
        ids = sorted((i for i in about if wanted.low < i < wanted.high), reverse=wanted.newest_first)
        for start in range(0, len(ids), LARGEST_PAGE):
            with self._database.read() as connection:
                states = [as_state(row) for row in connection.rows(THESE, ids=ids[start : start + LARGEST_PAGE])]
            states.sort(key=lambda state: state.id, reverse=wanted.newest_first)
            yield from (state for state in states if wanted.matches(state) and feed in (None, state.feed))

    def _last_before(self, time: int) -> int:
        """An id before which everything was received before ``time``, found by halving."""
        with self._database.read() as connection:
            newest = connection.row(_newest)
            low, high = 0, ((newest and newest[0]) or 0) + 1
            while high - low > 1:
                middle = (low + high) // 2
                if _is_before(connection, middle, time):
                    low = middle
                else:
                    high = middle
        return low


def _is_before(connection: Connection, number: int, time: int) -> bool:
    row = connection.row(_next, at=number)
    return row is not None and row[1] < time
