"""Finds the claim a message speaks of and, by strong numbers and the name, the person it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from hub.database import Connection
from hub.identity.agreement import Agreement, compare
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Ruling, apart, component, decide
from hub.identity.normalise import STRENGTH, Number, Patient, faulty_id_numbers, id_numbers, names, strong_numbers
from hub.identity.parting import Revision, part
from hub.identity.persons import Persons
from hub.identity.questions import CONTRADICTION, DUPLICATE, FAULT, REUSED, ask
from hub.model import Claim, Json
from hub.records.ids import claim_id, resource_id
from hub.records.json import encode
from hub.records.merging import merged, retold, retold_late
from hub.records.stored import Cause, digest_of
from hub.records.times import day

COMPARED = ("name", "birthDate", "gender", "identifier")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a message says of a person."""

    claim: Claim
    cause: Cause
    recorded_at: int
    fallback: str
    """Keys the claim when the sender gives no number."""

    @property
    def source_id(self) -> str:
        return self.claim.source_id or self.fallback


def fallback_key(body: bytes, place: int) -> str:
    """The same for the same message, replayed or not."""
    return f"message/{blake2b(body, digest_size=16).hexdigest()}/{place}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing a claim with a holder of its number said."""

    system: str
    holder: Known
    agreement: Agreement


