"""What a registry puts right of a person: a number that was wrong, one that two people had, a former name.

A wrong number (错号) was this person's alone: it stays with the claim as an old one, leads to the person, and
contradicts nothing. A number issued twice (重号) is the other holder's: it leaves this person also for the past, and
whoever was joined with this person by it is parted, never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.database import Connection
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Component, component, decide
from hub.identity.links import UNLINK_BLOCKED
from hub.identity.normalise import id_numbers
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.identity.splitting import crosses
from hub.identity.undoing import made_together, take_place
from hub.identity.words import Words
from hub.model import Claim, Correct, Json
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number

REISSUED = "the number was issued twice"
OLD = "old"


def corrected(claim: Claim, corrections: Iterable[Correct]) -> Claim:
    """The claim with what its sender says was so before: numbers and names of ``use`` old."""
    patient = claim.patient
    for one in corrections:
        if one.kind == "name":
            patient = patient | {"name": _with_old(patient.get("name") or (), {"text": one.old}, {"text": one.new})}
        else:
            system = one.system or ID_NUMBER_SYSTEM
            old, new = ({"system": system, "value": value} for value in (one.old, one.new))
            known = patient.get("identifier") or ()
            patient = patient | {"identifier": _with_old(known, old if one.kind == "wrong" else {}, new)}
    return replace(claim, patient=patient)


def _with_old(told: Sequence[Json], old: Json, new: Json) -> list[Json]:
    """The new one first of its kind, so that it is the one that counts."""
    kept = [one for one in told if not (old and old.items() <= one.items())]
    if all(new.values()) and not any(new.items() <= one.items() for one in kept):
        kept.insert(0, new)
    return [*kept, *([{"use": OLD} | old] if all(old.values()) and old else [])]


@dataclass(frozen=True, slots=True)
class Reissue:
    """A number that two people had, as the message meets it that gives one of them another."""

    connection: Connection
    resolver: Resolver
    claims: Claims
    persons: Persons

    def part(self, sent: Sent, correction: Correct) -> None:
        """The claim, as it was known, from the others of its person that have the number.

        Rules' decisions and the sender's own end; the two sides are apart for every rule, by the sender's word.
        """
        known = self.resolver.find(sent)
        if known is None or known.recorded_at > sent.recorded_at:
            return
        mine = component(self.connection, known.id)
        if holders := self._holders(mine, known, correction):
            self._part(known, mine, holders, sent)

    def _part(self, known: Known, mine: Component, holders: Sequence[Known], sent: Sent) -> None:
        away = _side(mine, known, holders)
        ties = [
            found
            for found in mine.decisions
            if found.kind == "same" and crosses(found, away) and (found.of_rule or found.by == sent.cause.feed)
        ]
        words = Words(self.connection, known, holders[0], sent)
        words.withdraw(ties, BY_RULE, REISSUED)
        ruling = words.ruling(REISSUED, withdrew=[found.id for found in ties])
        made = [decide(self.connection, "not_same", known.id, other.id, ruling) for other in holders]
        made_together(self.connection, made)
        take_place(self.connection, made[0], ties)
        if component(self.connection, known.id).claims & away:
            words.ask(UNLINK_BLOCKED, REISSUED)
        for claim in sorted({known.id, *away}):
            self.persons.refresh(claim, sent.cause)

    def _holders(self, mine: Component, known: Known, correction: Correct) -> list[Known]:
        """Claims of the person with the old number, and not the new one too."""
        old, new = normal_id_number(correction.old), normal_id_number(correction.new)
        others = ((other, id_numbers(other.patient)) for other in self.claims.each(mine.claims - {known.id}))
        return [other for other, numbers in others if old in numbers and new not in numbers]


def _side(mine: Component, known: Known, holders: Iterable[Known]) -> frozenset[str]:
    """The holders, with what only they connect with the person."""
    others = frozenset(one.id for one in holders)
    return mine.claims - mine.within(mine.claims - others).around(known.id)
