"""The one door in: what waits is committed together, and each sender hears of it only afterwards."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from hub.adapter import Payload, Receipt, Settled
from hub.errors import HubError, JournalFailed, RetryLater, Unavailable
from hub.journal import Also, Arrival, FeedRules, Journal
from hub.settlement.waiting import Awaited

if TYPE_CHECKING:
    from hub.web.facade import Hub

log = logging.getLogger(__name__)


LINGER_S, SHARE = 0.004, 0.95
GROUP_MESSAGES, GROUP_BYTES = 256, 32_000_000
Answer = Receipt | BaseException


class Waiting(NamedTuple):
    """An arrival, and the sender who waits to hear of it; with a loop when that sender is asynchronous."""

    arrival: Arrival
    sender: Future[Receipt] | asyncio.Future[Receipt]
    loop: asyncio.AbstractEventLoop | None


class Intake:
    """Takes payloads from any thread or event loop; one thread of its own appends them to the journal.

    While one group is being committed the next one gathers. Senders who wait for each answer come back together: the
    next commit lingers for them, ``LINGER_S`` at most, since one large group costs less than two small ones. A lone
    sender never waits. ``ring`` hears of each feed that has
    something new; ``fatal`` hears of an error after which nothing may be accepted any more.
    """

    def __init__(
        self,
        journal: Journal,
        ring: Callable[[str], None],
        fatal: Callable[[BaseException], None],
        awaited: Awaited | None = None,
    ) -> None:
        self.hub: Hub | None = None
        """What doors that also answer questions are given."""
        self.awaited = awaited
        self._journal = journal
        self._ring = ring
        self._fatal = fatal
        self._waiting: deque[Waiting] = deque()
        self._called = threading.Event()
        self._closed: HubError | None = Unavailable("the hub is not accepting messages just now")
        self._committing = 0
        self._company = self._enough = 1
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        self._closed = None
        self._thread.start()

    def stop(self) -> None:
        """Accepts nothing more; what was accepted is committed and answered first."""
        if self._closed is None:
            self._closed = Unavailable("the hub is stopping")
        self._called.set()
        if self._thread.is_alive():
            self._thread.join()
        self._refuse_rest()
        if self.awaited is not None:
            self.awaited.stop()

    def door(self, feed: str, rules: FeedRules | None = None) -> Door:
        return Door(self, feed, rules or FeedRules())

    def together(self, arrivals: Sequence[Arrival], also: Also) -> list[Receipt]:
        """All of them with one commit, and what is written also; or nothing, as ``Journal.append`` says."""
        if self._closed is not None:
            raise self._closed
        try:
            receipts = self._journal.append(arrivals, also)
        except JournalFailed as error:
            self._end(error, ())
            raise
        for feed in {arrival.feed for arrival, found in zip(arrivals, receipts, strict=True) if is_news(found)}:
            self._ring(feed)
        return receipts

    @property
    def busy(self) -> int:
        """How many senders wait for a commit."""
        return len(self._waiting) + self._committing

    def take(self, waiting: Waiting) -> None:
        if self._closed is not None:
            raise self._closed
        self._waiting.append(waiting)
        if len(self._waiting) >= self._enough:
            self._called.set()
        if self._closed is not None:
            self._refuse_rest()

    def _run(self) -> None:
        while self._closed is None or self._waiting:
            self._gather()
            self._commit_next()

    def _commit_next(self) -> None:
        """Holds on to no group, which may be large, until the next one comes."""
        if group := self._group():
            self._committing = len(group)
            self._commit(group)
            self._company = len(group) + len(self._waiting)
            self._committing = 0

    def _gather(self) -> None:
        """Until somebody waits, then a moment longer for company."""
        self._enough = 1
        while not self._waiting and self._closed is None:
            self._called.wait()
            self._called.clear()
        self._enough = int(self._company * SHARE)
        if len(self._waiting) < self._enough and self._closed is None:
            self._called.wait(LINGER_S)
        self._called.clear()

    def _group(self) -> list[Waiting]:
        group: list[Waiting] = []
        size = 0
        while self._waiting and len(group) < GROUP_MESSAGES and size < GROUP_BYTES:
            waiting = self._waiting.popleft()
            size += len(waiting.arrival.payload.body)
            group.append(waiting)
        return group

    def _commit(self, group: Sequence[Waiting]) -> None:
        if isinstance(self._closed, JournalFailed):
            _answer((waiting, self._closed) for waiting in group)
            return
        try:
            receipts = self._journal.append([waiting.arrival for waiting in group])
        except JournalFailed as error:
            self._end(error, group)
        except RetryLater as error:
            log.warning("nothing was kept of %d payloads: %s", len(group), error)
            _answer((waiting, _unavailable(error)) for waiting in group)
        except Exception as error:  # noqa: BLE001 - whatever one payload provokes must not be the others' fault
            self._commit_apart(group, error)
        else:
            _answer(zip(group, receipts, strict=True))
            for feed in _news(group, receipts):
                self._ring(feed)

    def _commit_apart(self, group: Sequence[Waiting], error: Exception) -> None:
        if len(group) > 1:
            for waiting in group:
                self._commit([waiting])
        else:
            log.error("a payload of feed %s cannot be kept: %s", group[0].arrival.feed, type(error).__name__)
            _answer([(group[0], Unavailable("this payload cannot be kept"))])

    def _end(self, error: JournalFailed, group: Sequence[Waiting]) -> None:
        """The disk may have lost a commit: nobody is told that anything was kept."""
        log.critical("%s", error)
        self._closed = error
        self._fatal(error)
        _answer((waiting, error) for waiting in group)
        self._refuse_rest()

    def _refuse_rest(self) -> None:
        """Answers who came while the door was closing; the thread may have gone already."""
        if isinstance(self._closed, JournalFailed) or not self._thread.is_alive():
            while rest := self._group():
                _answer((waiting, self._closed or Unavailable("the hub is stopping")) for waiting in rest)


class Door:
    """What an adapter of one feed is given to hand payloads over."""

    def __init__(self, intake: Intake, feed: str, rules: FeedRules) -> None:
        self._intake = intake
        self._feed = feed
        self._rules = rules

    def __call__(self, payload: Payload) -> Receipt:
        sender: Future[Receipt] = Future()
        self._intake.take(Waiting(Arrival(self._feed, payload, self._rules), sender, None))
        return sender.result()

    def soon(self, payload: Payload) -> Awaitable[Receipt]:
        loop = asyncio.get_running_loop()
        sender: asyncio.Future[Receipt] = loop.create_future()
        try:
            self._intake.take(Waiting(Arrival(self._feed, payload, self._rules), sender, loop))
        except HubError as error:
            sender.set_exception(error)
        return sender

    def settled(self, receipt: Receipt) -> Awaitable[Settled]:
        if self._intake.awaited is None:
            raise Unavailable("nobody looks here for what became of messages")
        return self._intake.awaited.of(receipt)

    @property
    def hub(self) -> Hub | None:
        return self._intake.hub


def _answer(answers: Iterable[tuple[Waiting, Answer]]) -> None:
    """Threads are woken one by one, each event loop once for all of its senders."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiting, Answer]]] = {}
    for waiting, answer in answers:
        if waiting.loop is None:
            _resolve([(waiting, answer)])
        else:
            by_loop.setdefault(waiting.loop, []).append((waiting, answer))
    for loop, together in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, together)
        except RuntimeError:  # the loop was closed: nobody waits there any more
            log.debug("%d senders left before they were answered", len(together))


def _resolve(answers: Iterable[tuple[Waiting, Answer]]) -> None:
    for waiting, answer in answers:
        if waiting.sender.done():
            continue
        if isinstance(answer, BaseException):
            waiting.sender.set_exception(answer)
        else:
            waiting.sender.set_result(answer)


def _unavailable(error: RetryLater) -> Unavailable:
    return error if isinstance(error, Unavailable) else Unavailable("the database is held by somebody else just now")


def _news(group: Sequence[Waiting], receipts: Sequence[Receipt]) -> set[str]:
    return {waiting.arrival.feed for waiting, receipt in zip(group, receipts, strict=True) if is_news(receipt)}


def is_news(receipt: Receipt) -> bool:
    """Whether there is something to do now."""
    return not receipt.resent and receipt.refusal is None
