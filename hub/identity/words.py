"""What one sender said of two of its numbers: its last word counts, and it takes back no word but its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.database import Connection
from hub.identity.claims import Known
from hub.identity.graph import Decision, Kind, Ruling, about, withdraw
from hub.identity.questions import ask_of
from hub.identity.resolving import Sent
from hub.records.times import now


class Words:
    """The active decisions about two claims, as the sender of one more word meets them."""

    def __init__(self, connection: Connection, one: Known, other: Known, sent: Sent) -> None:
        self._connection = connection
        self._sent = sent
        self.pair = (one.id, other.id)
        self.all = [found for found in about(connection, [one.id]) if {found.one, found.other} == set(self.pair)]

    @property
    def own(self) -> list[Decision]:
        """Those of this sender."""
        return [found for found in self.all if found.by == self._sent.cause.feed and not found.of_person]

    @property
    def outdated(self) -> bool:
        """The sender has said something newer of the two: this is an old message sent through again."""
        return any(found.at > self._sent.recorded_at for found in self.own)

    def take_back(self, kind: Kind, why: str) -> list[Decision]:
        """Withdraws what the sender said to the contrary before; what that was."""
        taken = [found for found in self.own if found.kind == kind]
        self.withdraw(taken, self._sent.cause.feed, why)
        return taken

    def withdraw(self, decisions: Iterable[Decision], by: str, why: str) -> None:
        for found in decisions:
            withdraw(self._connection, found.id, by, now(), why)

    def ruling(self, rule: str, *, retires: bool = False, **evidence: object) -> Ruling:
        feed, entry = self._sent.cause.feed, self._sent.cause.entry
        return Ruling(feed, self._sent.recorded_at, {"rule": rule, "version": 1, **evidence}, entry, retires)

    def ask(self, kind: str, rule: str, about_: Sequence[str] = ()) -> None:
        """What only a person may decide."""
        ids = tuple(about_ or self.pair)
        ask_of(self._connection, kind, ids, self._sent.cause, {"rule": rule})
