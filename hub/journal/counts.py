"""What each feed received, counted in the commit that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam

from hub.database import Connection, Statement
from hub.journal.arrivals import Draft
from hub.schema import intake_count

FIGURES = ("received", "refused", "reused", "resent")


def _add(insert: Callable[..., Any]) -> Any:
    fresh = insert(intake_count).values({name: bindparam(name) for name in ("feed", *FIGURES, "last_received")})
    more = {name: intake_count.c[name] + fresh.excluded[name] for name in FIGURES}
    return fresh.on_conflict_do_update(
        index_elements=["feed"], set_={**more, "last_received": fresh.excluded.last_received}
    )


_added = Statement(_add)


class Counts:
    """Of one group."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._feeds: dict[str, dict[str, int]] = {}

    def kept(self, draft: Draft, *, refused: bool, reused: bool) -> None:
        counted = self._of(draft)
        counted["received"] += 1
        counted["refused"] += refused
        counted["reused"] += reused

    def resent(self, draft: Draft) -> None:
        self._of(draft)["resent"] += 1

    def _of(self, draft: Draft) -> dict[str, int]:
        return self._feeds.setdefault(draft.arrival.feed, dict.fromkeys(FIGURES, 0))

    def write(self, connection: Connection) -> None:
        for feed, counted in sorted(self._feeds.items()):
            connection.run(_added, feed=feed, last_received=self._now, **counted)
