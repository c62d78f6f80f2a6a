"""How long a feed is usually silent at each hour of the week, learned from its journal as it grows.

Every time without a message counts in each hour that it touches, as a whole: a night belongs to the last hour of the
day, to all hours of the night and to the first of the morning. Of each hour the longest counts. So a pause that is
usual, at noon, at night or on a Sunday, is silence at no hour of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import bindparam, select

from hub.database import Connection, Statement
from hub.records.json import decode, encode
from hub.records.times import moment
from hub.schema import entry, listened, rhythm

HOUR = 3_600_000_000
WEEK = 168
WORKDAYS, DAY = 5, 24
KEPT, NEEDED = 5, 3
"""Of each hour of the week the last five count; a feed is judged once three like it are known."""
MOST = 50_000
"""Messages read in one look, so that a long journal is learned in parts."""

_PROGRESS = Statement(
    select(listened.c.entry, listened.c.at, listened.c.longest).where(listened.c.feed == bindparam("of"))
)
_HOURS = Statement(select(rhythm.c.hour, rhythm.c.gaps).where(rhythm.c.feed == bindparam("of")))
_SINCE = Statement(
    select(entry.c.id, entry.c.received_at)
    .where(entry.c.feed == bindparam("of"), entry.c.id > bindparam("after"), entry.c.replay_of.is_(None))
    .order_by(entry.c.id)
    .limit(bindparam("most"))
)
_GOT = Statement(
    lambda insert: (
        insert(listened)
        .values({column.name: bindparam(column.name) for column in listened.c})
        .on_conflict_do_update(
            index_elements=["feed"], set_={name: bindparam(name) for name in ("entry", "at", "longest")}
        )
    )
)
_KEEP = Statement(
    lambda insert: (
        insert(rhythm)
        .values(feed=bindparam("feed"), hour=bindparam("hour"), gaps=bindparam("gaps"))
        .on_conflict_do_update(index_elements=["feed", "hour"], set_={"gaps": bindparam("gaps")})
    )
)


def hour_of_week(at: int) -> int:
    """Local time: 0 is Monday from midnight to one."""
    local = moment(at)
    return local.weekday() * DAY + local.hour


@dataclass(slots=True)
class Rhythm:
    """Times are microseconds. ``at`` is when the newest message came; 0 before the first."""

    at: int = 0
    longest: int = 0
    """The longest time without a message that touches the hour of ``at``, so far."""
    gaps: dict[int, list[int]] = field(default_factory=dict)
    """By hour of the week, the newest last."""
    changed: set[int] = field(default_factory=set)

    def hear(self, at: int) -> None:
        """A message came."""
        at = max(at, self.at)  # a clock that was set back
        if not self.at:
            self.at = at
            return
        gap, last, now = at - self.at, self.at // HOUR, at // HOUR
        self.longest = max(self.longest, gap)
        if now > last:
            self._note(last, self.longest)
            for hour in range(max(last + 1, now - KEPT * WEEK), now):
                self._note(hour, gap)
            self.longest = gap
        self.at = at

    def usual(self, at: int) -> int | None:
        """The usual longest time without a message at that hour of the week; none while too little is known."""
        hour = hour_of_week(at)
        known = self.gaps.get(hour, [])
        if len(known) < NEEDED and all(day < WORKDAYS for day in _days(self.at, at)):
            known = [gap for like in _like(hour) for gap in self.gaps.get(like, [])]
        return int(median(known)) if len(known) >= NEEDED else None

    def _note(self, hour: int, gap: int) -> None:
        of_week = hour_of_week(hour * HOUR)
        self.gaps[of_week] = [*self.gaps.get(of_week, []), gap][-KEPT:]
        self.changed.add(of_week)


def _days(since: int, until: int) -> Iterator[int]:
    """Days of the week from one time to another: who was heard last on Friday is not judged by a Tuesday."""
    first, last = moment(since).toordinal(), moment(until).toordinal()
    return (day % 7 for day in range(first - 1, min(last, first + 6)))  # day 1 of the calendar is a Monday


def _like(hour: int) -> Iterable[int]:
    """The same hour of the five workdays, for which a week is enough; Saturday and Sunday stand for themselves."""
    return range(hour % DAY, WORKDAYS * DAY, DAY) if hour < WORKDAYS * DAY else (hour,)


def known(connection: Connection, feed: str) -> tuple[int, Rhythm]:
    """How far in the journal it is learned, and what."""
    last, at, longest = connection.row(_PROGRESS, of=feed) or (0, 0, 0)
    gaps: Mapping[int, list[int]] = {hour: decode(kept) for hour, kept in connection.rows(_HOURS, of=feed)}
    return last, Rhythm(at, longest, dict(gaps))


@dataclass(frozen=True, slots=True)
class Learned:
    """What one look at the journal added."""

    feed: str
    entry: int
    rhythm: Rhythm
    complete: bool
    """False when there is more to read."""

    def keep(self, connection: Connection) -> None:
        connection.run(_GOT, feed=self.feed, entry=self.entry, at=self.rhythm.at, longest=self.rhythm.longest)
        connection.many(
            _KEEP,
            [
                {"feed": self.feed, "hour": hour, "gaps": encode(self.rhythm.gaps[hour]).decode()}
                for hour in sorted(self.rhythm.changed)
            ],
        )


def learn(connection: Connection, feed: str, most: int = MOST) -> Learned | None:
    """What has come since the last look; none when nothing has."""
    last, found = known(connection, feed)
    rows = connection.rows(_SINCE, of=feed, after=last, most=most)
    for _id, at in rows:
        found.hear(at)
    return Learned(feed, rows[-1][0], found, len(rows) < most) if rows else None
