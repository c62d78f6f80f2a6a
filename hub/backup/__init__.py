"""A copy of the whole database while the hub runs, verified; and a copy put in the place of an empty database.

The record is copied before the journal, so that every message the record speaks of is in the copied journal; what the
journal holds beyond it is applied again after a restore. The audit log comes last.
"""

from __future__ import annotations

from pathlib import Path

from hub.database import Database
from hub.database.sqlite import SqliteDatabase
from hub.model import Json


def back_up(database: Database, destination: Path) -> Json:
    """Writes a new folder; what it holds. ``database`` may be open for reading only, a hub may be running.

    Raises ``Refused`` when the folder is there already, ``HubError`` when the copy is not sound (it is removed then).
    """
    if isinstance(database, SqliteDatabase):
        from hub.backup.files import back_up as copy

        return copy(database, destination)
    from hub.backup.dump import back_up as dump

    return dump(database, destination)


def restore(source: Path, database: Database) -> Json:
    """Puts a verified backup where an empty database is; no hub may run. ``database`` is of no use afterwards.

    Raises ``NotFound`` when there is no backup, ``Refused`` when the database is not empty.
    """
    if isinstance(database, SqliteDatabase):
        from hub.backup.files import restore as put

        return put(source, database)
    from hub.backup.dump import restore as load

    return load(source, database)
