"""What is unusual about a feed: pure, from its figures, its rhythm and the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from hub.config import FeedConfig, WatchConfig
from hub.language import Text
from hub.watch.figures import Figures
from hub.watch.rhythm import Rhythm

Kind = Literal["silent", "refusing", "parking", "backlog", "unmapped"]
KINDS: tuple[Kind, ...] = ("silent", "refusing", "parking", "backlog", "unmapped")
SECOND, MINUTE = 1_000_000, 60_000_000
TIMES, LEAST = 3, MINUTE
"""Silent is who says nothing for three times what is usual, and for a minute at least."""
SHORT = 5 * MINUTE
"""Below this, times are said in seconds."""


def unusual(found: Figures, watch: WatchConfig, now: int) -> Iterator[tuple[Kind, Text]]:
    """But for silence."""
    if found.refused >= watch.refused:
        yield "refusing", Text("the last {count} messages were refused", {"count": found.refused})
    if found.parked >= watch.parked:
        yield "parking", Text("the last {count} messages were parked", {"count": found.parked})
    if found.oldest is not None and now - found.oldest > watch.oldest_seconds * SECOND:
        minutes = (now - found.oldest) // MINUTE
        yield "backlog", Text("the oldest message has waited for {minutes} min", {"minutes": minutes})
    if found.unmapped:
        yield "unmapped", Text("{count} codes wait for somebody to map them", {"count": found.unmapped})


def limit(feed: FeedConfig, rhythm: Rhythm, now: int) -> int | None:
    """After how long without a message the feed counts as silent; none when that cannot be said."""
    if feed.silence == "off" or not rhythm.at:
        return None
    if isinstance(feed.silence, int):
        return feed.silence * SECOND
    usual = rhythm.usual(now)
    return None if usual is None else max(LEAST, TIMES * usual)


def silent(feed: FeedConfig, rhythm: Rhythm, now: int, since: int) -> Text | None:
    """Silence is counted from the newest message, but not from before ``since``, when the doors were opened."""
    allowed, silence = limit(feed, rhythm, now), now - max(rhythm.at, since)
    if allowed is None or silence <= allowed:
        return None
    if allowed < SHORT:
        seconds = {"seconds": silence // SECOND, "limit": allowed // SECOND}
        return Text("no message for {seconds} s; more than {limit} s is unusual at this hour", seconds)
    minutes = {"minutes": silence // MINUTE, "limit": -(-allowed // MINUTE)}
    return Text("no message for {minutes} min; more than {limit} min is unusual at this hour", minutes)
