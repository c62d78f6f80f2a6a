"""Backups of SQLite: each log's file copied in one step from a connection that can only read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from hub.backup.folder import finished, flush, read_manifest, unfinished
from hub.database.sqlite import SqliteDatabase, beside, only_us, opening
from hub.errors import HubError, Refused, Unavailable
from hub.model import Json
from hub.schema import AUDIT, JOURNAL

KIND = "sqlite"
COPIES = {"main": "hub.db", JOURNAL: "hub-journal.db", AUDIT: "hub-audit.db"}
"""What each log is called in a backup, in the order in which they are copied."""

COUNTS = {
    "resources": ("main", "SELECT count(*) FROM resource"),
    "versions": ("main", "SELECT count(*) FROM version"),
    "claims": ("main", "SELECT count(*) FROM claim"),
    "settled": ("main", "SELECT count(*) FROM settlement"),
    "messages": (JOURNAL, "SELECT count(*) FROM entry"),
    "audit_events": (AUDIT, "SELECT count(*) FROM event"),
}
KEPT = (("main", "resource"), ("main", "claim"), ("main", "settlement"), ("main", "token"), (JOURNAL, "entry"))
LOST = "SELECT count(*) FROM settlement s WHERE NOT EXISTS (SELECT 1 FROM journal.entry e WHERE e.id = s.entry)"


def back_up(database: SqliteDatabase, destination: Path) -> Json:
    """Copies all three logs into a new folder and verifies them; what the copy holds.

    Raises ``Refused`` when the folder is there already, ``HubError`` when the copy is not sound (it is removed then).
    """
    if not database.path.exists():
        raise Unavailable("there is no database yet: start the hub, or run hub migrate")
    with unfinished(destination) as folder:
        for schema, name in COPIES.items():
            _copy(database.files[schema], folder / name)
        return finished(folder, KIND, verify(folder))


def restore(source: Path, database: SqliteDatabase) -> Json:
    """Puts a verified backup where an empty database may be. Raises ``Refused`` while a hub runs on it.

    All files are written beside their places and then renamed, the record last: until it is there, there is no
    database.
    """
    manifest = read_manifest(source, KIND, COPIES.values())
    if verify(source) != manifest["counts"]:
        raise HubError("the backup in {source} is not what was written: its counts differ", source=str(source))
    database.path.parent.mkdir(parents=True, exist_ok=True)
    with closing(only_us(beside(database.path, "lock"))):
        if not is_empty(database):
            raise Refused("{file} is not empty; a backup is never put over a database", file=database.path.name)
        ready = {schema: _beside(source / name, database.files[schema]) for schema, name in COPIES.items()}
        for schema in reversed(COPIES):
            _remove(database.files[schema])
            ready[schema].replace(database.files[schema])
            flush(database.path.parent)
    return manifest


def verify(folder: Path) -> dict[str, int]:
    """Reads every page of a backup; how many rows it holds. Raises ``HubError`` when it is not sound."""
    try:
        with closing(_opened(folder)) as copy:
            for schema in COPIES:
                _assert_sound(copy, schema)
            counts = {
                name: _number(copy, sql.replace("FROM ", f"FROM {schema}.")) for name, (schema, sql) in COUNTS.items()
            }
            lost = _number(copy, LOST)
    except sqlite3.DatabaseError as error:
        raise HubError(
            "the copy in {folder} cannot be read: {reason}", folder=str(folder), reason=str(error)
        ) from error
    if lost:
        raise HubError("the copy in {folder} lacks {count} messages of its journal", folder=str(folder), count=lost)
    return counts


def _assert_sound(copy: sqlite3.Connection, schema: str) -> None:
    found = [row[0] for row in copy.execute(f"PRAGMA {schema}.integrity_check(5)")]
    if found != ["ok"]:
        raise HubError("the copy of {log} is damaged: {reason}", log=COPIES[schema], reason=found[0])


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _opened(folder: Path) -> sqlite3.Connection:
    """A backup never changes, so it is opened as such: no locks, no files beside it."""
    connection = sqlite3.connect(_address(folder / COPIES["main"], "immutable=1"), uri=True)
    for schema in (JOURNAL, AUDIT):
        connection.execute(f"ATTACH DATABASE ? AS {schema}", (_address(folder / COPIES[schema], "immutable=1"),))
    return connection


def _copy(source: Path, target: Path) -> None:
    """All pages in one step: one moment of the file, however much is written meanwhile; writers do not wait."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        closing(sqlite3.connect(_address(source, "mode=ro"), uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        with opening(source):
            original.execute("PRAGMA schema_version")
        original.backup(copy, pages=-1)
    flush(target)


def is_empty(database: SqliteDatabase) -> bool:
    """Whether nothing was ever kept or written there; tables alone are nothing."""
    return not any(
        file.exists() and _holds(file, [table for schema, table in KEPT if schema == log])
        for log, file in database.files.items()
    )


def _holds(file: Path, tables: list[str]) -> bool:
    with opening(file), closing(sqlite3.connect(_address(file, "mode=ro"), uri=True)) as connection:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return any(_number(connection, f"SELECT count(*) FROM {table}") for table in there.intersection(tables))  # noqa: S608 - our own names


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(name).unlink(missing_ok=True)


def _beside(copy: Path, file: Path) -> Path:
    beside = file.with_name(f"{file.name}.restoring")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copyfile(copy, beside)
    flush(beside)
    return beside


def _address(file: Path, options: str) -> str:
    return f"file:{quote(str(file.resolve()))}?{options}"
