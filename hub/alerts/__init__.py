"""What is unusual just now: said once when it begins and once when it ends, however often it is noticed."""

from __future__ import annotations

import logging

from sqlalchemy import bindparam, insert, select, update

from hub.database import Connection, Database, Statement
from hub.journal import pack
from hub.language import Text
from hub.logs import event
from hub.records import times
from hub.schema import alert

log = logging.getLogger("hub.alerts")

_lasting = (
    alert.c.kind == bindparam("of_kind"),
    alert.c.subject == bindparam("of_subject"),
    alert.c.ended_at.is_(None),
)
_LASTS = Statement(select(alert.c.id).where(*_lasting))
_NAMES = ("kind", "subject", "began_at", "detail")
_BEGIN = Statement(insert(alert).values({name: bindparam(name) for name in _NAMES}))
_END = Statement(update(alert).where(*_lasting).values(ended_at=bindparam("at")))


class Alerts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, kind: str, subject: str, text: Text) -> bool:
        """Whether this is new: one that lasts already is not said again."""

        def work(connection: Connection) -> bool:
            if connection.row(_LASTS, of_kind=kind, of_subject=subject):
                return False
            connection.run(_BEGIN, kind=kind, subject=subject, began_at=times.now(), detail=pack(text))
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
            return connection.run(_END, of_kind=kind, of_subject=subject, at=times.now()) > 0

        if ended := self._database.serially(work):
            event(log, "alert.end", "{kind} {subject}: it is over", logging.WARNING, kind=kind, subject=subject)
        return ended
