"""Queues deliveries in the transaction that settles their message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam

from hub.database import Connection, Statement
from hub.journal import pack
from hub.language import Text
from hub.records import times
from hub.schema import delivery

_COLUMNS = ("destination", "entry", "part", "status", "attempts", "queued_at", "settled_at", "reason", "answer")
_QUEUE = Statement(
    lambda insert: (
        insert(delivery)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["destination", "entry", "part"])
    )
)


@dataclass(frozen=True, slots=True)
class Due:
    """That a destination is to hear of a message, or of an identity change."""

    destination: str
    entry: int
    """The message; of a replay the one it repeats, so that nobody hears of it twice. 0 = an identity change."""
    part: int = 0
    """The how-manieth document of the message, from 1; 0 = the message itself. Of an identity change its number."""
    fault: Text | None = None
    """Why it cannot even be tried: it is set aside at once, for a person to see."""


def due_changes(destinations: Iterable[str], changes: Sequence[int]) -> list[Due]:
    """That these destinations are to hear which persons became one, or no longer are."""
    return [Due(destination, 0, number) for number in changes for destination in destinations]


def queue(connection: Connection, due: Iterable[Due]) -> None:
    """One that stands already is not queued again."""
    at = times.now()
    connection.many(_QUEUE, [_row(one, at) for one in due])


def _row(one: Due, at: int) -> dict[str, object]:
    return {
        "destination": one.destination,
        "entry": one.entry,
        "part": one.part,
        "status": "failed" if one.fault else "waiting",
        "attempts": 0,
        "queued_at": at,
        "settled_at": at if one.fault else None,
        "reason": pack(one.fault, code="routing") if one.fault else None,
        "answer": None,
    }
