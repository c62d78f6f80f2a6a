"""Alerts, from their beginning to their end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from hub.alarm import Alert
from hub.database import Connection, Database, Statement
from hub.journal import pack, unpack
from hub.language import Text
from hub.logs import event
from hub.records import times
from hub.schema import alert

log = logging.getLogger("hub.alerts")

COLUMNS = (alert.c.id, alert.c.kind, alert.c.subject, alert.c.detail, alert.c.began_at, alert.c.ended_at)
_lasting = (
    alert.c.kind == bindparam("of_kind"),
    alert.c.subject == bindparam("of_subject"),
    alert.c.ended_at.is_(None),
)
_LASTS = Statement(select(alert.c.id).where(*_lasting))
_LASTING = Statement(select(*COLUMNS).where(alert.c.ended_at.is_(None)).order_by(alert.c.id))
_HISTORY = Statement(
    select(*COLUMNS).where(alert.c.ended_at.is_not(None)).order_by(alert.c.id.desc()).limit(bindparam("most"))
)
_NAMES = ("kind", "subject", "began_at", "detail")
_BEGIN = Statement(insert(alert).values({name: bindparam(name) for name in _NAMES}))
_END = Statement(update(alert).where(*_lasting).values(ended_at=bindparam("at")))


class Alerts:
    def __init__(self, database: Database, now: Callable[[], int] = times.now) -> None:
        self._database = database
        self._now = now

    def begin(self, kind: str, subject: str, text: Text) -> bool:
        """Whether this is new: one that lasts already is not said again."""

        def work(connection: Connection) -> bool:
            if connection.row(_LASTS, of_kind=kind, of_subject=subject):
                return False
            connection.run(_BEGIN, kind=kind, subject=subject, began_at=self._now(), detail=pack(text))
            return True

        if new := self._database.serially(work):
            event(
                log,
                "alert.begin",
                "{kind} {subject}: {text}",
                logging.WARNING,
                kind=kind,
                subject=subject,
                text=str(text),
            )
        return new

    def end(self, kind: str, subject: str) -> bool:
        """Whether there was one to end."""

        def work(connection: Connection) -> bool:
            return connection.run(_END, of_kind=kind, of_subject=subject, at=self._now()) > 0

        if ended := self._database.serially(work):
            event(log, "alert.end", "{kind} {subject}: it is over", logging.WARNING, kind=kind, subject=subject)
        return ended

    def lasting(self) -> list[Alert]:
        """The oldest first."""
        with self._database.read() as connection:
            return list(map(as_alert, connection.rows(_LASTING)))

    def history(self, most: int = 100) -> list[Alert]:
        """Those that are over, the newest first."""
        with self._database.read() as connection:
            return list(map(as_alert, connection.rows(_HISTORY, most=most)))


def as_alert(row: tuple[Any, ...]) -> Alert:
    id_, kind, subject, detail, began, ended = row
    _, text, _ = unpack(detail)
    return Alert(id_, kind, subject, text, times.moment(began), None if ended is None else times.moment(ended))
