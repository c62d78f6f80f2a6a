"""One delivery as it stands in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hub.journal import unpack
from hub.language import Text
from hub.schema import delivery

Status = Literal["waiting", "sending", "sent", "failed", "unknown", "dropped"]
STATUSES: tuple[Status, ...] = ("waiting", "sending", "sent", "failed", "unknown", "dropped")
"""``sending`` is written before the first byte leaves: found after a kill, nobody knows whether it arrived."""

COLUMNS = (
    delivery.c.id,
    delivery.c.destination,
    delivery.c.entry,
    delivery.c.part,
    delivery.c.status,
    delivery.c.attempts,
    delivery.c.queued_at,
    delivery.c.settled_at,
    delivery.c.reason,
    delivery.c.answer,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Times are microseconds since 1970 in UTC."""

    id: int
    destination: str
    message: int
    part: int
    status: Status
    attempts: int
    queued_at: int
    settled_at: int | None
    code: str
    reason: Text | None
    place: str
    answer: bytes | None

    @property
    def change(self) -> int | None:
        """The identity change it tells of, instead of a message."""
        return None if self.message else self.part


def as_entry(row: tuple[Any, ...]) -> Entry:
    number, destination, message, part, status, attempts, queued_at, settled_at, packed, answer = row
    code, reason, place = unpack(packed) if packed else ("", None, "")
    kept = None if answer is None else bytes(answer)
    return Entry(number, destination, message, part, status, attempts, queued_at, settled_at, code, reason, place, kept)
