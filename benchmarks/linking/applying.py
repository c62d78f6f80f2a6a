"""Claims as the hub takes them: in transactions of many, by ``Application``, on a SQLite file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.linking.counting import Outcome, Told, truth_of
from benchmarks.people import REGISTER, Said
from hub.adapter import Message
from hub.database import Connection, Database, Statement, open_database
from hub.identity.rules import Rules
from hub.migrations import prepare
from hub.model import RecordUpdate
from hub.records.applying import Application
from hub.records.json import decode
from hub.review import Review, Reviews

BATCH = 100
"""Messages of a transaction."""
NOT_WHO = ("id_number_fault",)
"""Questions about a value, not about who somebody is."""
RULES = Rules(verified=frozenset([REGISTER]))
_START = datetime(2026, 7, 1, 8, tzinfo=UTC)


@dataclass
class Base:
    """A record base on disk, with what it was told and how long each decision took."""

    path: Path
    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    taken_ms: list[float] = field(default_factory=list)
    _entries: int = 0

    def __post_init__(self) -> None:
        self._database: Database = open_database(f"sqlite:///{self.path}")
        prepare(self._database)

    @classmethod
    def copied(cls, path: Path, closed: Path, known: Iterable[Said]) -> Base:
        """What ``closed`` was told, ``known``, for other feeds at ``path``."""
        shutil.copy(closed, path)
        told = [truth_of(said) for said in known]
        return cls(path, told, _entries=len(told))

    def tell(self, all_said: Iterable[Said]) -> None:
        rows = iter(all_said)
        while batch := [self._message(said) for said in islice(rows, BATCH)]:
            begin = time.perf_counter()
            self._database.serially(partial(self._apply, batch))
            self.seconds += time.perf_counter() - begin

    def outcome(self) -> Outcome:
        with self._database.read() as connection:
            persons = dict(_rows(connection, "SELECT id, person FROM claim"))
            questions = _rows(connection, "SELECT kind, claims FROM review WHERE status <> 'closed'")
        asked = {claim for kind, claims in questions if kind not in NOT_WHO for claim in decode(claims)}
        return Outcome(self.told, persons, asked)

    def reviews(self) -> list[Review]:
        return Reviews(self._database).list(limit=1_000_000)

    def close(self) -> None:
        self._database.close()

    def _message(self, said: Said) -> tuple[Message, RecordUpdate]:
        self._entries += 1
        at = self._entries
        self.told.append(truth_of(said))
        message = Message(at, said.feed, str(at), b"%d" % at, _START + timedelta(seconds=at))
        return message, RecordUpdate(said.claim())

    def _apply(self, batch: list[tuple[Message, RecordUpdate]], connection: Connection) -> None:
        application = Application(connection, RULES)
        application.expect((message, [update]) for message, update in batch)
        for message, update in batch:
            begin = time.perf_counter()
            application.take(message, [update])
            self.taken_ms.append((time.perf_counter() - begin) * 1000)
        application.flush()


def _rows(connection: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    return iter(connection.rows(Statement(text(sql))))
