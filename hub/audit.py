"""Who read what: each answer is noted on disk before it leaves."""

from __future__ import annotations

import asyncio
import queue
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from sqlalchemy import bindparam, insert

from hub.access import PREFIX
from hub.database import Database, Statement
from hub.errors import HubError, Unavailable
from hub.records import json, times
from hub.schema import event

_COLUMNS = tuple(column.name for column in event.columns if column.name != "id")
_INSERT = Statement(insert(event).values({name: bindparam(name) for name in _COLUMNS}))
_AT_ONCE = 500
_GATHER_S = 0.0003
"""Waited for others before a commit: fewer commits cost less than this delay, measured with four clients."""
_WAITING_AT_MOST = 20_000
_ENOUGH_PERSONS = 1_000
_LONGEST_NAME = 200
_SECRET_NAMES = re.compile(r"(?i)token|authorization|bearer|secret|password|passwd|credential|api[-_]?key")
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_\-]{{16,}}")
REDACTED = "[redacted]"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One reading of personal data, or one refusal of it."""

    client: str
    address: str
    action: str
    """``read``, ``vread``, ``history``, ``search``, ``everything``, ``show``, ``denied`` …"""
    resource_type: str = ""
    resource_id: str = ""
    persons: tuple[str, ...] = ()
    """Whose records were in the answer."""
    query: str = ""
    """As asked, identifiers included, secrets not: read only by auditors."""
    outcome: str = "ok"
    resources: int = 0
    """How many resources were in the answer."""


Waiting = tuple[AuditEvent, "asyncio.Future[None]"]


class Audit:
    """Notes events; those that come at the same time share a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.healthy = True
        """Whether the last attempt to write succeeded."""

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Writes what is still waiting, and ends."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def record(self, noted: AuditEvent) -> None:
        """Returns when the event is on disk. Raises ``Unavailable`` when it cannot be written."""
        self._write([noted])

    def soon(self, noted: AuditEvent) -> asyncio.Future[None]:
        """The same from an event loop, without blocking it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._thread is None or self._queue.qsize() > _WAITING_AT_MOST:
            done.set_exception(Unavailable("the audit log cannot be written, so nothing is answered"))
        else:
            self._queue.put((noted, done))
        return done

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            ended = self._fill(batch)
            failure = self._attempt([noted for noted, _ in batch])
            _tell([done for _, done in batch], failure)
            if ended:
                return

    def _fill(self, batch: list[Waiting]) -> bool:
        """Takes what came meanwhile; whether the end is among it."""
        time.sleep(_GATHER_S)
        while len(batch) < _AT_ONCE:
            try:
                another = self._queue.get_nowait()
            except queue.Empty:
                return False
            if another is None:
                return True
            batch.append(another)
        return False

    def _attempt(self, events: Sequence[AuditEvent]) -> HubError | None:
        try:
            self._write(events)
        except HubError as error:
            return error
        return None

    def _write(self, events: Sequence[AuditEvent]) -> None:
        now = times.now()
        rows = [_row(noted, now) for noted in events]
        try:
            self._database.note(lambda connection: connection.many(_INSERT, rows))
        except Exception as error:  # whatever the driver raises: an answer without its audit row must not leave
            self.healthy = False
            raise Unavailable("the audit log cannot be written, so nothing is answered") from error
        self.healthy = True


def _row(noted: AuditEvent, now: int) -> dict[str, Any]:
    persons = noted.persons[:_ENOUGH_PERSONS]
    return {
        "at": now,
        "client": _plain(noted.client),
        "address": noted.address,
        "action": noted.action,
        "resource_type": _name(noted.resource_type),
        "resource_id": _name(noted.resource_id),
        "persons": json.encode(persons).decode() if persons else "[]",
        "query": _plain(redacted(noted.query)),
        "outcome": noted.outcome,
        "resources": noted.resources,
    }


def redacted(query: str) -> str:
    """Without the values of parameters that are named like secrets, and without what looks like a token of ours."""
    return "&".join(_redacted_pair(pair) for pair in query.split("&"))


def _redacted_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    if equals and _SECRET_NAMES.search(unquote_plus(name).partition(":")[0]) and not _TOKEN.search(unquote_plus(name)):
        return f"{name}={REDACTED}"
    return REDACTED if _TOKEN.search(unquote_plus(unquote_plus(pair))) else pair


def _name(raw: str) -> str:
    """A type or id as a path had it, where anything may stand."""
    return _plain(_TOKEN.sub(REDACTED, raw))[:_LONGEST_NAME]


def _plain(raw: str) -> str:
    """What both back ends can keep."""
    return raw.replace("\0", "\ufffd").encode(errors="replace").decode()


def _tell(waiting: Sequence[asyncio.Future[None]], failure: HubError | None) -> None:
    """Wakes each event loop once, however many of its requests wait."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for done in waiting:
        loops.setdefault(done.get_loop(), []).append(done)
    for loop, futures in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, futures, failure)


def _settle(futures: Sequence[asyncio.Future[None]], failure: HubError | None) -> None:
    for done in futures:
        if done.done():
            continue
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)
