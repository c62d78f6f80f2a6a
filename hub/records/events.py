"""What a message tells beyond descriptions: numbers that are one person or two, resources that change hands or keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.database import Connection
from hub.identity.claims import Known
from hub.identity.correcting import merged_by
from hub.identity.corrections import of_message
from hub.identity.links import link, unlink
from hub.identity.merges import merge
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.model import Claim, Correct, Link, Merge, Move, Unlink
from hub.records.ids import CLAIM_TYPE, Ids
from hub.records.moving import Mover
from hub.records.resources import Key
from hub.records.stored import Cause

_Decide = Callable[[Connection, Resolver, Persons, Known, Sent], str]


@dataclass(frozen=True, slots=True)
class Happening:
    """The events of one update about one claim; ``Replace`` is about no claim."""

    connection: Connection
    resolver: Resolver
    persons: Persons
    mover: Mover
    known: Known
    cause: Cause
    recorded_at: int
    ids: Ids
    claims: list[str] = field(default_factory=list)
    """Others that it was about."""
    staying: set[Key] = field(default_factory=set)
    """Resources that stay whose they are, whatever the message says of them."""

    def take(self, event: Merge | Link | Unlink | Move | Correct) -> None:
        match event:
            case Merge():
                self._decide(merge, event.retired)
            case Link():
                self._decide(link, event.other)
            case Unlink():
                self._decide(unlink, event.other)
            case Move(key=(of_type, number), since=since) if of_type == CLAIM_TYPE:
                if since is not None and since.source_id != number:
                    self._part(number, since)
                self._decide(link, Claim(number, {"resourceType": CLAIM_TYPE}))
            case Move():
                self._move(event)
            case Correct(kind="wrong") if self._is_new(event) and self.resolver.find(self._sent(Claim(event.old, {}))):
                self._decide(merge, Claim(event.old, {"resourceType": CLAIM_TYPE}))
                merged_by(self.connection, self.known, self.claims[-1], event, self.cause.entry)

    def _is_new(self, event: Correct) -> bool:
        return of_message(self.known.patient, event, self.cause.entry) is not None

    def _decide(self, decide: _Decide, other: Claim) -> None:
        self.claims.append(decide(self.connection, self.resolver, self.persons, self.known, self._sent(other)))

    def _part(self, number: str, since: Claim) -> None:
        """A number that moves to another person is no longer the one's it was."""
        before = self.resolver.resolve(self._sent(since))
        moving = self._sent(Claim(number, {"resourceType": CLAIM_TYPE}))
        self.claims.append(before.id)
        unlink(self.connection, self.resolver, self.persons, before, moving)

    def _move(self, event: Move) -> None:
        if not self.mover.move(event, self.ids, self.known, self._sent(Claim("", {}))):
            self.staying.add((event.key[0], self.ids[event.key]))

    def _sent(self, claim: Claim) -> Sent:
        return Sent(claim, self.cause, self.recorded_at, "")
