"""Runs a hub that counts what it applies, dies at named points, and has a planted fault: ``mutants.py FAULT ARGS…``.

Only tests run this; the hub itself knows nothing of it. ``HUB_TEST_KILL=point:n`` ends the process with SIGKILL at the
n-th passing of a point.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, bindparam, insert, text

import hub.records.applying
from hub.adapter import Message, Receipt
from hub.cli import main
from hub.database import Connection, Database, Statement
from hub.database.postgresql import PostgresDatabase
from hub.database.sqlite import SqliteDatabase
from hub.identity.rules import Rules
from hub.intake import Intake, Waiting, _answer
from hub.journal import Journal
from hub.journal.keys import Known
from hub.migrations import prepare
from hub.model import RecordUpdate
from hub.pipeline import Parsed, Pipeline
from hub.records import times
from hub.records.applying import Application
from hub.settlement import Outcome, settle

POINTS = ("appending", "appended", "flushing", "committed", "stepped")
FAULTS = ("none", "ack_before_commit", "no_key", "two_commits")

taken = Table("taken", MetaData(), Column("key", Text), Column("entry", BigInteger))
_make = Statement(text("CREATE TABLE IF NOT EXISTS taken (key TEXT, entry BIGINT)"))
_take = Statement(insert(taken).values(key=bindparam("key"), entry=bindparam("entry")))


class Counted(Application):
    """Leaves one more row each time a message takes effect, in the transaction in which it does."""

    at_hand = threading.local()
    """``applies``: whether the transaction of this thread applies messages."""

    def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
        self._connection.run(_take, key=message.key, entry=message.id)
        Counted.at_hand.applies = True
        return super().take(message, updates)


def passing(point: str) -> None:
    wanted, _, times_left = os.environ.get("HUB_TEST_KILL", ":").partition(":")
    if point and wanted == point:
        os.environ["HUB_TEST_KILL"] = f"{wanted}:{int(times_left) - 1}"
        if int(times_left) <= 1:
            os.kill(os.getpid(), signal.SIGKILL)


def watch_commits(owner: type[Database]) -> None:
    """``committed``: what messages mean has just been committed, and nothing has happened since."""
    original: Callable[..., Any] = owner.serially

    def watched(*args: Any) -> Any:
        Counted.at_hand.applies = False
        result = original(*args)
        passing("committed" if Counted.at_hand.applies else "")
        return result

    owner.serially = watched  # type: ignore[method-assign,assignment] # watches, and does the same


def watch(owner: type[Any], name: str, before: str = "", after: str = "") -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def watched(*args: Any, **kwargs: Any) -> Any:
        passing(before)
        result = original(*args, **kwargs)
        passing(after)
        return result

    setattr(owner, name, watched)


def ack_before_commit() -> None:
    commit = Intake._commit

    def hasty(self: Intake, group: Sequence[Waiting]) -> None:
        _answer((waiting, Receipt(0, times.moment(times.now()))) for waiting in group)
        time.sleep(0.02)
        commit(self, group)

    Intake._commit = hasty  # type: ignore[method-assign] # a fault, planted


def no_key() -> None:
    Known.twin = Known.owner = lambda *_: None  # type: ignore[method-assign] # a fault, planted


def two_commits() -> None:
    def apart(self: Pipeline, feed: str, expected: int, parsed: Sequence[Parsed]) -> None:
        def apply(connection: Connection) -> list[tuple[Message, Outcome]]:
            application = self._application(connection, Rules())
            application.expect([(one.message, one.updates) for one in parsed])
            outcomes = [
                (one.message, one.outcome or Outcome("applied", claims=application.take(one.message, one.updates)))
                for one in parsed
            ]
            application.flush()
            return outcomes

        outcomes = self.database.serially(apply)
        self.database.serially(lambda connection: settle(connection, feed, expected, outcomes))

    Pipeline._apply = apart  # type: ignore[method-assign] # a fault, planted


def prepare_effects() -> None:
    """Makes the table of effects together with the hub's own, before anything is applied."""
    from hub.app import running

    def with_effects(database: Database) -> None:
        prepare(database)
        database.serially(lambda connection: connection.run(_make))

    vars(running)["prepare"] = with_effects


if __name__ == "__main__":
    fault = sys.argv.pop(1)
    prepare_effects()
    if fault != "none":
        {"ack_before_commit": ack_before_commit, "no_key": no_key, "two_commits": two_commits}[fault]()
    hub.records.applying.Application = Counted  # type: ignore[misc] # counts, and does the same
    watch(Journal, "append", before="appending", after="appended")
    watch(Counted, "flush", before="flushing")
    watch_commits(SqliteDatabase)
    watch_commits(PostgresDatabase)
    watch(Pipeline, "step", after="stepped")
    main()
