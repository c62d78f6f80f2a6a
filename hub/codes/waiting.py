"""Messages that used a code before a person said what it is: they go through again, in their order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from hub.adapter import Adapter
from hub.codes.answers import close_known
from hub.codes.gaps import KIND
from hub.database import Connection, Database, Statement
from hub.errors import HubError
from hub.journal import Arrival, Journal
from hub.schema import gap, review

log = logging.getLogger(__name__)

BATCH = 100
STOP_S = 10.0
TURN = "unmapped codes"
NOTHING = -1
"""In place of a replay: the message could not go through again."""

_due = Statement(
    select(gap.c.review, gap.c.entry, review.c.status, review.c.feed)
    .join(review, review.c.id == gap.c.review)
    .where(
        review.c.kind == KIND,
        or_(
            and_(review.c.status == "closed", gap.c.replay.is_(None)),
            and_(review.c.status == "open", gap.c.replay.is_not(None)),
        ),
    )
    .order_by(gap.c.entry)
    .limit(BATCH)
)
_gone = Statement(
    update(gap)
    .where(gap.c.review == bindparam("of_review"), gap.c.entry == bindparam("of_entry"))
    .values(replay=bindparam("as_entry"))
)


def replay_waiting(
    database: Database, adapters: Mapping[str, Adapter[Any]], ring: Callable[[str], None] = lambda _feed: None
) -> int:
    """Journals replays of the next messages whose question is answered, or whose answer was taken back; how many."""
    with database.read() as connection:
        due = connection.rows(_due)
    journal, arrivals, rows = Journal(database), dict[int, Arrival](), []
    for number, entry, status, feed in due:
        if entry not in arrivals and (arrival := _again(journal, adapters.get(feed), feed, entry)):
            arrivals[entry] = arrival
        rows.append((number, entry, status))
    if not rows:
        return 0
    receipts = journal.append(list(arrivals.values())) if arrivals else []
    replays = dict(zip(arrivals, (receipt.message_id for receipt in receipts), strict=True))

    def work(connection: Connection) -> None:
        for number, entry, status in rows:
            replay = replays.get(entry, NOTHING) if status == "closed" else None
            connection.run(_gone, of_review=number, of_entry=entry, as_entry=replay)

    database.serially(work)
    for feed in {arrival.feed for arrival in arrivals.values()}:
        ring(feed)
    return len(rows)


def _again(journal: Journal, adapter: Adapter[Any] | None, feed: str, entry: int) -> Arrival | None:
    kept = journal.message(entry)
    if kept is None or adapter is None:
        return None
    payload = adapter.admit(kept.body)
    return None if payload.refusal else Arrival(feed, replace(payload, replay_of=entry))


class Waiting:
    """The part of a running hub that sends waiting messages through again."""

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter[Any]],
        ring: Callable[[str], None],
        follow: Callable[[], None],
        every_s: float,
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._ring = ring
        self._follow = follow
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waiting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._sweep()
            except Exception as error:  # noqa: BLE001 - the database may be away; the next round tries again
                what = str(error) if isinstance(error, HubError) else type(error).__name__
                log.warning("messages whose codes are mapped now have to wait: %s", what)

    def _sweep(self) -> None:
        with self._database.turn(TURN) as mine:
            if not mine:
                return
            self._follow()
            close_known(self._database, self._adapters)
            while not self._stopping.is_set() and replay_waiting(self._database, self._adapters, self._ring):
                pass
