"""One kind of message, and what it says of a visit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of message."""

    name: str
    visit: str = ""
    """The Encounter's status after it; empty where the message does not say (then class and discharge time do)."""
    before: str = ""
    """The status it ends, for the Encounter's history."""
    ends: bool | None = None
    """True: the visit is over; False: it is open again, and an earlier end is deleted."""
    merges: bool = False
    mentions: bool = False
    """The visit is only mentioned: what is known of it from others stands."""
