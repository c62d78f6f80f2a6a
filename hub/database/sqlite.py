"""SQLite: three files beside each other, each with one writer that is also its only checkpointer.

Two connections that write and checkpoint one file can lose commits in SQLite before 3.51.3 (the WAL-reset fault). Here
every file has exactly one connection that may write; readers are opened read-only and can never checkpoint, and a
second process is kept out by a lock. ``BEGIN IMMEDIATE`` locks every attached file, so a writer attaches only its own.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import msgspec

from hub.database.connection import Connection, Database, T
from hub.database.statement import SQLITE
from hub.errors import Collision, ConfigError, JournalFailed, Refused, Unavailable
from hub.schema import AUDIT, JOURNAL

FULL = 2
CHECKPOINT_PAGES, CHECKPOINT_PAGES_OF_RECORD = 4_000, 16_000
"""The record writes its index's pages over and over: what waits longer is copied into the file less often."""
BUSY_MS = 5_000
CACHE_KIB = 32_768
"""Of the record's pages: each message writes in many places of the search index."""
LOCK_S = 3.0
"""A command that writes, or a hub that is just ending, holds the lock for a moment."""


class SqliteConnection(Connection):
    dialect = SQLITE

    def __init__(self, driver: sqlite3.Connection) -> None:
        self.driver = driver
        self.remembered = {}

    def _execute(self, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        return self.driver.execute(sql, parameters)

    def _execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.driver.executemany(sql, rows)

    def _list(self, values: Sequence[Any]) -> str:
        return msgspec.json.encode(list(values)).decode()


class SqliteWriter:
    """The one connection that may write a file; its transactions follow each other."""

    def __init__(self, path: Path, schema: str) -> None:
        self._lock = threading.Lock()
        main = str(path) if schema == "main" else ":memory:"
        driver = sqlite3.connect(main, isolation_level=None, check_same_thread=False, cached_statements=512)
        try:
            with opening(path):
                self._prepare(driver, path, schema)
        except BaseException:  # whatever it was, nothing stays half done
            driver.close()
            raise
        self._connection = SqliteConnection(driver)

    def _prepare(self, driver: sqlite3.Connection, path: Path, schema: str) -> None:
        if schema != "main":
            driver.execute(f"ATTACH DATABASE ? AS {schema}", (str(path),))
        self._assert_durable(driver, schema)
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        pages = CHECKPOINT_PAGES_OF_RECORD if schema == "main" else CHECKPOINT_PAGES
        driver.execute(f"PRAGMA wal_autocheckpoint={pages}")
        driver.execute("PRAGMA temp_store=MEMORY")
        if schema == "main":
            driver.execute(f"PRAGMA cache_size=-{CACHE_KIB}")

    @staticmethod
    def _assert_durable(driver: sqlite3.Connection, schema: str) -> None:
        (mode,) = driver.execute(f"PRAGMA {schema}.journal_mode=WAL").fetchone()
        driver.execute(f"PRAGMA {schema}.synchronous=FULL")
        (synchronous,) = driver.execute(f"PRAGMA {schema}.synchronous").fetchone()
        if (mode, synchronous) != ("wal", FULL):
            raise ConfigError(
                "this disk cannot keep SQLite safe (journal_mode={mode}, synchronous={level}); use a local disk",
                mode=mode,
                level=synchronous,
            )

    def write(self, work: Callable[[Connection], T]) -> T:
        driver = self._connection.driver
        with self._lock, _in_our_words():
            driver.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
                driver.execute("COMMIT")
            except BaseException:  # whatever it was, nothing stays half done
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                raise
            finally:
                self._connection.remembered.clear()
            return result

    def close(self) -> None:
        with self._lock:
            self._connection.driver.close()


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Says which file it is that cannot be opened, and what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB:
            raise ConfigError(
                "{file} is not a SQLite database; name another file, or move it away and restore a backup",
                file=str(path),
            ) from error
        raise Unavailable("{file} cannot be opened: {reason}", file=str(path), reason=str(error)) from error


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                raise JournalFailed(
                    "the disk failed ({reason}); stop, look at the disk, start again", reason=str(error)
                ) from error
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
                raise Unavailable(
                    "the database cannot be written ({reason}); make room on the disk", reason=str(error)
                ) from error
            case sqlite3.SQLITE_BUSY:
                raise Collision("another program holds the database") from error
        raise


class SqliteDatabase(Database):
    dialect = SQLITE

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.url = f"sqlite:///{path}"
        self.path = path
        self.files = {"main": path, JOURNAL: beside(path, JOURNAL), AUDIT: beside(path, AUDIT)}
        self._readers: list[SqliteConnection] = []
        self._turns: dict[str, threading.Lock] = {}
        self._lock: IO[bytes] | None = None
        self._writers: dict[str, SqliteWriter] = {}
        if writable:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = only_us(beside(path, "lock"), patience=LOCK_S)
            for file in self.files.values():
                file.touch(mode=0o600)  # residents' data: for this account alone
            self._open_writers()

    def _open_writers(self) -> None:
        try:
            for schema, file in self.files.items():
                self._writers[schema] = SqliteWriter(file, schema)
        except BaseException:  # whatever it was, nothing stays half done
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open_reader()
        try:
            connection.driver.execute("BEGIN")
            yield connection
        finally:
            connection.remembered.clear()
            if connection.driver.in_transaction:
                connection.driver.execute("COMMIT")
            self._readers.append(connection)

    def _open_reader(self) -> SqliteConnection:
        if not self.path.exists():
            raise Unavailable("there is no database yet: start the hub, or run hub migrate")
        driver = sqlite3.connect(
            _read_only(self.path), uri=True, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        try:
            driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            for schema, file in self.files.items():
                with opening(file):
                    _attach(driver, schema, file)
        except BaseException:  # whatever it was, nothing stays half done
            driver.close()
            raise
        return SqliteConnection(driver)

    def serially(self, work: Callable[[Connection], T]) -> T:
        return self._writers["main"].write(work)

    def plainly(self, work: Callable[[Connection], T]) -> T:
        return self._writers["main"].write(work)

    def append(self, work: Callable[[Connection], T]) -> T:
        return self._writers[JOURNAL].write(work)

    def note(self, work: Callable[[Connection], T]) -> T:
        return self._writers[AUDIT].write(work)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        lock = self._turns.setdefault(name, threading.Lock())
        mine = lock.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                lock.release()

    def close(self) -> None:
        while self._readers:
            self._readers.pop().driver.close()
        for writer in self._writers.values():
            writer.close()
        if self._lock is not None:
            self._lock.close()


def beside(path: Path, what: str) -> Path:
    """hub.db → hub-journal.db"""
    return path.with_name(f"{path.stem}-{what}{path.suffix}")


def _attach(driver: sqlite3.Connection, schema: str, file: Path) -> None:
    """And reads a page of it: SQLite looks at a file only when something is asked of it."""
    if schema != "main":
        driver.execute(f"ATTACH DATABASE ? AS {schema}", (_read_only(file),))
    driver.execute(f"PRAGMA {schema}.schema_version").fetchone()


def _read_only(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro"


def only_us(path: Path, patience: float = 0.0) -> IO[bytes]:
    """Holds the lock of a database until closed; ``Refused`` when another has it for ``patience`` seconds."""
    path.touch(mode=0o600)
    file, end = path.open("ab"), time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() < end:
                time.sleep(0.02)
                continue
            file.close()
            raise Refused("another hub has this database open: {file}", file=path.name) from error
        return file
