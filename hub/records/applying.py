"""Turns updates into the record: whose they are, which resources change, what each is found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from hub.adapter import Message
from hub.database import Connection
from hub.errors import Rejected
from hub.identity.claims import Claims, Known
from hub.identity.correcting import Corrections
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent, fallback_key
from hub.identity.rules import Rules
from hub.model import Claim, Correct, Json, RecordUpdate, Replace, Resource
from hub.model.update import Event
from hub.records.aliases import Aliases, CurrentIds
from hub.records.events import Happening
from hub.records.ids import CLAIM_TYPE, Ids
from hub.records.indexing import LONGEST, IndexRows, index_rows
from hub.records.json import decode, encode
from hub.records.merging import filled, merged
from hub.records.moving import Mover
from hub.records.references import References, is_named, to_person, written
from hub.records.resources import Key, Resources
from hub.records.stored import Cause, Stored, digest_of, dressed, meta, plain
from hub.records.times import micros, now

DIRECTORY = frozenset(
    ("Endpoint", "HealthcareService", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole")
)
"""Staff, places and things: nobody's record, though they come with somebody's message."""
AHEAD = timedelta(minutes=5)
HOUR = 3_600_000_000
LONG_AGO = 0
"""What is told in passing counts as recorded then: whoever knows better does, recorded before or after."""


class Application:
    """One transaction's updates, message after message; nothing but decisions is written before ``flush``."""

    def __init__(self, connection: Connection, rules: Rules) -> None:
        self._connection = connection
        self._at = now()
        self._claims = Claims(connection)
        self._resources = Resources(connection, self._at)
        self._persons = Persons(connection, self._claims, self._resources, rules)
        self._resolver = Resolver(connection, self._claims, self._persons, rules, self._at)
        self._references: dict[str, References] = {}
        self._expected: set[int] = set()

    def expect(self, batch: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
        """Reads what these messages will ask for with a few statements; leaving it out costs time only."""
        batch = list(batch)
        claims: dict[str, None] = {}
        keys: dict[Key, None] = {}
        for message, updates in batch:
            self._expected.add(message.id)
            ids = self._references_of(message.feed).ids
            for update in updates:
                if update.claim is not None and update.claim.source_id:
                    claims[ids[CLAIM_TYPE, update.claim.source_id]] = None
                keys |= dict.fromkeys(_key(ids, resource) for resource in update.resources)
        self._claims.expect(claims)
        self._resources.expect([*keys, *(("Patient", claim) for claim in claims)])
        self._resolver.expect(
            (message.feed, update.claim) for message, updates in batch for update in updates if update.claim is not None
        )

    def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
        """Applies one message; the ids of the claims it speaks of. Raises ``Rejected``."""
        if message.id not in self._expected:
            self.expect([(message, updates)])
        return frozenset(claim for place, update in enumerate(updates) for claim in self._take(message, place, update))

    def flush(self) -> Sequence[int]:
        """Writes it all; once, before the transaction ends. The numbers of the identity changes it keeps."""
        changes = self._persons.changes.flush(self._connection, self._at)
        self._persons.settle()
        self._claims.flush()
        self._resolver.flush()
        self._resources.flush()
        return changes

    def _take(self, message: Message, place: int, update: RecordUpdate) -> list[str]:
        received = micros(message.received_at)
        latest = micros(message.received_at + AHEAD)
        recorded_at = received if update.recorded_at is None else min(micros(update.recorded_at), latest)
        cause = Cause(message.feed, message.id)
        known, happening = None, None
        if update.claim is not None:
            fallback = "" if update.claim.source_id else fallback_key(message.body, place)
            sent = Sent(_resolved(update.claim, self._references_of(message.feed)), cause, recorded_at, fallback)
            known = self._resolve(sent, update.events)
        if update.events:
            happening = self._happen(update.events, known, cause, recorded_at)
        if update.resources:
            source = self._source(update, cause, known)
            for resource in update.resources:
                whose = self._unmoved(resource, source, happening) if happening and happening.staying else source
                self._apply(resource, whose, LONG_AGO if resource.in_passing else recorded_at)
        return [*([known.id] if known else ()), *(happening.claims if happening else ())]

    def _resolve(self, sent: Sent, events: Sequence[Event]) -> Known:
        """What is put right is so before the claim is compared with others."""
        corrections = [event for event in events if isinstance(event, Correct)]
        if not corrections:
            return self._resolver.resolve(sent)
        return Corrections(self._connection, self._resolver, self._claims, self._persons).resolve(sent, corrections)

    def _happen(self, events: Sequence[Event], known: Known | None, cause: Cause, recorded_at: int) -> Happening | None:
        """Keys first, so that what else happens finds resources by those of today."""
        mover = Mover(self._connection, self._claims, self._resources)
        for event in events:
            if isinstance(event, Replace) and Aliases(self._connection, cause.feed).replace(event, recorded_at, cause):
                self._references.pop(cause.feed, None)
                mover.replace(event, self._references_of(cause.feed).ids, cause)
        if known is None:
            return None
        ids = self._references_of(cause.feed).ids
        happening = Happening(self._connection, self._resolver, self._persons, mover, known, cause, recorded_at, ids)
        for event in events:
            if not isinstance(event, Replace):
                happening.take(event)
        return happening

    def _unmoved(self, resource: Resource, source: _Source, happening: Happening) -> _Source:
        """As ``source``, but for a resource whose move waits for a person's answer: that stays whose it is."""
        key = _key(source.references.ids, resource)
        stored = self._resources.get(*key) if key in happening.staying else None
        if stored is None or stored.person is None:
            return source
        return replace(source, owner=(stored.claim, stored.person), person=to_person(stored.person))

    def _source(self, update: RecordUpdate, cause: Cause, known: Known | None) -> _Source:
        references = self._references_of(cause.feed)
        if known is None or update.claim is None:
            return _Source(cause, references)
        own, person = written(f"Patient/{update.claim.source_id}"), to_person(known.person)
        return _Source(cause, references, (known.id, known.person), own, person)

    def _references_of(self, feed: str) -> References:
        found = self._references.get(feed)
        if found is None:
            aliases = Aliases(self._connection, feed)
            found = self._references[feed] = References(CurrentIds(aliases) if aliases.types else Ids(feed))
        return found

    def _apply(self, resource: Resource, source: _Source, recorded_at: int) -> None:
        said = _said(resource, recorded_at)
        type_, id_ = key = _key(source.references.ids, resource)
        stored = self._resources.get(type_, id_)
        if stored is None:
            self._resources.add(self._first(key, said, source))
            return
        newer = (recorded_at, source.cause.entry) >= (stored.recorded_at, stored.entry)
        if source.references.ids.renamed((type_, resource.source_id)):
            said = _said(_without_number(resource), recorded_at)
        if said.digest != stored.digest and self._change(stored, said.raw, source, newer=newer):
            if newer:
                stored.digest, stored.recorded_at = said.digest, recorded_at
        elif newer and recorded_at - stored.recorded_at >= (HOUR if type_ in DIRECTORY else 1):
            # What says the same about a place is not worth a write with every message.
            stored.recorded_at, stored.later = recorded_at, True

    def _first(self, key: Key, said: _Said, source: _Source) -> Stored:
        type_, id_ = key
        claim, person = source.whose(type_)
        content, found_by = source.resolved(said.raw), None
        if b"null" in content or not content.startswith(b'{"resourceType":'):
            content = plain(merged({}, decode(content)))
        else:
            found_by = source.found_by(said.body)
        return Stored(
            type=type_,
            id=id_,
            feed=source.cause.feed,
            entry=source.cause.entry,
            claim=claim,
            person=person,
            recorded_at=said.recorded_at,
            updated_at=self._at,
            digest=said.digest,
            body=dressed(content, id_, meta(1, self._at, source.cause.source)),
            found_by=found_by,
        )

    def _change(self, stored: Stored, raw: bytes, source: _Source, *, newer: bool) -> bool:
        said, before = decode(source.resolved(raw)), stored.content()
        content = plain(merged(before, said) if newer else filled(before, said))
        if content != plain(before):
            self._resources.revise(stored, content, source.cause)
        told = source.owner[0] is not None or stored.type in DIRECTORY  # a deletion names no person: it stays theirs
        if newer and told and (stored.claim, stored.person) != source.whose(stored.type):
            (stored.claim, stored.person), stored.changed = source.whose(stored.type), True
        return stored.changed


@dataclass(slots=True)
class _Source:
    """Where resources came from: the message, its feed's names for things, whose they are."""

    cause: Cause
    references: References
    owner: tuple[str | None, str | None] = (None, None)
    """Claim and person."""
    own: bytes = b""
    """The sender's number for the person, as references write it, and what becomes of those."""
    person: bytes = b""

    def whose(self, type_: str) -> tuple[str | None, str | None]:
        return (None, None) if type_ in DIRECTORY else self.owner

    def resolved(self, raw: bytes) -> bytes:
        return self.references.resolve(raw, self.own, self.person)

    def found_by(self, body: Json) -> IndexRows | None:
        """The rows of the resource once its references are ``resolved``; None where only its JSON can tell."""
        rows = index_rows(body)
        if any(len(target) >= LONGEST for target, _ in rows.references):
            return None
        rows.references = {(self._target(target), name) for target, name in rows.references}
        return rows

    def _target(self, named: str) -> str:
        if not is_named(named):
            return named
        if named.startswith("Patient/") and written(named) == self.own:
            return self.person[13:-1].decode()
        return self.references.target(named)


def _resolved(claim: Claim, references: References) -> Claim:
    """With the record's ids in what it refers to: a person's doctor, an organization that keeps them."""
    raw = encode(claim.patient)
    resolved = references.resolve(raw, b"", b"")
    return claim if resolved == raw else replace(claim, patient=decode(resolved))


def _key(ids: Ids, resource: Resource) -> Key:
    type_ = resource.body["resourceType"]
    return type_, ids[type_, resource.source_id]


def _without_number(resource: Resource) -> Resource:
    """Told under a key it no longer has: its own number stays."""
    return replace(resource, body={key: value for key, value in resource.body.items() if key != "identifier"})


class _Said(NamedTuple):
    """A resource without what only the record may set, its JSON, the digest of that, and when it was recorded."""

    body: Json
    raw: bytes
    digest: bytes
    recorded_at: int


def _said(resource: Resource, recorded_at: int) -> _Said:
    body = resource.body
    if not resource.source_id or body["resourceType"] == "Patient":
        raise Rejected("a resource needs a key of its sender, and a person is sent as a claim")
    if "id" in body or "meta" in body:
        body = {key: value for key, value in body.items() if key not in ("id", "meta")}
    raw = encode(body)
    return _Said(body, raw, digest_of(raw), recorded_at)
