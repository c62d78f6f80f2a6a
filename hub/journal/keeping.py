"""One group of arrivals on its way into the journal: a receipt for each, a row for what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from hub.adapter import Receipt, Refusal
from hub.database import Connection, Statement, any_of
from hub.journal.arrivals import Draft
from hub.journal.counts import Counts
from hub.journal.keys import First, Known
from hub.journal.reasons import pack
from hub.journal.rows import insert_entries
from hub.language import Text
from hub.records import json, times
from hub.schema import entry

REUSED_KEY = Refusal("reused_key", Text("this key already belongs to another message"))

_newest = Statement(select(func.max(entry.c.id)))
_roots = Statement(
    select(entry.c.id, entry.c.replay_of).where(any_of(entry.c.id, "ids"), entry.c.replay_of.is_not(None))
)


def keep(connection: Connection, drafts: Sequence[Draft], now: int) -> list[Receipt]:
    """Ids follow each other without gaps: the journal's writers take turns, and nothing is ever deleted."""
    group = Group(connection, drafts, now)
    receipts = [group.take(draft) for draft in drafts]
    insert_entries(connection, group.rows)
    group.counts.write(connection)
    return receipts


class Group:
    """What is known while arrivals are taken one after the other."""

    def __init__(self, connection: Connection, drafts: Sequence[Draft], now: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self.counts = Counts(now)
        self._now = now
        self._known = Known.about(connection, drafts)
        self._roots = _replayed(connection, drafts)
        newest = connection.row(_newest)
        self._next = ((newest and newest[0]) or 0) + 1

    def take(self, draft: Draft) -> Receipt:
        first = self._known.twin(draft, self._now) if draft.twin is not None else None
        if first is None:
            return self._keep(draft)
        self.counts.resent(draft)
        return Receipt(first.id, times.moment(first.received_at), resent=True)

    def _keep(self, draft: Draft) -> Receipt:
        number, self._next = self._next, self._next + 1
        reused = draft.twin is not None and self._known.owner(draft, self._now) is not None
        refusal = draft.arrival.payload.refusal
        if reused and draft.arrival.rules.reused_key == "refuse":
            refusal = REUSED_KEY
        keyed = draft.twin is not None and refusal is None
        if keyed:
            self._known.keep(draft, First(number, self._now), reused=reused)
        standing = {"reused": reused, "owns": keyed and not reused, "twin": draft.twin if keyed and reused else None}
        self.rows.append({"id": number, **standing, **self._row(draft, refusal)})
        self.counts.kept(draft, refused=refusal is not None, reused=reused)
        return Receipt(number, times.moment(self._now), refusal=refusal)

    def _row(self, draft: Draft, refusal: Refusal | None) -> dict[str, Any]:
        payload = draft.arrival.payload
        replay_of = payload.replay_of
        return {
            "feed": draft.arrival.feed,
            "sender": draft.sender,
            "key": draft.key,
            "fingerprint": payload.fingerprint,
            "lanes": draft.lanes,
            "received_at": self._now,
            "notes": json.encode(dict(payload.notes)).decode() if payload.notes else "{}",
            "refusal": pack(refusal.text, place=refusal.place, code=refusal.code) if refusal else None,
            "replay_of": None if replay_of is None else self._roots.get(replay_of, replay_of),
            "body": payload.body,
        }


def _replayed(connection: Connection, drafts: Sequence[Draft]) -> dict[int, int]:
    """The replay of a replay is a replay of the first."""
    asked = [draft.arrival.payload.replay_of for draft in drafts if draft.arrival.payload.replay_of is not None]
    rows: list[tuple[int, int]] = connection.rows(_roots, ids=asked) if asked else []
    return dict(rows)
