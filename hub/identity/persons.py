"""Keeps what the decisions say ready to read: each claim's person, whose record a resource is, each Patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.database import Connection
from hub.identity.changes import Changes
from hub.identity.claims import Claims, Known
from hub.identity.graph import Component, component, expect
from hub.identity.questions import Standing, ask_about_two_numbers, put_right, with_old, without_lent
from hub.identity.rules import Rules
from hub.identity.settled import settle
from hub.model import Json
from hub.records import person_view
from hub.records.person_view import Said
from hub.records.references import moved
from hub.records.resources import Resources
from hub.records.stored import Cause, Stored, dressed, meta, plain


class Persons:
    def __init__(self, connection: Connection, claims: Claims, resources: Resources, rules: Rules) -> None:
        self._connection = connection
        self._claims = claims
        self._resources = resources
        self._rules = rules
        self._touched: set[str] = set()
        self.changes = Changes()
        self.loose: set[str] = set()
        """Claims that were taken apart or are described otherwise: compared with others once more, when all is done."""
        self.standing: Standing | None = None
        """What a person does: what is asked on its account ends when it is taken back."""

    def expect(self, claims: Iterable[str]) -> frozenset[str]:
        """Reads with few statements the persons that these claims are of, or make; all claims of theirs."""
        found = expect(self._connection, claims)
        self._claims.expect(found)
        self._resources.expect(("Patient", claim) for claim in found)
        return found

    def show_alone(self, known: Known, cause: Cause) -> None:
        """A claim that no decision names yet."""
        self._show(known.id, [known], Component(frozenset([known.id]), ()), cause)

    def refresh(self, claim: str, cause: Cause | None) -> Component:
        """Brings all that depends on the claim's component up to date; a cause of None keeps each resource's own."""
        found = component(self._connection, claim)
        self._touched |= found.claims
        claims = self._claims.each(found.claims)
        person = found.person((known.number, known.id) for known in claims)
        for known in claims:
            if known.person != person:
                if known.person not in found.claims:
                    self.loose |= {known.id, known.person}
                self._move(known, person, cause)
        self._show(person, claims, found, cause)
        return found

    def touch(self, claims: Iterable[str]) -> None:
        """Questions about these are looked at again when all else is done."""
        self._touched |= set(claims)

    def settle(self) -> None:
        """Closes what nobody has to ask any more; when all else is done."""
        settle(self._connection, self._claims, self._touched, self._rules.model)
        self._touched = set()

    def _move(self, known: Known, person: str, cause: Cause | None) -> None:
        """The claim's resources follow it, each with a new version if it names the person."""
        before, known.person, known.changed = known.person, person, True
        self.changes.moved(known, before, cause)
        if self._resources.get("Patient", known.id) is None:
            return  # what has not been shown yet has nothing
        for stored in self._resources.of_claim(known.id):
            stored.person, stored.changed = person, True
            if stored.type != "Patient":
                content = plain(stored.content())
                after = moved(content, before, person)
                if after != content:
                    self._resources.move(stored, after, cause or _cause_of(stored), (before, person))

    def _show(self, person: str, claims: Sequence[Known], found: Component, cause: Cause | None) -> None:
        gone = found.replaced((known.number, known.id) for known in claims) - {person}
        retired = found.retired & gone
        old = frozenset[str]().union(*(put_right(known.patient) for known in claims))
        said = [_said(known, retired, gone, old) for known in claims]
        self._resources.expect(("Patient", known.id) for known in claims)
        for known in claims:
            if known.id == person:
                shown = [replace(one, patient=without_lent(one.patient)) for one in said] if len(said) > 1 else said
                view = person_view.compose(person, shown, self._rules.verified, self._rules.survivorship)
                self._patient(known, view, person_view.flags(said), cause)
            else:
                self._patient(known, person_view.as_sent(_said(known, retired, gone), person), [], cause)
        asking = cause or Cause(claims[0].feed, claims[0].entry)
        ask_about_two_numbers(self._connection, claims, asking, self.standing)

    def _patient(self, known: Known, content: Json, tags: list[Json], cause: Cause | None) -> None:
        stored = self._resources.get("Patient", known.id)
        if stored is None:
            self._resources.add(self._first(known, content, tags, cause or Cause(known.feed, known.entry)))
            return
        body = plain(content)
        if not stored.says(body, tags):
            stored.recorded_at, stored.digest = known.recorded_at, known.digest
            self._resources.revise(stored, body, cause or _cause_of(stored), tags)

    def _first(self, known: Known, content: Json, tags: list[Json], cause: Cause) -> Stored:
        at = self._resources.at
        return Stored(
            type="Patient",
            id=known.id,
            feed=known.feed,
            entry=cause.entry,
            claim=known.id,
            person=known.person,
            recorded_at=known.recorded_at,
            updated_at=at,
            digest=known.digest,
            body=dressed(plain(content), known.id, meta(1, at, cause.source, tags)),
        )


def _said(known: Known, retired: frozenset[str], gone: frozenset[str], old: frozenset[str] = frozenset()) -> Said:
    patient = with_old(known.patient, old) if old else known.patient
    merged = known.id in gone - retired
    return Said(known.id, known.feed, patient, known.recorded_at, known.id in retired, known.entry, merged)


def _cause_of(stored: Stored) -> Cause:
    return Cause(stored.feed, stored.entry)
