"""Which alarm has been told of what: kept, so that a restart tells nothing twice and forgets nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, bindparam, false, or_, select

from hub.alarm import Alert, Change
from hub.alerts.store import COLUMNS, as_alert
from hub.database import Connection, Database, Statement
from hub.records import times
from hub.schema import alert, told

FORGET = timedelta(days=1)
"""What was over for a day before an alarm could be told of it is history."""

_DUE = Statement(
    select(*COLUMNS, told.c.ended)
    .select_from(alert.outerjoin(told, and_(told.c.alert == alert.c.id, told.c.alarm == bindparam("of_alarm"))))
    .where(
        or_(
            and_(told.c.alert.is_(None), or_(alert.c.ended_at.is_(None), alert.c.ended_at > bindparam("since"))),
            and_(told.c.ended == false(), alert.c.ended_at.is_not(None)),
        )
    )
    .order_by(alert.c.id)
)
_TOLD = Statement(
    lambda insert: (
        insert(told)
        .values(alarm=bindparam("alarm"), alert=bindparam("alert"), ended=bindparam("ended"))
        .on_conflict_do_update(index_elements=["alarm", "alert"], set_={"ended": bindparam("ended")})
    )
)


class Told:
    def __init__(self, database: Database, now: Callable[[], int] = times.now) -> None:
        self._database = database
        self._now = now

    def due(self, alarm: str) -> list[tuple[Alert, Change]]:
        """What an alarm has not heard yet, in order."""
        since = self._now() - FORGET // timedelta(microseconds=1)
        with self._database.read() as connection:
            rows = connection.rows(_DUE, of_alarm=alarm, since=since)
        found: list[tuple[Alert, Change]] = []
        for *row, heard in rows:
            one = as_alert(tuple(row))
            if heard is None:
                found.append((one, "began"))
            if one.ended_at is not None:
                found.append((one, "ended"))
        return found

    def keep(self, alarm: str, alert_id: int, change: Change) -> None:
        """It has heard."""

        def work(connection: Connection) -> None:
            connection.run(_TOLD, alarm=alarm, alert=alert_id, ended=change == "ended")

        self._database.serially(work)
