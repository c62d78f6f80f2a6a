"""Turns updates into the record: whose they are, which resources change, what each is found by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.adapter import Message
from hub.database import Connection
from hub.errors import Rejected
from hub.identity.claims import Claims, Known
from hub.identity.merges import merge
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent, fallback_key
from hub.model import RecordUpdate, Resource
from hub.records.ids import claim_id, resource_id
from hub.records.json import decode, encode
from hub.records.merging import filled, merged
from hub.records.references import References
from hub.records.resources import Key, Resources
from hub.records.stored import Cause, Stored, digest_of, dressed, meta, plain
from hub.records.times import micros, now

DIRECTORY = frozenset(
    ("Endpoint", "HealthcareService", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole")
)
"""Staff, places and things: nobody's record, though they come with somebody's message."""
AHEAD = timedelta(minutes=5)
HOUR = 3_600_000_000


class Application:
    """One transaction's updates, message after message; nothing but decisions is written before ``flush``."""

    def __init__(self, connection: Connection, verified: frozenset[str]) -> None:
        self._connection = connection
        self._at = now()
        self._claims = Claims(connection)
        self._resources = Resources(connection, self._at)
        self._persons = Persons(connection, self._claims, self._resources, verified)
        self._resolver = Resolver(connection, self._claims, self._persons, self._at)
        self._ids: dict[tuple[str, str, str], str] = {}
        self._references: dict[str, References] = {}
        self._expected: set[int] = set()

    def expect(self, batch: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
        """Reads what these messages will ask for with a few statements; leaving it out costs time only."""
        claims: dict[str, None] = {}
        keys: dict[Key, None] = {}
        for message, updates in batch:
            self._expected.add(message.id)
            for update in updates:
                if update.claim is not None and update.claim.source_id:
                    claims[claim_id(message.feed, update.claim.source_id)] = None
                keys |= dict.fromkeys(self._key(message.feed, resource) for resource in update.resources)
        self._claims.expect(claims)
        self._resources.expect([*keys, *(("Patient", claim) for claim in claims)])

    def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
        """Applies one message; the ids of the claims it speaks of. Raises ``Rejected``."""
        if message.id not in self._expected:
            self.expect([(message, updates)])
        return frozenset(claim for place, update in enumerate(updates) for claim in self._take(message, place, update))

    def flush(self) -> None:
        """Writes it all; once, before the transaction ends."""
        self._claims.flush()
        self._resources.flush()

    def _take(self, message: Message, place: int, update: RecordUpdate) -> list[str]:
        received = micros(message.received_at)
        latest = micros(message.received_at + AHEAD)
        recorded_at = received if update.recorded_at is None else min(micros(update.recorded_at), latest)
        cause = Cause(message.feed, message.id)
        known, touched = None, []
        if update.claim is not None:
            fallback = "" if update.claim.source_id else fallback_key(message.body, place)
            known = self._resolver.resolve(Sent(update.claim, cause, recorded_at, fallback))
            touched = [known.id]
            for event in update.events:
                retired = Sent(event.retired, cause, recorded_at, "")
                touched.append(merge(self._connection, self._resolver, self._persons, known, retired))
        source = _Source(cause, recorded_at, known, update.claim.source_id if update.claim else None)
        for resource in update.resources:
            self._apply(resource, source)
        return touched

    def _key(self, feed: str, resource: Resource) -> Key:
        return resource.type, self._id(feed, resource.type, resource.source_id)

    def _id(self, feed: str, type_: str, source_id: str) -> str:
        key = (feed, type_, source_id)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = resource_id(feed, type_, source_id)
        return found

    def _apply(self, resource: Resource, source: _Source) -> None:
        raw, digest = _update(resource)
        type_, id_ = self._key(source.cause.feed, resource)
        stored = self._resources.get(type_, id_)
        if stored is None:
            self._resources.add(self._first(type_, id_, raw, digest, source))
            return
        newer = (source.recorded_at, source.cause.entry) >= (stored.recorded_at, stored.entry)
        if digest != stored.digest and self._change(stored, raw, source, newer=newer):
            if newer:
                stored.digest, stored.recorded_at = digest, source.recorded_at
        elif newer and source.recorded_at - stored.recorded_at >= (HOUR if type_ in DIRECTORY else 1):
            # What says the same about a place is not worth a write with every message.
            stored.recorded_at, stored.later = source.recorded_at, True

    def _first(self, type_: str, id_: str, raw: bytes, digest: bytes, source: _Source) -> Stored:
        claim, person = source.whose(type_)
        content = self._resolved(raw, source)
        if b"null" in content or not content.startswith(b'{"resourceType":'):
            content = plain(merged({}, decode(content)))
        return Stored(
            type=type_,
            id=id_,
            feed=source.cause.feed,
            entry=source.cause.entry,
            claim=claim,
            person=person,
            recorded_at=source.recorded_at,
            updated_at=self._at,
            digest=digest,
            body=dressed(content, id_, meta(1, self._at, source.cause.source)),
        )

    def _change(self, stored: Stored, raw: bytes, source: _Source, *, newer: bool) -> bool:
        said, before = decode(self._resolved(raw, source)), stored.content()
        content = plain(merged(before, said) if newer else filled(before, said))
        if content != plain(before):
            self._resources.revise(stored, content, source.cause)
        if newer and (stored.claim, stored.person) != source.whose(stored.type):
            (stored.claim, stored.person), stored.changed = source.whose(stored.type), True
        return stored.changed

    def _resolved(self, raw: bytes, source: _Source) -> bytes:
        feed = source.cause.feed
        if feed not in self._references:
            self._references[feed] = References(feed)
        person = source.known.person if source.known else None
        return self._references[feed].resolve(raw, source.patient, person)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a resource came from: the message, when it was recorded, whose it is."""

    cause: Cause
    recorded_at: int
    known: Known | None
    patient: str | None
    """The sender's number for the person, as references write it."""

    def whose(self, type_: str) -> tuple[str | None, str | None]:
        """Claim and person."""
        return (None, None) if self.known is None or type_ in DIRECTORY else (self.known.id, self.known.person)


def _update(resource: Resource) -> tuple[bytes, bytes]:
    """Its JSON without what only the record may set, and the digest of it."""
    body = resource.body
    if not resource.source_id or body["resourceType"] == "Patient":
        raise Rejected("a resource needs a key of its sender, and a person is sent as a claim")
    if "id" in body or "meta" in body:
        body = {key: value for key, value in body.items() if key not in ("id", "meta")}
    raw = encode(body)
    return raw, digest_of(raw)
