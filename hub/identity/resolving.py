"""Finds the claim a message speaks of, keeps how it is described, and has it joined with the person it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from hub.database import Connection
from hub.identity.agreement import numbers_of
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims, Known
from hub.identity.corrections import as_decided, kept
from hub.identity.covering import Covering
from hub.identity.graph import Component, component
from hub.identity.matching import Matcher
from hub.identity.newborns import Newborns
from hub.identity.normalise import (
    Description,
    Number,
    anothers_number,
    describe,
    faulty_id_numbers,
    id_numbers,
    names,
    not_lent,
)
from hub.identity.parting import Parting, Revision
from hub.identity.persons import Persons
from hub.identity.questions import CONTRADICTION, FAULT, REUSED, ask
from hub.identity.reusing import Another, another
from hub.identity.rules import Rules
from hub.identity.verdicts import Matched
from hub.model import Claim, Json
from hub.records.contacts import retell
from hub.records.ids import claim_id, resource_id
from hub.records.json import encode
from hub.records.merging import merged
from hub.records.stored import Cause, digest_of
from hub.records.times import day

_OF_NUMBER = ("identifier", "birthDate", "gender")
"""What a resident's number tells, or is told by."""


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
class _Told:
    """A claim that is expected, and not heard of before."""

    sent: Json
    patient: Json
    description: Description


