"""One step: the next messages of a feed, parsed, then applied and settled in one transaction or one by one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from hub.adapter import Adapter, Message
from hub.codes.gaps import note_gaps
from hub.database import Connection, Database
from hub.errors import JournalFailed, RetryLater
from hub.identity.rules import Rules
from hub.journal import Journal
from hub.logs import event
from hub.model import RecordUpdate
from hub.outbox import Due, Routing, due_changes, queue
from hub.pipeline.documents import due_documents
from hub.pipeline.parsing import Parsed, Parser
from hub.pipeline.verdicts import of_applying, where
from hub.settlement import Outcome, come_so_far, settle

log = logging.getLogger(__name__)

BATCH = 200


class Applying(Protocol):
    """Applies messages within one transaction, in their order."""

    def expect(self, batch: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
        """Says what will come, so that it can be read up with few statements."""
        ...

    def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
        """Ids of the claims it was about. May raise ``Rejected``."""
        ...

    def flush(self) -> Sequence[int]:
        """Called once, before the commit; the numbers of the identity changes that others are told of."""
        ...


NewApplication = Callable[[Connection, Rules], Applying]


def _the_record(connection: Connection, rules: Rules) -> Applying:
    from hub.records.applying import Application

    return Application(connection, rules)


def _nothing() -> None:
    """All is as it was."""


class Pipeline:
    """Settles what is waiting; any number of threads may step, each through a feed of its own."""

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter[Any]],
        rules: Rules = Rules(),  # noqa: B008 - frozen
        parse_seconds: float = 30.0,
        application: NewApplication = _the_record,
    ) -> None:
        """``adapters`` may change while it runs; ``before_parsing`` is called first, since it may change them."""
        self.database = database
        self.adapters = adapters
        self.rules = rules
        self.before_parsing: Callable[[], None] = _nothing
        self.routing = Routing()
        self.readers: Mapping[str, str] = {}
        self._journal = Journal(database)
        self._parse_seconds = parse_seconds
        self._application = application
        self._of_thread = threading.local()
        self._behind_s: dict[str, float] = {}

    def behind_s(self, feed: str) -> float:
        """How long ago the newest message of the last step was received."""
        return self._behind_s.get(feed, 0.0)

    def step(self, feed: str, limit: int = BATCH) -> int:
        """Settles up to ``limit`` waiting messages of a feed, oldest first; how many, 0 when none is waiting.

        Raises ``RetryLater`` when something outside is unwell (what it had settled stays settled) and
        ``JournalFailed`` when the disk may have lost a commit.
        """
        expected = self._come_so_far(feed)
        messages = self._journal.waiting(feed, expected, limit)
        if not messages:
            self._behind_s.pop(feed, None)
            return 0
        self.before_parsing()
        adapter = self.adapters.get(feed)
        if adapter is None:
            return 0
        parsed = self._routed(self._parser.parse(adapter, messages))
        self._settle(feed, expected, parsed)
        newest = next((one.message for one in reversed(parsed) if one.message.replay_of is None), None)
        self._behind_s[feed] = (datetime.now(UTC) - newest.received_at).total_seconds() if newest else 0.0
        return len(parsed)

    def _routed(self, parsed: Sequence[Parsed]) -> Sequence[Parsed]:
        """Outside the transaction: what is parked is not told, and a replay asks anew."""
        if not (self.routing or self.readers):
            return parsed
        return [one if _is_parked(one.outcome) else replace(one, due=self._due(one)) for one in parsed]

    def _due(self, one: Parsed) -> tuple[Due, ...]:
        return (*self.routing.due(one.message), *due_documents(one.message, one.updates, self.readers))

    def _settle(self, feed: str, expected: int, parsed: Sequence[Parsed]) -> None:
        try:
            self._apply(feed, expected, parsed)
        except (RetryLater, JournalFailed):
            raise
        except Exception as error:  # noqa: BLE001 - one of them failed; which one shows when each has its own transaction
            if len(parsed) > 1:
                _say_apart(feed, parsed, error)
            for one in parsed:
                self._settle_alone(feed, expected, one)
                expected = one.message.id

    def _settle_alone(self, feed: str, expected: int, one: Parsed) -> None:
        try:
            self._apply(feed, expected, [one])
        except (RetryLater, JournalFailed):
            raise
        except Exception as error:  # noqa: BLE001 - whatever one message provokes parks it, and the feed goes on
            outcome = of_applying(error)
            log.warning("feed %s: message %d parked: %s", feed, one.message.id, outcome.reason)
            self._apply(feed, expected, [Parsed(one.message, outcome=outcome)])

    def _apply(self, feed: str, expected: int, parsed: Sequence[Parsed]) -> None:
        def work(connection: Connection) -> set[str]:
            application = self._application(connection, self.rules)
            application.expect([(one.message, one.updates) for one in parsed if one.outcome is None])
            outcomes = [(one.message, one.outcome or _applied(application, one)) for one in parsed]
            changes = application.flush()
            note_gaps(connection, [(one.message, one.updates) for one in parsed if one.asks])
            settle(connection, feed, expected, outcomes)
            due = (*messages, *due_changes(self.routing.hearing_of_persons, changes))
            queue(connection, due)
            return {each.destination for each in due}

        messages = [each for one in parsed for each in one.due]
        if told := self.database.serially(work):
            self.routing.heard(told)

    def _come_so_far(self, feed: str) -> int:
        with self.database.read() as connection:
            return come_so_far(connection, feed)

    @property
    def _parser(self) -> Parser:
        """Each worker's thread has a parse thread of its own."""
        if not hasattr(self._of_thread, "parser"):
            self._of_thread.parser = Parser(self._parse_seconds)
        parser: Parser = self._of_thread.parser
        return parser


def _say_apart(feed: str, parsed: Sequence[Parsed], error: Exception) -> None:
    """A stranger's exception may quote a message: its kind and its place do not."""
    sentence = "feed {feed}: {count} messages from {first} on fail together ({error} at {place}): now one by one"
    facts = {"count": len(parsed), "first": parsed[0].message.id, "error": type(error).__name__, "place": where(error)}
    event(log, "batch.apart", sentence, logging.WARNING, feed=feed, **facts)


def _is_parked(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.status == "parked"


def _applied(application: Applying, one: Parsed) -> Outcome:
    return Outcome("applied", claims=frozenset(application.take(one.message, one.updates)))
