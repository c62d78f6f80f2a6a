"""A record base and invented feeds that tell it things: what the tests of records and identity share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from hub.adapter import Message
from hub.database import Database, Statement
from hub.identity.acting import Act, Done
from hub.identity.merges import merge_persons
from hub.identity.rules import Rules
from hub.identity.splitting import split
from hub.identity.undoing import restore, undo
from hub.model import Claim, Json, Merge, RecordUpdate, Resource
from hub.model.update import Event
from hub.records.applying import Application
from hub.records.ids import claim_id, resource_id
from hub.records.json import decode
from hub.review import Review, Reviews

ID, RECORD, CARD = "urn:oid:2.16.156.10011.1.3", "urn:oid:2.16.156.10011.1.2", "urn:oid:2.16.156.10011.1.19"
# Invented, with a sound check digit, of a county that has never been.
ZHANG, LI = "990101199003070015", "990101198511230025"
START = datetime(2024, 5, 1, 8, tzinfo=UTC)


def numbered(id_number: str, **others: str) -> list[Json]:
    systems = {"record": RECORD, "card": CARD}
    return [
        {"system": ID, "value": id_number},
        *({"system": systems[name], "value": value} for name, value in others.items()),
    ]


def person(number: str, name: str = "", id_number: str = "", **elements: Any) -> Claim:
    patient: Json = {"resourceType": "Patient"}
    if id_number:
        patient["identifier"] = numbered(id_number)
    if name:
        patient["name"] = [{"text": name}]
    return Claim(number, patient | elements)


def visit(number: str, patient: str, **elements: Any) -> Resource:
    body = {"resourceType": "Encounter", "status": "in-progress", "subject": {"reference": f"Patient/{patient}"}}
    return Resource(number, body | elements)


@dataclass
class Feeding:
    database: Database
    rules: Rules = field(default_factory=Rules)
    entries: int = 0
    told: list[tuple[Message, RecordUpdate]] = field(default_factory=list)

    def tell(
        self,
        feed: str,
        claim: Claim | None,
        *resources: Resource,
        merge: Iterable[Claim] = (),
        events: Iterable[Event] = (),
        minute: int | None = None,
        body: bytes = b"",
    ) -> int:
        """One message in a transaction of its own, recorded that many minutes after the start; its id."""
        return self.tell_all(
            [self.message(feed, claim, *resources, merge=merge, events=events, minute=minute, body=body)]
        )

    def message(
        self,
        feed: str,
        claim: Claim | None,
        *resources: Resource,
        merge: Iterable[Claim] = (),
        events: Iterable[Event] = (),
        minute: int | None = None,
        body: bytes = b"",
    ) -> tuple[Message, RecordUpdate]:
        self.entries += 1
        received = START + timedelta(days=1, minutes=self.entries)
        recorded = None if minute is None else START + timedelta(minutes=minute)
        message = Message(self.entries, feed, str(self.entries), body or b"%d" % self.entries, received)
        happened = (*(Merge(retired) for retired in merge), *events)
        return message, RecordUpdate(claim, resources, happened, recorded)

    def tell_all(self, batch: list[tuple[Message, RecordUpdate]]) -> int:
        """Several messages in one transaction."""

        def work(connection: Any) -> None:
            application = Application(connection, self.rules)
            for message, update in batch:
                application.take(message, [update])
            application.flush()

        self.database.serially(work)
        return batch[-1][0].id

    def undo(self, decision: int) -> Done:
        return self.act(lambda act: undo(act, decision))

    def restore(self, decision: int) -> Done:
        return self.act(lambda act: restore(act, decision))

    def merge(self, survivor: str, other: str, *, overrule: bool = False) -> Done:
        return self.act(lambda act: merge_persons(act, survivor, other, overrule=overrule))

    def split(self, *claims: str) -> Done:
        return self.act(lambda act: split(act, claims))

    def act(self, work: Callable[[Act], Done]) -> Done:
        """What a person does, for a reason."""
        return self.database.serially(
            lambda connection: work(Act(connection, "a.person", "looked at both", self.rules))
        )

    def body(self, type_: str, feed: str, source_id: str) -> Json:
        rows = self.sql(
            "SELECT body FROM resource WHERE type = :type AND id = :id",
            type=type_,
            id=resource_id(feed, type_, source_id),
        )
        assert rows, f"there is no {type_} {source_id} of {feed}"
        found: Json = decode(rows[0][0])
        return found

    def patient(self, feed: str, number: str) -> Json:
        return self.body("Patient", feed, number)

    def person_of(self, feed: str, number: str) -> str:
        rows = self.sql("SELECT person FROM claim WHERE id = :id", id=claim_id(feed, number))
        return str(rows[0][0])

    def persons(self) -> dict[str, str]:
        """The person of each claim."""
        return {str(claim): str(person) for claim, person in self.sql("SELECT id, person FROM claim")}

    def found(self, name: str, value: str) -> set[str]:
        """Ids of what a token or string of the search index leads to."""
        rows = self.sql(
            "SELECT id FROM resource JOIN search_token USING (rid) WHERE search_token.name = :name AND value = :value"
            " UNION SELECT id FROM resource JOIN search_string USING (rid)"
            " WHERE search_string.name = :name AND value = :value",
            name=name,
            value=value,
        )
        return {id_ for (id_,) in rows}

    def reviews(self) -> list[Review]:
        return Reviews(self.database).list()

    def sql(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return connection.rows(Statement(text(sql)), **parameters)