class Resolver:
    def __init__(self, connection: Connection, claims: Claims, persons: Persons, at: int) -> None:
        self._connection = connection
        self._claims = claims
        self._persons = persons
        self._at = at
        self._introduced = 0

    def resolve(self, sent: Sent) -> Known:
        """The claim, brought up to date, with the person it now belongs to."""
        known = self.find(sent)
        digest = digest_of(encode(sent.claim.patient))
        if known is not None and digest != known.digest:
            known = self._of_that_name(known, sent)
        if known is None:
            known = self.introduce(sent)
            self._settle(known, strong_numbers(known.patient), sent.cause)
            return known
        newer = (sent.recorded_at, sent.cause.entry) >= (known.recorded_at, known.entry)
        another_day = newer and day(sent.recorded_at) != day(known.recorded_at)
        revised = digest != known.digest and self._revise(known, sent, newer=newer)
        if newer:
            known.digest, known.recorded_at, known.changed = digest, sent.recorded_at, True
        if revised or another_day:
            known.entry = sent.cause.entry if newer else known.entry
            # Which feed spoke last counts by the day, so that a repeat seldom makes a new version of the person.
            self._persons.refresh(known.id, sent.cause)
        return known

    def find(self, sent: Sent) -> Known | None:
        return self._claims.get(claim_id(sent.cause.feed, sent.source_id))

    def introduce(self, sent: Sent, source_id: str = "") -> Known:
        """A claim not heard of before: kept, not yet shown and not yet compared with others."""
        source_id = source_id or sent.source_id
        patient = merged({"resourceType": "Patient"}, sent.claim.patient)
        id_, feed, entry = claim_id(sent.cause.feed, source_id), sent.cause.feed, sent.cause.entry
        digest = digest_of(encode(sent.claim.patient))
        self._introduced += 1
        number = self._at + self._introduced
        known = Known(id_, number, feed, source_id, id_, encode(patient), digest, sent.recorded_at, entry)
        self._claims.add(known, strong_numbers(patient))
        self._ask_about_faults(known, sent.cause)
        return known

    def _settle(self, known: Known, numbers: Sequence[Number], cause: Cause) -> None:
        if self._match(known, numbers, cause) or not known.new:
            self._persons.refresh(known.id, cause)
        else:
            self._persons.show_alone(known, cause)

    def _revise(self, known: Known, sent: Sent, *, newer: bool) -> bool:
        before = known.patient
        after = (retold if newer else retold_late)(before, sent.claim.patient)
        if after == before:
            return False
        known.patient = after
        if newer:
            known.recorded_at, known.entry = sent.recorded_at, sent.cause.entry
        if after.get("identifier") != before.get("identifier"):
            self._claims.renumber(known.id, strong_numbers(before), strong_numbers(after))
            self._ask_about_faults(known, sent.cause)
        if any(after.get(element) != before.get(element) for element in COMPARED):
            self._reconsider(known, before, sent.cause)
        return True

    def _reconsider(self, known: Known, before: Patient, cause: Cause) -> None:
        """What identity compares has changed: joins may no longer hold, others may now."""
        parted = part(self._connection, self._claims, Revision(known, before, cause), self._at)
        for one in (known, *parted) if parted else ():
            self._persons.refresh(one.id, cause)
        self._match(known, strong_numbers(known.patient), cause)
        for other in parted:
            if self._match(other, strong_numbers(other.patient), cause):
                self._persons.refresh(other.id, cause)

    def _of_that_name(self, known: Known, sent: Sent) -> Known | None:
        """The claim itself, unless its sender now uses its number for another person too: then theirs.

        Two resident's numbers, both valid, and two names are two persons; a name alone may be a correction.
        """
        new, old = names(sent.claim.patient), names(known.patient)
        if not (new and old) or new & old:
            return known
        for second in self._claims.each(known.flagged(REUSED)):
            if names(second.patient) & new:
                return second
        numbers, held = id_numbers(sent.claim.patient), id_numbers(known.patient)
        return self._second_person(known, sent, min(numbers)) if numbers and held and not numbers & held else known

    def _second_person(self, known: Known, sent: Sent, number: str) -> Known:
        cause = sent.cause
        source_id = f"{known.source_id}#{resource_id(known.feed, 'number', number)}"
        second = self._claims.get(claim_id(known.feed, source_id))
        if second is None:
            second = self.introduce(sent, source_id)
            known.flag(REUSED, second.id)
            second.flag(REUSED, known.id)
            self._ask(REUSED, (known, second), cause, {"contradicted": ("name", "identifier")})
            self._persons.refresh(known.id, cause)
            self._settle(second, strong_numbers(second.patient), cause)
        return second

    def _match(self, known: Known, numbers: Sequence[Number], cause: Cause) -> bool:
        """Joins the claim to the one person that its numbers and its name lead to, and asks about the rest."""
        verdicts = self._verdicts(known, numbers)
        agreeing = self._unopposed(verdicts)
        joined = bool(agreeing) and self._join(known, agreeing, cause)
        answered = {verdict.system for verdict in agreeing}
        for verdict in verdicts:
            if verdict.system not in answered and not verdict.agreement.same:
                self._contradict(known, verdict, cause, flag=not joined)
        return joined

    def _unopposed(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Those that agree, but for persons of whom another claim with the number, not retired, contradicts."""
        agreeing = [verdict for verdict in verdicts if verdict.agreement.same]
        persons = {verdict.holder.person for verdict in agreeing}
        opposed = {
            verdict.holder.person
            for verdict in verdicts
            if verdict.agreement.contradicted and verdict.holder.person in persons and not self._retired(verdict.holder)
        }
        return [verdict for verdict in agreeing if verdict.holder.person not in opposed]

    def _retired(self, known: Known) -> bool:
        return known.id in component(self._connection, known.id).retired

    def _verdicts(self, known: Known, numbers: Sequence[Number]) -> list[Verdict]:
        """Strongest number first, earliest holder first."""
        return [
            Verdict(system, holder, compare(known.patient, holder.patient))
            for system in STRENGTH
            for holder in self._claims.holders([one for one in numbers if one[0] == system], known.id)
            if holder.person != known.person
        ]

    def _join(self, known: Known, agreeing: Sequence[Verdict], cause: Cause) -> bool:
        best = agreeing[0]
        mine = component(self._connection, known.id)
        strongest = {verdict.holder.person for verdict in agreeing if verdict.system == best.system}
        if len({verdict.holder.person for verdict in agreeing}) > 1 or len(mine.claims) > 1:
            holders = (known, *(verdict.holder for verdict in agreeing))
            self._ask(DUPLICATE, holders, cause, best.agreement.evidence(best.system))
        if len(strongest) > 1 or len(mine.claims) > 1 or apart(mine, component(self._connection, best.holder.id)):
            return False
        evidence = best.agreement.evidence(best.system)
        ruling = Ruling(BY_RULE, self._at, evidence, cause.entry)
        decide(self._connection, "same", best.holder.id, known.id, ruling)
        return True

    def _contradict(self, known: Known, verdict: Verdict, cause: Cause, *, flag: bool) -> None:
        detail = verdict.agreement.evidence(verdict.system) | {"contradicted": verdict.agreement.contradicted}
        self._ask(CONTRADICTION, (known, verdict.holder), cause, detail)
        if flag:
            known.flag(CONTRADICTION, verdict.holder.id)

    def _ask_about_faults(self, known: Known, cause: Cause) -> None:
        if faults := faulty_id_numbers(known.patient):
            self._ask(FAULT, (known,), cause, {"faults": faults})

    def _ask(self, kind: str, about: Sequence[Known], cause: Cause, detail: Json) -> None:
        ask(self._connection, kind, about, cause, detail)
