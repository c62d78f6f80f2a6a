"""What a registry puts right of a person: a number that was wrong, one that two people had, a former name.

A wrong number (错号) was this person's alone: it stays with the claim as an old one, leads to the person, and
contradicts nothing. A number issued twice (重号) is the other holder's: it leaves this person also for the past, and
whoever was joined with this person by it is parted, never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from hub.database import Connection, Statement
from hub.errors import Refused
from hub.identity.acting import Act, Done
from hub.identity.claims import Claims, Known
from hub.identity.corrections import OLD, bringing, current, is_said_again, of_message, put_right, record, system_of
from hub.identity.graph import BY_RULE, Component, Ruling, about, component, decide
from hub.identity.normalise import id_numbers, not_lent
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.identity.settled import UNLINK_BLOCKED
from hub.identity.splitting import crosses, part_off
from hub.identity.undoing import made_together, take_place
from hub.identity.words import Words
from hub.model import Claim, Correct, Json
from hub.model.person import ID_NUMBER_SYSTEM, id_number_fault, normal_id_number
from hub.records.ids import claim_id
from hub.schema import decision as _decision

REISSUED, BY_SENDER, BY_HAND = "the number was issued twice", "the sender put it right", "put right by hand"
_SINCE = Statement(
    select(_decision.c.id).where(_decision.c.id > bindparam("after"), _decision.c.decided_by == bindparam("rule"))
)


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
class Corrections:
    """What a message puts right, as it meets the claim: each is a decision, and is taken back like any other."""

    connection: Connection
    resolver: Resolver
    claims: Claims
    persons: Persons

    def resolve(self, sent: Sent, corrections: Sequence[Correct]) -> Known:
        """As ``Resolver.resolve``; all that follows from the corrections stands and falls with them.

        What was said before changes nothing, also where a person took it back.
        """
        known = self.resolver.find(sent)
        before = sent.claim.patient if known is None else known.patient
        new = [one for one in corrections if known is None or not is_said_again(self.connection, before, one)]
        if not new:
            return self.resolver.resolve(sent)
        self.resolver.cover()  # what came before is not theirs
        claim = claim_id(sent.cause.feed, sent.source_id)
        made = [decide(self.connection, "correct", claim, claim, _ruling(sent, one)) for one in new]
        sent = replace(sent, cause=replace(sent.cause, decision=made[0]))
        for number, one in zip(made, new, strict=True):
            if one.kind == "reissued":
                self._part(sent, one, number)
        resolved = self.resolver.resolve(replace(sent, claim=corrected(sent.claim, new)))
        self.resolver.cover(made[0])
        if resolved.id == claim:
            for number, one in zip(made, new, strict=True):
                resolved.patient = record(number, one, before, resolved.patient, sent.cause.entry)
            resolved.patient = bringing(resolved.patient, made[0], brought_since(self.connection, made[-1]))
        return resolved

    def _part(self, sent: Sent, correction: Correct, number: int) -> None:
        """The claim, as it was known, from the others of its person that have the number.

        Rules' decisions and the sender's own end; the two sides are apart for every rule, by the sender's word.
        """
        known = self.resolver.find(sent)
        if known is None or known.recorded_at > sent.recorded_at:
            return
        mine = component(self.connection, known.id)
        if holders := _holders(self.claims, mine, known, correction):
            self._part_from(known, mine, holders, sent, number)

    def _part_from(self, known: Known, mine: Component, holders: Sequence[Known], sent: Sent, number: int) -> None:
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
        made_together(self.connection, [*made, number])
        take_place(self.connection, made[0], ties)
        if component(self.connection, known.id).claims & away:
            words.ask(UNLINK_BLOCKED, REISSUED)
        for claim in sorted({known.id, *away}):
            self.persons.refresh(claim, sent.cause)


def brought_since(connection: Connection, made: int) -> list[int]:
    """The rules' decisions of this transaction after a decision of its own."""
    return [number for (number,) in connection.rows(_SINCE, after=made, rule=BY_RULE)]


def merged_by(connection: Connection, known: Known, retired: str, correction: Correct, entry: int) -> None:
    """The claim that a registry keyed by the old number became this one's: undone with the correction."""
    made = of_message(known.patient, correction, entry)
    merges = [found.id for found in about(connection, [retired]) if found.retires and found.entry == entry]
    if made is not None and merges:
        made_together(connection, [made, *dict.fromkeys(merges)])


def correct(act: Act, claim: str, correction: Correct) -> Done:
    """A person puts right a number or name of a claim; what its sender says later is read so, too.

    Without ``old`` the only number of the system, or name, is meant. ``reissued`` parts the claim from those of its
    person that have the number: whatever tied them ends. No rule joins anybody for it; who may be one by the new
    number is asked. Raises ``NotFound``, and ``Refused``.
    """
    known = act.known(claim)
    correction = _whole(known, correction)
    after = put_right(known.patient, correction)
    if id_numbers(after) != id_numbers(known.patient):
        after = not_lent(after)
    ruling = act.ruling(BY_HAND, what=correction.kind, system=correction.system)
    made, mine = decide(act.connection, "correct", known.id, known.id, ruling), act.around(known)
    ended: tuple[int, ...] = ()
    if correction.kind == "reissued" and (holders := _holders(act.claims, mine, known, correction)):
        ended = part_off(act, sorted(_side(mine, known, holders)), also=[made]).ended
    known.patient = record(made, correction, known.patient, after)
    children, sharing = Resolver(act.connection, act.claims, act.persons, act.rules, act.at).describe_anew(known)
    known.patient = bringing(known.patient, made, brought_since(act.connection, made))
    return act.done("correct", made, mine.claims | children | sharing, ended)


def _whole(known: Known, correction: Correct) -> Correct:
    """With the system, and the value that is meant; a new one that can be right."""
    system, told = system_of(correction), current(known.patient, system_of(correction))
    if not correction.new and correction.kind != "reissued":
        raise Refused("say what is right")
    if system == ID_NUMBER_SYSTEM and correction.new and id_number_fault(correction.new):
        raise Refused("the new ID number cannot be right: a digit or its check digit is wrong")
    if not correction.old and len(told) != 1:
        raise Refused("the claim has none, or several: say which one is put right")
    return replace(correction, system=system, old=correction.old or told[0])


def _ruling(sent: Sent, correction: Correct) -> Ruling:
    evidence = {"rule": BY_SENDER, "version": 1, "what": correction.kind}
    return Ruling(sent.cause.feed, sent.recorded_at, evidence, sent.cause.entry)


def _holders(claims: Claims, mine: Component, known: Known, correction: Correct) -> list[Known]:
    """Claims of the person with the old number, and not the new one too."""
    system = correction.system or ID_NUMBER_SYSTEM
    old, new = (system, normal_id_number(correction.old)), (system, normal_id_number(correction.new))
    others = ((other, _numbers(other)) for other in claims.each(mine.claims - {known.id}))
    return [other for other, numbers in others if old in numbers and new not in numbers]


def _numbers(known: Known) -> set[tuple[str, str]]:
    told = known.patient.get("identifier") or ()
    return {(one.get("system", ""), normal_id_number(one["value"])) for one in told if one.get("value")}


def _side(mine: Component, known: Known, holders: Iterable[Known]) -> frozenset[str]:
    """The holders, with what only they connect with the person."""
    others = frozenset(one.id for one in holders)
    return mine.claims - mine.within(mine.claims - others).around(known.id)
