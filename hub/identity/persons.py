"""Keeps what the decisions say ready to read: each claim's person, whose record a resource is, each Patient."""

from __future__ import annotations

from collections.abc import Sequence

from hub.database import Connection
from hub.identity.claims import Claims, Known
from hub.identity.graph import Component, component
from hub.identity.questions import ask_about_two_numbers
from hub.model import Json
from hub.records import person_view
from hub.records.person_view import Said
from hub.records.references import moved
from hub.records.resources import Resources
from hub.records.stored import Cause, Stored, dressed, meta, plain


class Persons:
    def __init__(self, connection: Connection, claims: Claims, resources: Resources, verified: frozenset[str]) -> None:
        self._connection = connection
        self._claims = claims
        self._resources = resources
        self._verified = verified

    def show_alone(self, known: Known, cause: Cause) -> None:
        """A claim that no decision names yet."""
        self._show(known.id, [known], Component(frozenset([known.id]), ()), cause)

    def refresh(self, claim: str, cause: Cause | None) -> None:
        """Brings all that depends on the claim's component up to date; a cause of None keeps each resource's own."""
        found = component(self._connection, claim)
        claims = self._claims.each(found.claims)
        person = found.person((known.number, known.id) for known in claims)
        for known in claims:
            if known.person != person:
                self._move(known, person, cause)
        self._show(person, claims, found, cause)

    def _move(self, known: Known, person: str, cause: Cause | None) -> None:
        """The claim's resources follow it, each with a new version if it names the person."""
        before, known.person, known.changed = known.person, person, True
        for stored in self._resources.of_claim(known.id):
            stored.person, stored.changed = person, True
            if stored.type != "Patient":
                content = plain(stored.content())
                after = moved(content, before, person)
                if after != content:
                    self._resources.move(stored, after, cause or _cause_of(stored))

    def _show(self, person: str, claims: Sequence[Known], found: Component, cause: Cause | None) -> None:
        retired = found.retired - {person}
        said = [_said(known, retired) for known in claims]
        for known, one in zip(claims, said, strict=True):
            if known.id == person:
                self._patient(known, person_view.compose(person, said, self._verified), person_view.flags(said), cause)
            else:
                self._patient(known, person_view.as_sent(one, person), [], cause)
        ask_about_two_numbers(self._connection, claims, cause or Cause(claims[0].feed, claims[0].entry))

    def _patient(self, known: Known, content: Json, tags: list[Json], cause: Cause | None) -> None:
        stored = self._resources.get("Patient", known.id)
        if stored is None:
            self._resources.add(self._first(known, content, tags, cause or Cause(known.feed, known.entry)))
            return
        body = plain(content)
        if body != plain(stored.content()) or tags != stored.tags():
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


def _said(known: Known, retired: frozenset[str]) -> Said:
    return Said(known.id, known.feed, known.patient, known.recorded_at, known.id in retired, known.entry)


def _cause_of(stored: Stored) -> Cause:
    return Cause(stored.feed, stored.entry)
