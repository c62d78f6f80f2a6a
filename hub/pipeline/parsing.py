"""Runs adapters in a thread of their own, so that one which hangs can be left behind."""

from __future__ import annotations

import ctypes
import logging
import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hub.adapter import Adapter, Message
from hub.errors import AdapterCrashed
from hub.model import RecordUpdate
from hub.outbox import Due
from hub.pipeline.verdicts import of_parsing, sound, where
from hub.settlement import Outcome

log = logging.getLogger(__name__)

SLICE_S = 0.5
Updates = tuple[RecordUpdate, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message with what it says, or with its outcome when it says nothing we can apply."""

    message: Message
    updates: Updates = ()
    outcome: Outcome | None = None
    due: tuple[Due, ...] = ()
    """Who is to hear of it unless it is parked."""

    @property
    def asks(self) -> bool:
        """Whether it is applied with codes that no map knows."""
        return self.outcome is None and any(update.unmapped for update in self.updates)


class _LeftBehind(BaseException):
    """Raised inside a parse that hangs; nothing catches it on the way out but a bare except."""


@dataclass(slots=True)
class _Work:
    """Messages for one parse thread; ``done`` grows as it goes."""

    adapter: Adapter[Any]
    messages: Sequence[Message]
    done: list[Parsed] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    left_behind: bool = False


class Parser:
    """Parses messages in their order, each within ``limit`` seconds; used by one thread at a time."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._inbox: queue.SimpleQueue[_Work | None] | None = None
        self._thread: threading.Thread | None = None

    def parse(self, adapter: Adapter[Any], messages: Sequence[Message]) -> list[Parsed]:
        """At least the first of them; what follows one that hangs is left for another call."""
        work = self._hand_over(adapter, messages)
        return work.done if self._ends_in_time(work) else self._leave_behind(work)

    def close(self) -> None:
        if self._inbox is not None:
            self._inbox.put(None)

    def _hand_over(self, adapter: Adapter[Any], messages: Sequence[Message]) -> _Work:
        if self._inbox is None:
            self._inbox = queue.SimpleQueue()
            self._thread = threading.Thread(target=_serve, args=(self._inbox,), name="parse", daemon=True)
            self._thread.start()
        work = _Work(adapter, messages)
        self._inbox.put(work)
        return work

    def _ends_in_time(self, work: _Work) -> bool:
        """Counts only time in which this process ran: one that was frozen for a minute has no hanging adapters."""
        at, spent = 0, 0.0
        while spent < self._limit:
            begin = time.monotonic()
            part = min(SLICE_S, self._limit - spent)
            if work.ended.wait(part):
                return True
            if len(work.done) != at:
                at, spent = len(work.done), 0.0
            spent += min(time.monotonic() - begin, part * 2)
        return False

    def _leave_behind(self, work: _Work) -> list[Parsed]:
        work.left_behind = True
        done = work.done[: len(work.messages)]
        thread, self._thread, self._inbox = self._thread, None, None
        _interrupt(thread)
        if len(done) == len(work.messages):
            return done
        stuck = work.messages[len(done)]
        log.error("feed %s: the adapter hangs on message %d and was left behind", stuck.feed, stuck.id)
        error = AdapterCrashed("the adapter took longer than {seconds} s", seconds=self._limit)
        return [*done, Parsed(stuck, outcome=of_parsing(error))]


def _serve(inbox: queue.SimpleQueue[_Work | None]) -> None:
    with suppress(_LeftBehind):
        while work := inbox.get():
            _work_through(work)
            if work.left_behind:
                return
            del work  # its messages may be large, and the next may be long in coming


def _work_through(work: _Work) -> None:
    for message in work.messages:
        parsed = _parse(work.adapter, message)
        if work.left_behind:
            return
        work.done.append(parsed)
    work.ended.set()


def _parse(adapter: Adapter[Any], message: Message) -> Parsed:
    try:
        return Parsed(message, sound(adapter.parse(message)))
    except _LeftBehind:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a plugin raises, SystemExit included, parks its message
        outcome = of_parsing(error)
        if outcome.code == "adapter_crashed":
            kind, place = type(error).__name__, where(error)
            log.error("feed %s: the adapter failed on message %d: %s at %s", message.feed, message.id, kind, place)  # noqa: TRY400 - a traceback may show a patient's data
        return Parsed(message, outcome=outcome)


def _interrupt(thread: threading.Thread | None) -> None:
    """Python code ends at its next instruction; what sits in C code stays until the process ends."""
    if thread is not None and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_LeftBehind))
