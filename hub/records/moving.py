"""Resources that change hands or names: moved to another person (ADT A45), known by a new key (ADT A42, A50)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.database import Connection
from hub.identity.claims import Claims, Known
from hub.identity.resolving import Sent
from hub.model import Move, Replace
from hub.records.belonging import belonging
from hub.records.ending import ended, is_ended
from hub.records.ids import Ids, claim_id, resource_id
from hub.records.references import moved, redirected
from hub.records.resources import Resources
from hub.records.stored import Cause, Stored, dressed, meta, plain
from hub.review import Question, open_review

MOVE_BLOCKED = "move_contradicts_owner"


@dataclass(frozen=True, slots=True)
class Mover:
    """In the transaction of the message that tells of it."""

    connection: Connection
    claims: Claims
    resources: Resources

    def move(self, event: Move, ids: Ids, known: Known, sent: Sent) -> bool:
        """False, with a review, when it was not whose the sender believes.

        What nobody has heard of yet is made by the message's own resources. A newer word about whose it is stands.
        """
        type_, id_ = event.key[0], ids[event.key]
        stored, since = self.resources.get(type_, id_), event.since and claim_id(known.feed, event.since.source_id)
        owners = {owner for owner in (known.id, since, stored and stored.claim) if owner}
        if stored is not None and stored.claim not in (None, known.id):
            if since and not self._fits(stored, since):
                self._ask(stored, known, sent.cause)
                return False
            if (stored.recorded_at, stored.entry) > (sent.recorded_at, sent.cause.entry):
                return True
            stored.recorded_at, stored.changed = sent.recorded_at, True
        self._carry(f"{type_}/{id_}", known, owners, sent.cause)
        return True

    def replace(self, event: Replace, ids: Ids, cause: Cause) -> None:
        """Once the sender uses the new key, as ``ids`` already do."""
        old_id, new_id = resource_id(cause.feed, event.type, event.old), ids[event.type, event.new]
        before, after = f"{event.type}/{old_id}", f"{event.type}/{new_id}"
        old, new = self.resources.get(event.type, old_id), self.resources.get(event.type, new_id)
        if old is not None and old.claim is not None:
            list(self.resources.of_claim(old.claim))  # the index does not show every reference
        for stored in self.resources.referring(cause.feed, before):
            if stored is not old:
                self.resources.move(stored, redirected(plain(stored.content()), before, after), cause)
        if old is None:
            return
        content = redirected(plain(old.content()), before, after)
        if new is None:
            self.resources.add(self._named_anew(old, new_id, content, cause))
        elif is_ended(new.content()) and not is_ended(old.content()):
            self.resources.revise(new, content, cause)
            new.claim, new.person, new.recorded_at = old.claim, old.person, old.recorded_at
        self.resources.revise(old, plain(ended(old.content(), after)), cause)

    def _carry(self, key: str, known: Known, owners: set[str], cause: Cause) -> None:
        near = {(stored.type, stored.id): stored for owner in owners for stored in self.resources.of_claim(owner)}
        near |= {(stored.type, stored.id): stored for stored in self.resources.referring(known.feed, key)}
        for stored in belonging(key, near.values()):
            if stored.claim is not None and stored.claim != known.id and stored.feed == known.feed:
                self._hand_over(stored, known, cause)

    def _hand_over(self, stored: Stored, known: Known, cause: Cause) -> None:
        content = plain(stored.content())
        after = moved(content, stored.person or "", known.person)
        stored.claim, stored.person, stored.changed = known.id, known.person, True
        if after != content:
            self.resources.move(stored, after, cause)

    def _fits(self, stored: Stored, since: str) -> bool:
        """It is filed under the number that the sender names, or under one of the same person."""
        before = self.claims.get(since)
        return before is not None and (stored.claim == before.id or stored.person == before.person)

    def _ask(self, stored: Stored, known: Known, cause: Cause) -> None:
        claims = (known.id, stored.claim or known.id)
        key = f"{MOVE_BLOCKED}/{stored.type}/{stored.id}/{known.id}"
        detail = {
            "type": stored.type,
            "id": stored.id,
            "rule": "it was filed under another number than the sender says",
        }
        open_review(self.connection, Question(MOVE_BLOCKED, key, cause.feed, cause.entry, claims, detail))

    def _named_anew(self, old: Stored, id_: str, content: bytes, cause: Cause) -> Stored:
        """What was known of the old is known of the new; the message tells the rest."""
        return Stored(
            type=old.type,
            id=id_,
            feed=old.feed,
            entry=cause.entry,
            claim=old.claim,
            person=old.person,
            recorded_at=old.recorded_at,
            updated_at=self.resources.at,
            digest=old.digest,
            body=dressed(content, id_, meta(1, self.resources.at, cause.source)),
        )