class Resolver:
    def __init__(self, connection: Connection, claims: Claims, persons: Persons, rules: Rules, at: int) -> None:
        self._connection = connection
        self._claims = claims
        self._persons = persons
        self._rules = rules
        self._candidates = Candidates(connection, claims.person_of)
        self._matcher = Matcher(connection, claims, self._candidates, rules, at)
        self._parting = Parting(connection, claims, self._candidates, rules, at)
        self._newborns = Newborns(connection, claims, self._candidates, at)
        self._at = at
        self._introduced = 0
        self._told: dict[str, _Told] = {}

    def expect(self, claims: Iterable[tuple[str, Claim]]) -> None:
        """Reads with few statements what looking for these will ask for, each with its feed; costs time if left out."""
        numbers: set[Number] = set()
        mothers: set[str] = set()
        for feed, claim in claims:
            id_ = claim_id(feed, claim.source_id)
            if not claim.source_id or id_ in self._told or self._claims.get(id_) is not None:
                continue
            patient = merged({"resourceType": "Patient"}, claim.patient)
            description = describe(patient, feed)
            self._told[id_] = _Told(claim.patient, patient, description)
            numbers |= numbers_of(description).union(self._newborns.asked(id_, description))
            mothers.update(self._newborns.mothers(feed, description))
        if not self._told:
            return
        likely = mothers.union(*self._claims.held(numbers).values())
        if len(self._told) > 1:  # a single one is looked for with one statement anyway
            likely |= self._candidates.expect_near(told.description for told in self._told.values())
        self._candidates.expect(self._persons.expect(likely.union(self._told)))

    def flush(self) -> None:
        self.cover()
        self._candidates.flush()

    def cover(self, decision: int | None = None) -> None:
        """Asks what has been left unasked so far; what a correction left, for as long as that stands."""
        covering = Covering(self._connection, self._claims, self._candidates, self._rules)
        covering.cover(self._persons.loose | self._matcher.in_doubt, decision)
        self._persons.loose, self._matcher.in_doubt = set(), set()

    def resolve(self, sent: Sent) -> Known:
        """The claim, brought up to date, with the person it now belongs to."""
        known = self.find(sent)
        if known is not None and kept(known.patient):
            sent = replace(sent, claim=as_decided(self._connection, known.patient, sent.claim))
        digest = digest_of(encode(sent.claim.patient))
        if known is not None and digest != known.digest:
            known = self._of_that_name(known, sent)
        if known is None:
            known = self.introduce(sent)
            self._settle(known, sent.cause)
            return known
        newer = (sent.recorded_at, sent.cause.entry) >= (known.recorded_at, known.entry)
        another_day = newer and day(sent.recorded_at) != day(known.recorded_at)
        revised = (digest != known.digest or another_day) and self._revise(known, sent, newer=newer)
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
        id_, feed, entry = claim_id(sent.cause.feed, source_id), sent.cause.feed, sent.cause.entry
        patient, description = self._told_by(sent, id_)
        digest = digest_of(encode(sent.claim.patient))
        self._introduced += 1
        number = self._at + self._introduced
        known = Known(id_, number, feed, source_id, id_, encode(patient), digest, sent.recorded_at, entry)
        self._claims.add(known, self._numbers(known, description))
        self._candidates.note(known.id, description, new=True)
        self._ask_about_faults(known, sent.cause)
        return known

    def _told_by(self, sent: Sent, claim: str) -> tuple[Json, Description]:
        told = self._told.pop(claim, None)
        if told is not None and told.sent is sent.claim.patient:
            return told.patient, told.description
        patient = merged({"resourceType": "Patient"}, sent.claim.patient)
        return patient, describe(patient, sent.cause.feed)

    def _settle(self, known: Known, cause: Cause) -> None:
        """A claim that was introduced a moment ago: whose it is, and how that looks."""
        description = self._raised(known, self._described(known), cause)
        joined = self._match(known, description, cause, fresh=True)
        hers = None
        if joined or not known.new:
            hers = self._persons.refresh(known.id, cause)
        else:
            self._persons.show_alone(known, cause)
        self._raise_children(known, description, cause, hers)
        self._ask_whose_number(known, cause)

    def _revise(self, known: Known, sent: Sent, *, newer: bool) -> bool:
        before = known.patient
        after = retell(before, sent.claim.patient, known.recorded_at, sent.recorded_at, newer=newer)
        if id_numbers(after) != id_numbers(before):
            after = not_lent(after)
        if after == before:
            return False
        known.patient = after
        if newer:
            known.recorded_at, known.entry = sent.recorded_at, sent.cause.entry
        if after.get("identifier") != before.get("identifier"):
            self._ask_about_faults(known, sent.cause)
        self._redescribe(known, describe(after, known.feed), sent.cause)
        if any(after.get(element) != before.get(element) for element in _OF_NUMBER):
            self._ask_whose_number(known, sent.cause)
        return True

    def _redescribe(self, known: Known, told: Description, cause: Cause) -> bool:
        """What identity compares may have changed: then joins may no longer hold, and others may now."""
        before = self._described(known)
        now = self._raised(known, told, cause)
        if now == before:
            return False
        self._note(known, before, now)
        self._persons.loose |= {known.id}.union(*self._claims.held(numbers_of(before) - numbers_of(now)).values())
        parted = self._parting.part(Revision(known, now, before, cause))
        for one in (known, *parted) if parted else ():
            self._persons.refresh(one.id, cause)
        joined = self._match(known, now, cause)
        for other in parted:
            self._match(other, self._described(other), cause)
            self._persons.refresh(other.id, cause)  # a question flags it also where it joins nobody
        hers = self._persons.refresh(known.id, cause) if joined else None
        self._raise_children(known, now, cause, hers)
        return True

    def describe_anew(self, known: Known) -> tuple[set[str], set[str]]:
        """As its Patient is by now, and its children after it; rules join and part nobody for it.

        The children, and all that have a number which it had, or has.
        """
        before, hers = self._described(known), component(self._connection, known.id)
        children = [*self._newborns.waiting(known, before), *self._newborns.of_mother(hers)]
        now = self._raised(known, describe(known.patient, known.feed), Cause(known.feed, known.entry))
        self._note(known, before, now)
        children += self._newborns.waiting(known, now)
        for child in children:
            told = describe(child.patient, child.feed)
            self._note(child, self._described(child), self._raised(child, told, Cause(child.feed, child.entry)))
        self._candidates.flush()
        sharing = self._claims.held(numbers_of(before) ^ numbers_of(now)).values()
        return {child.id for child in children}, set[str]().union(*sharing)

    def _note(self, known: Known, before: Description, now: Description) -> None:
        self._claims.renumber(known.id, self._numbers(known, before), self._numbers(known, now))
        self._candidates.note(known.id, now)

    def _match(self, known: Known, description: Description, cause: Cause, *, fresh: bool = False) -> bool:
        kin = self._newborns.kin(known) if description.mother is not None else ()
        return self._matcher.match(Matched(known, description, cause, kin, fresh))

    def _raised(self, known: Known, told: Description, cause: Cause) -> Description:
        """As told, with what is known of the mother besides; noted and found by it."""
        raised = self._newborns.raised(known, told, cause)
        if raised is not told and known.new:
            self._claims.renumber(known.id, self._numbers(known, told), self._numbers(known, raised))
            self._candidates.note(known.id, raised)
        return raised

    def _raise_children(self, known: Known, description: Description, cause: Cause, hers: Component | None) -> None:
        """Children named her number before she was known by it, or by a claim that has just become hers."""
        children = self._newborns.waiting(known, description)
        if hers is not None:
            children += self._newborns.of_mother(hers)
        for child in dict.fromkeys(one.id for one in children):
            one = self._claims.get(child)
            if one is not None and self._redescribe(one, describe(one.patient, one.feed), cause):
                self._persons.refresh(one.id, cause)

    def _described(self, known: Known) -> Description:
        """As it is kept; made anew where nothing is kept yet."""
        return self._candidates.described([known.id]).get(known.id) or describe(known.patient, known.feed)

    def _numbers(self, known: Known, description: Description) -> frozenset[Number]:
        """All that leads to the claim, for itself or for its mother's sake."""
        return numbers_of(description).union(self._newborns.numbers(known.feed, description))

    def _of_that_name(self, known: Known, sent: Sent) -> Known | None:
        """The claim itself, unless its sender now uses its number for another person too: then theirs.

        Two resident's numbers, both valid, and two names are two persons, and so are two of whom hardly anything
        is one; a name alone may be a correction.
        """
        new, old = names(sent.claim.patient), names(known.patient)
        if not (new and old) or new & old:
            return known
        seconds = self._claims.each(known.flagged(REUSED))
        for second in seconds:
            if names(second.patient) & new:
                return second
        numbers, held = id_numbers(sent.claim.patient), id_numbers(known.patient)
        if numbers and held and not numbers & held:
            return self._second_person(known, sent, ("number", min(numbers)), ("name", "identifier"))
        found = self._another(known, sent)
        if found is None:
            return known
        corrected = next((second for second in seconds if self._another(second, sent) is None), None)
        told = f"{min(new)}/{sent.claim.patient.get('birthDate')}"
        return corrected or self._second_person(known, sent, ("person", told), found.contradicted)

    def _another(self, known: Known, sent: Sent) -> Another | None:
        return another(sent.claim.patient, known.patient, known.feed, self._rules.model)

    def _second_person(self, known: Known, sent: Sent, told: tuple[str, str], contradicted: tuple[str, ...]) -> Known:
        cause = sent.cause
        source_id = f"{known.source_id}#{resource_id(known.feed, *told)}"
        second = self._claims.get(claim_id(known.feed, source_id))
        if second is None:
            second = self.introduce(sent, source_id)
            known.flag(REUSED, second.id)
            second.flag(REUSED, known.id)
            self._ask(REUSED, (known, second), cause, {"contradicted": contradicted})
            self._persons.refresh(known.id, cause)
            self._settle(second, cause)
        return second

    def _ask_about_faults(self, known: Known, cause: Cause) -> None:
        if faults := faulty_id_numbers(known.patient):
            self._ask(FAULT, (known,), cause, {"faults": faults})

    def _ask_whose_number(self, known: Known, cause: Cause) -> None:
        """Unless that is asked already, of it and another who has the number."""
        if (doubts := anothers_number(known.patient)) and not known.flagged(CONTRADICTION):
            self._ask(FAULT, (known,), cause, {"faults": doubts})

    def _ask(self, kind: str, about: Sequence[Known], cause: Cause, detail: Json) -> None:
        ask(self._connection, kind, about, cause, detail)
