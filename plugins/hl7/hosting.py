"""What a door and the connections that came in by it know of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections import Counter

    from hub import Receive
    from plugins.hl7.promises import Promises
    from plugins.hl7.settings import HL7Settings
    from plugins.hl7.wording import Wording


class Guest(Protocol):
    """A connection as its door sees it."""

    address: str
    heard_at: float

    @property
    def is_idle(self) -> bool: ...
    def look(self, now: float) -> None: ...
    def finish(self) -> None: ...
    def abort(self) -> None: ...


class Door(Protocol):
    """What a connection came in by, and shares with the others."""

    settings: HL7Settings
    receive: Receive
    wording: Wording
    counters: Counter[str]
    stopping: bool
    elsewhere: Promises | None
    """Where application acknowledgements go, when not back over the connection of their message."""

    def enter(self, guest: Guest) -> bool: ...
    def leave(self, guest: Guest) -> None: ...
