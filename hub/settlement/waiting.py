"""Tells senders who wait what became of their messages, whichever process settled them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from hub.adapter import Receipt, Settled
from hub.database import Database, Statement, any_of
from hub.errors import Refused, Unavailable
from hub.journal import unpack
from hub.schema import settlement

log = logging.getLogger(__name__)

LOOK_S = 0.025
"""How often others' work is looked for while somebody waits; who settles in this process rings."""
RARELY_S, QUIET_S = 0.5, 5.0
"""How often when nothing came and nothing was settled for a while."""

_settled = Statement(
    select(settlement.c.entry, settlement.c.status, settlement.c.code, settlement.c.reason).where(
        any_of(settlement.c.entry, "entries")
    )
)
Waiting = list["asyncio.Future[Settled]"]


class Awaited:
    """One thread looks for all who wait, with one query; it does nothing while nobody does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[int, Waiting] = {}
        self._lock = threading.Lock()
        self._called = threading.Event()
        self._quiet_since = 0.0
        self._thread: threading.Thread | None = None
        self._stopped = self._unwell = False

    def of(self, receipt: Receipt) -> Awaitable[Settled]:
        """Done once the message is settled, also long after; fails when the hub stops first."""
        future: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        if receipt.refusal is not None:
            future.set_exception(Refused("a message that was refused is never applied"))
            return future
        with self._lock:
            if self._stopped:
                future.set_exception(Unavailable("the hub is stopping"))
                return future
            self._waiting.setdefault(receipt.message_id, []).append(future)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="awaited", daemon=True)
                self._thread.start()
        self._ring()
        return future

    def heard(self) -> None:
        """Somebody in this process has settled something."""
        if self._waiting:
            self._ring()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            thread = self._thread
            left = [future for futures in self._waiting.values() for future in futures]
            self._waiting.clear()
        self._called.set()
        if thread is not None:
            thread.join()
        _tell((future, Unavailable("the hub is stopping")) for future in left)

    def _ring(self) -> None:
        self._quiet_since = time.monotonic()
        self._called.set()

    def _run(self) -> None:
        while not self._stopped:
            quiet = time.monotonic() - self._quiet_since > QUIET_S
            self._called.wait((RARELY_S if quiet else LOOK_S) if self._waiting else None)
            self._called.clear()
            self._look()

    def _look(self) -> None:
        with self._lock:
            self._forget_who_left()
            asked = sorted(self._waiting)
        if not asked:
            return
        try:
            found = self._read(asked)
        except Exception as error:  # noqa: BLE001 - whatever the database says, who waits must be told later
            if not self._unwell:
                log.warning("what became of messages cannot be read just now: %s", type(error).__name__)
            self._unwell = True
            return
        self._unwell = False
        with self._lock:
            told = [(future, answer) for number, answer in found.items() for future in self._waiting.pop(number, ())]
        _tell(told)

    def _forget_who_left(self) -> None:
        for number, futures in list(self._waiting.items()):
            if all(future.done() for future in futures):
                del self._waiting[number]

    def _read(self, numbers: list[int]) -> Mapping[int, Settled]:
        with self._database.read() as connection:
            rows = connection.rows(_settled, entries=numbers)
        return {number: _as_settled(*rest) for number, *rest in rows}


def _as_settled(status: Any, code: str, reason: str | None) -> Settled:
    if reason is None:
        return Settled(status, code)
    _, text, place = unpack(reason)
    return Settled(status, code, text, place)


def _tell(answers: Iterable[tuple[asyncio.Future[Settled], Settled | BaseException]]) -> None:
    """Each event loop is woken once for all of its senders."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Settled], Settled | BaseException]]] = {}
    for future, answer in answers:
        by_loop.setdefault(future.get_loop(), []).append((future, answer))
    for loop, together in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, together)
        except RuntimeError:  # the loop was closed: nobody waits there any more
            log.debug("%d senders left before they were told", len(together))


def _resolve(answers: Iterable[tuple[asyncio.Future[Settled], Settled | BaseException]]) -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
