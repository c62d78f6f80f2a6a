"""What the tests of queries share: a record that hospitals have told, and one who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from hub import Hub, Message, Receipt, Receive
from hub.access import Access
from hub.audit import Audit
from hub.database import Database, Statement, open_database
from hub.migrations import prepare
from hub.records.reading import Records
from hub.schema import event
from hub.web.sealing import Seal
from plugins.hl7.adapter import HL7
from plugins.hl7.answering import Question
from plugins.hl7.door import admit
from plugins.hl7.head import Head
from plugins.hl7.lexer import Lexed, lex
from plugins.hl7.queries.answering import Answers
from plugins.hl7.settings import HL7Settings
from tests.hub.feeding import Feeding

ALL = ("Q21", "Q22", "ZV1", "Q23", "Z34", "A19")
SYSTEMS = {"HOSP": "urn:oid:2.999.1", "VISIT": "urn:oid:2.999.2", "CLINIC": "urn:oid:2.999.3"}
START = datetime(2024, 3, 1, tzinfo=UTC)
_EVENTS = Statement(
    select(
        event.c.client, event.c.address, event.c.action, event.c.resource_type, event.c.persons, event.c.query,
        event.c.outcome, event.c.resources,
    ).order_by(event.c.id)
)  # fmt: skip


def header(kind: str, version: str = "2.5", charset: str = "UNICODE UTF-8", key: str = "Q1") -> str:
    return rf"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||{kind}|{key}|P|{version}||||||{charset}"


@dataclass(frozen=True)
class Door:
    """As much of the hub's door as a question needs."""

    hub: Hub | None


@dataclass
class Site:
    """A record, and the feeds that tell and ask."""

    database: Database
    hub: Hub
    told: int = 0
    feeding: Feeding = field(init=False)

    def __post_init__(self) -> None:
        self.feeding = Feeding(self.database)

    def tell(self, text: str, feed: str = "hospital") -> None:
        """A message of a hospital, applied."""
        self.told += 1
        adapter = HL7(feed, settings())
        payload = adapter.admit(text.encode())
        assert payload.refusal is None, payload.refusal
        received = START + timedelta(minutes=self.told)
        message = Message(self.told, feed, payload.key, payload.body, received, payload.sender, payload.notes)
        self.feeding.tell_all([(message, update) for update in adapter.parse(message)])

    def person(  # noqa: PLR0917 as many as a PID tells
        self, number: str, name: str, born: str = "", sex: str = "", feed: str = "hospital", more: str = ""
    ) -> None:
        """A resident by PID-3, PID-5, PID-7 and PID-8."""
        self.tell(
            f"{header('ADT^A28^ADT_A05', key=f'A{self.told}')}\rPID|1||{number}||{name}||{born}|{sex}{more}\r", feed
        )

    def ask(self, *lines: str, feed: str = "hospital", codec: str = "utf-8", **queries: Any) -> Answered:
        return self.ask_bytes("\r".join(lines).encode(codec), feed, **queries)

    def ask_bytes(self, body: bytes, feed: str = "hospital", **queries: Any) -> Answered:
        found = settings(**queries)
        payload, head = admit(body, found)
        answers = Answers(feed, found, cast("Receive", Door(self.hub)))
        receipt = Receipt(4711, START, refusal=payload.refusal)
        raw = asyncio.run(answers.answer(Question(payload, head, receipt, "10.0.0.7")))
        return Answered(raw)

    def audited(self) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return connection.rows(_EVENTS)


def settings(allow: Sequence[str] = ALL, **queries: Any) -> HL7Settings:
    return HL7Settings.model_validate(
        {"listen": "127.0.0.1:0", "systems": SYSTEMS, "queries": {"allow": allow} | queries}
    )


@dataclass(frozen=True)
class Answered:
    """An answer as the asker reads it: in the charset its MSH-18 names."""

    raw: bytes

    @property
    def text(self) -> str:
        return self.raw.decode(Head.read(self.raw).codec)

    @property
    def lexed(self) -> Lexed:
        return lex(self.text)

    def get(self, name: str, *at: int) -> str:
        found = self.lexed.first(name)
        return found.get(*at) if found else ""

    def raws(self, name: str, at: int) -> list[str]:
        return [one.raw(at) for one in self.lexed.all(name)]

    @property
    def names(self) -> list[str]:
        """The names of the segments, in order."""
        return [one.name for one in self.lexed.segments]

    @property
    def says(self) -> tuple[str, str]:
        """MSA-1 and QAK-2."""
        return self.get("MSA", 1), self.get("QAK", 2)

    @property
    def fault(self) -> tuple[str, str]:
        """ERR-2 and the code in ERR-3."""
        return self.raws("ERR", 2)[0], self.get("ERR", 3)


@contextmanager
def site(where: Path | str) -> Iterator[Site]:
    """In a folder, or in a database that is there."""
    database = open_database(where if isinstance(where, str) else f"sqlite:///{where / 'hub.db'}")
    prepare(database)
    audit = Audit(database)
    audit.start()
    hub = Hub(Records(database), Access(database), audit, Seal(database))
    try:
        yield Site(database, hub)
    finally:
        audit.stop()
        hub.close()
        database.close()
