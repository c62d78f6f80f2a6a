"""What writes on people's behalf: the same operations whether a running hub is asked or a command does it alone."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from typing import Any

from hub.access import Access
from hub.adapter import Adapter, Payload, Receipt, Receive
from hub.audit import Audit, AuditEvent
from hub.batches import Batches, Keep, Page, described
from hub.codes import codes_of
from hub.codes.answers import Answers, close_known
from hub.codes.files import NAME, place_of
from hub.codes.importing import import_map
from hub.codes.waiting import replay_waiting
from hub.config import HubConfig
from hub.database import Database
from hub.errors import HubError, NotFound, Refused
from hub.identity.answers import IdentityAnswers
from hub.identity.auditing import Audits
from hub.identity.operations import Identity
from hub.identity.rules import rules_of
from hub.journal import Arrival, FeedRules, Journal
from hub.language import ENGLISH
from hub.model import Json
from hub.outbox import Deliveries
from hub.records import json
from hub.settlement import Settlements

ADDRESS = "local"
SECRET = {"body", "old", "new"}
"""Arguments that the audit log does not repeat."""


class Operations:
    """JSON in, JSON out; each is noted in the audit log with who asked for it and how it ended."""

    def __init__(  # noqa: PLR0913, PLR0917 - the last are what only a running hub has
        self,
        database: Database,
        config: HubConfig,
        adapters: Mapping[str, Adapter[Any]],
        receive_for: Callable[[str], Receive] | None = None,
        others: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
        keep: Keep | None = None,
    ) -> None:
        """``adapters`` by feed; ``others`` are more operations, by name.

        Without ``receive_for`` and ``keep`` (a hub's doors), payloads go straight to the journal.
        """
        self._database = database
        self.config = config
        self._adapters = adapters
        self._receive_for = receive_for
        self._journal = Journal(database)
        self._batches = Batches(database, keep or self._journal.append)
        self._access = Access(database)
        self._audit = Audit(database)
        self._answers = Answers(database, config.directory, adapters, self._codes_in_force)
        self._operations: dict[str, Callable[..., Any]] = {
            "create_token": self.create_token,
            "revoke_token": self.revoke_token,
            "submit": self.submit,
            "submit_begun": self.submit_begun,
            "submit_page": self.submit_page,
            "replay": self.replay,
            "rehearse": self.rehearse,
            "decide_code": self.decide_code,
            "undo_code": self.undo_code,
            "import_codes": self.import_codes,
            "resend_delivery": self.resend_delivery,
            "drop_delivery": self.drop_delivery,
            **Identity(database, lambda: self.config).operations,
            **IdentityAnswers(database, lambda: self.config).operations,
            **Audits(database).operations,
            **others,
        }

    def perform(self, operation: str, arguments: Json, by: str) -> Any:
        """Raises what the operation raises; ``NotFound`` when there is none of that name."""
        if operation == "note":
            return self.note(by=by, **arguments)
        if operation not in self._operations:
            raise NotFound("this hub does not know the operation {operation}; is it an older one?", operation=operation)
        outcome = "failed"
        try:
            result = self._operations[operation](by=by, **arguments)
            outcome = "ok"
        except HubError as error:
            outcome = type(error).__name__
            raise
        finally:
            kept = {name: value for name, value in arguments.items() if name not in SECRET}
            query = json.encode(kept).decode()
            self._audit.record(AuditEvent(by, ADDRESS, operation, query=query, outcome=outcome))
        return result

    def note(self, by: str, action: str, message: int | None = None, **about: Any) -> None:
        """Somebody is about to read personal data at a terminal; ``about`` are fields of ``AuditEvent``."""
        if message is not None:
            about |= {"resource_type": "Message", "resource_id": str(message)}
        about["persons"] = tuple(about.get("persons", ()))
        self._audit.record(AuditEvent(by, ADDRESS, action, **about))

    def create_token(self, by: str, name: str, scopes: str, days: int) -> Json:  # noqa: ARG002 - by is for the audit
        return {"token": self._access.create(name, scopes, days)}

    def revoke_token(self, by: str, name: str) -> Json:  # noqa: ARG002 - by is for the audit
        """Every living token of that name, or the one with that number."""
        living = [token for token in self._access.tokens() if token.revoked_at is None]
        chosen = [token for token in living if name in {token.name, str(token.id)}]
        if not chosen:
            raise NotFound("there is no token {name} that could be revoked", name=name)
        for token in chosen:
            self._access.revoke(token.id)
        return {"revoked": [token.id for token in chosen]}

    def submit(self, by: str, feed: str, body: str) -> Json:  # noqa: ARG002 - by is for the audit
        """``body`` in base64. A payload its adapter refuses is kept as refused, like any other."""
        payload = self._adapter(feed).admit(base64.b64decode(body))
        return described(self._receive(feed, payload), payload)

    def submit_begun(self, by: str, feed: str, file: str) -> Json:  # noqa: ARG002 - by is for the audit
        """How far an earlier command came with a file of this fingerprint."""
        self._adapter(feed)
        return self._batches.begun(feed, file)

    def submit_page(self, by: str, feed: str, body: str, **place: Any) -> Json | None:  # noqa: ARG002 - by is for the audit
        """A stretch of a file of many messages (``batches.Page``), in base64; None when it can only hold one."""
        page = Page(feed=feed, body=base64.b64decode(body), **place)
        return self._batches.take(page, self._adapter(feed), self._rules(feed))

    def rehearse(self, by: str, feed: str, body: str, language: str = ENGLISH) -> list[Json]:  # noqa: ARG002 - for the audit
        """What a file would do to the record, for each message in it; nothing is written."""
        from hub.pipeline.rehearsing import rehearse

        adapter = self._adapter(feed)
        given = base64.b64decode(body)
        payloads = [one for piece in adapter.split(BytesIO(given)) or () for one in piece.payloads]
        payloads = payloads or [adapter.admit(given)]
        return [rehearse(self._database, adapter, rules_of(self.config), one, language) for one in payloads]

    def replay(self, by: str, message: int, again: bool = False) -> Json:  # noqa: ARG002 - by is for the audit
        """Sends a message through again, by the rules of today; ``again`` also one that was applied."""
        first = self._replayable(message, again)
        kept = self._journal.message(first)
        if kept is None:
            raise NotFound("there is no message {id}", id=message)
        payload = self._adapter(kept.feed).admit(kept.body)
        if payload.refusal is not None:
            raise Refused("message {id} would be refused again: {reason}", id=message, reason=str(payload.refusal.text))
        return described(self._receive(kept.feed, replace(payload, replay_of=first)), payload)

    def resend_delivery(self, by: str, delivery: int) -> Json:  # noqa: ARG002 - by is for the audit
        """Puts one that was set aside back to its place in the line."""
        entry = Deliveries(self._database).resend(delivery)
        return {"id": entry.id, "destination": entry.destination, "status": "waiting"}

    def drop_delivery(self, by: str, delivery: int) -> Json:  # noqa: ARG002 - by is for the audit
        """Gives one up: the destination will not hear of it."""
        entry = Deliveries(self._database).drop(delivery)
        return {"id": entry.id, "destination": entry.destination, "status": "dropped"}

    def _replayable(self, message: int, again: bool) -> int:
        """The message itself, or the first of those it repeats."""
        state = Settlements(self._database).message(message)
        if state is None:
            raise NotFound("there is no message {id}", id=message)
        if state.status == "received":
            raise Refused("message {id} is still waiting for its first turn", id=message)
        if state.status == "applied" and not again:
            raise Refused("message {id} is applied already; --again sends it through all the same", id=message)
        return state.replay_of or message

    def decide_code(self, by: str, **said: Any) -> Json:
        """What a code is that no map knew; a running hub sends what waited through again in its own time."""
        done = self._answers.decide(by, **said)
        self._replay_alone()
        return done

    def undo_code(self, by: str, review: int, why: str) -> Json:
        done = self._answers.undo(by, review, why)
        self._replay_alone()
        return done

    def import_codes(self, by: str, name: str, feed: str, body: str) -> Json:
        """A whole map, in base64; questions it answers are closed, and what waited goes through again."""
        if feed:
            self._adapter(feed)
        if not NAME.fullmatch(name):
            raise Refused("a code map is named in a-z, 0-9, _ and -")
        path = place_of(self.config.directory, name, feed)
        done = import_map(path, base64.b64decode(body), self._codes_in_force, by) | {"map": name, "feed": feed}
        done["answered"] = close_known(self._database, self._adapters)
        self._replay_alone()
        return done

    def _replay_alone(self) -> None:
        while "read_codes" not in self._operations and replay_waiting(self._database, self._adapters):
            pass

    def _codes_in_force(self, by: str) -> None:
        """A running hub reads the maps again, in every process; a command alone changes its own adapters."""
        if read_codes := self._operations.get("read_codes"):
            read_codes(by=by)
            return
        for name, feed in self.config.feeds.items():
            adapter = self._adapters[name]
            adapter.codes = codes_of(self.config, feed, adapter)

    def _adapter(self, feed: str) -> Adapter[Any]:
        try:
            return self._adapters[feed]
        except KeyError:
            raise NotFound("there is no feed {feed} in this configuration", feed=feed) from None

    def _receive(self, feed: str, payload: Payload) -> Receipt:
        if self._receive_for is not None:
            return self._receive_for(feed)(payload)
        (answer,) = self._journal.append([Arrival(feed, payload, self._rules(feed))])
        return answer

    def _rules(self, feed: str) -> FeedRules:
        settings = self.config.feeds[feed]
        return FeedRules(settings.reused_key, settings.duplicate_window)
