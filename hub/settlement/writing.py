"""Writes outcomes in the transaction that applies them, fenced by how far the feed has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, select, update

from hub.adapter import Message
from hub.database import Connection, Statement, any_of
from hub.errors import RetryLater
from hub.journal import pack
from hub.language import Text
from hub.records import times
from hub.schema import progress, settled_count, settlement, settlement_claim

Status = Literal["applied", "skipped", "parked"]


class Overtaken(RetryLater):
    """Another worker has settled these messages: look again at what is waiting."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message; ``claims`` are the ids of those it was about."""

    status: Status
    code: str = ""
    reason: Text | None = None
    place: str = ""
    claims: frozenset[str] = frozenset()


def _upsert(table: Any, keys: Sequence[str], columns: Sequence[str], change: Callable[[Any], Any]) -> Statement:
    def build(insert: Any) -> Any:
        fresh = insert(table).values({name: bindparam(name) for name in columns})
        return fresh.on_conflict_do_update(index_elements=keys, set_=change(fresh.excluded))

    return Statement(build)


def _insert_new(table: Any, keys: Sequence[str]) -> Statement:
    def build(insert: Any) -> Any:
        return (
            insert(table)
            .values({column.name: bindparam(column.name) for column in table.c})
            .on_conflict_do_nothing(index_elements=keys)
        )

    return Statement(build)


_progress = Statement(select(progress.c.entry).where(progress.c.feed == bindparam("of")))
_begin = _insert_new(progress, ["feed"])
_advance = Statement(
    update(progress)
    .where(progress.c.feed == bindparam("of"), progress.c.entry == bindparam("expected"))
    .values(entry=bindparam("last"))
)
_settled = _insert_new(settlement, ["entry"])
_counted = _upsert(
    settled_count,
    ["feed", "status"],
    ["feed", "status", "messages"],
    lambda excluded: {"messages": settled_count.c.messages + excluded.messages},
)
_claimed = _insert_new(settlement_claim, ["claim", "entry"])
_before = Statement(select(settlement.c.entry, settlement.c.status).where(any_of(settlement.c.entry, "entries")))
_replayed = Statement(
    update(settlement)
    .where(settlement.c.entry == bindparam("first"))
    .values(
        status=bindparam("new_status"),
        code=bindparam("new_code"),
        reason=bindparam("new_reason"),
        settled_at=bindparam("at"),
        replayed_as=bindparam("replay"),
    )
)


def come_so_far(connection: Connection, feed: str) -> int:
    """The newest entry of a feed that is settled, and all before it with it; 0 for none."""
    row = connection.row(_progress, of=feed)
    return int(row[0]) if row else 0


def settle(connection: Connection, feed: str, expected: int, outcomes: Sequence[tuple[Message, Outcome]]) -> None:
    """Settles messages of one feed in their order; raises ``Overtaken`` unless it has come as far as ``expected``."""
    _move(connection, feed, expected, outcomes[-1][0].id)
    at = times.now()
    rows = [_row(message, outcome, at) for message, outcome in outcomes]
    connection.many(_settled, rows)
    counts: Counter[str] = Counter(outcome.status for _, outcome in outcomes)
    counts.update(_carry_to_first(connection, outcomes, rows))
    for status, messages in sorted(counts.items()):
        if messages:
            connection.run(_counted, feed=feed, status=status, messages=messages)
    connection.many(_claimed, _claims(outcomes))


def _move(connection: Connection, feed: str, expected: int, last: int) -> None:
    if not expected:
        connection.run(_begin, feed=feed, entry=0)
    if connection.run(_advance, of=feed, expected=expected, last=last) != 1:
        raise Overtaken("another worker settled these messages first")


def _row(message: Message, outcome: Outcome, at: int) -> dict[str, Any]:
    return {
        "entry": message.id,
        "feed": message.feed,
        "status": outcome.status,
        "code": outcome.code,
        "reason": pack(outcome.reason, place=outcome.place, code=outcome.code) if outcome.reason else None,
        "settled_at": at,
        "replayed_as": None,
    }


def _carry_to_first(
    connection: Connection, outcomes: Sequence[tuple[Message, Outcome]], rows: Sequence[dict[str, Any]]
) -> Counter[str]:
    """What a replay came to is the outcome of the message it replays; how the counts change by that."""
    change: Counter[str] = Counter()
    replays = [(message.replay_of, row) for (message, _), row in zip(outcomes, rows, strict=True) if message.replay_of]
    if not replays:
        return change
    before: dict[int, str] = dict(connection.rows(_before, entries=[first for first, _ in replays]))
    for first, row in replays:
        if first in before:
            connection.run(
                _replayed,
                first=first,
                new_status=row["status"],
                new_code=row["code"],
                new_reason=row["reason"],
                at=row["settled_at"],
                replay=row["entry"],
            )
            change[before[first]] -= 1
            change[row["status"]] += 1
            before[first] = row["status"]
    return change


def _claims(outcomes: Sequence[tuple[Message, Outcome]]) -> list[dict[str, Any]]:
    """Of a replayed message too: whoever asks for a person's messages finds both."""
    return [
        {"claim": claim, "entry": entry}
        for message, outcome in outcomes
        for entry in ((message.id, message.replay_of) if message.replay_of else (message.id,))
        for claim in sorted(outcome.claims)
    ]
