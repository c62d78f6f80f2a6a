"""Brings the tables of a database to where this program wants them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from hub.database import Connection, Database, Statement
from hub.logs import event

logger = logging.getLogger(__name__)

HEAD = "0005"
WAIT_S = 0.1
SCHEMAS = {"journal": "journal", "record": None, "audit": "audit"}
"""The three logs, and the schema in which each of them keeps its tables; SQLite has one file for each."""

_EXISTS = {
    "sqlite": Statement(text("SELECT 1 FROM pragma_table_list WHERE schema = :schema AND name = 'alembic_version'")),
    "postgresql": Statement(
        text("SELECT 1 FROM pg_tables WHERE schemaname = :schema AND tablename = 'alembic_version'")
    ),
}
_DEFAULT_SCHEMA = {"sqlite": "main", "postgresql": "public"}


def prepare(database: Database) -> None:
    """Creates or upgrades the tables; of several starters one does it, the others wait.

    Each log is upgraded in one transaction, so a kill leaves nothing half done. Raises ``ConfigError`` when the
    database belongs to a newer program.
    """
    while pending(database):
        with database.turn("migrations") as mine:
            if mine:
                _upgrade(database)
        if not mine:
            time.sleep(WAIT_S)


def pending(database: Database) -> bool:
    """Whether ``prepare`` has something to do."""
    with database.read() as connection:
        return any(stored(connection, log) != HEAD for log in SCHEMAS)


def stored(connection: Connection, log: str) -> str | None:
    """The revision of a log's tables; none when there are none yet."""
    schema = SCHEMAS[log] or _DEFAULT_SCHEMA[connection.dialect]
    if connection.row(_EXISTS[connection.dialect], schema=schema) is None:
        return None
    row = connection.row(Statement(text(f"SELECT version_num FROM {schema}.alembic_version")))  # noqa: S608 - our names
    return row[0] if row else None


def _upgrade(database: Database) -> None:
    from hub.migrations.upgrading import statements  # alembic is not needed to find that nothing is to do

    for log, write in _writers(database):

        def work(connection: Connection, log: str = log) -> None:
            for sql in statements(connection.dialect, log, SCHEMAS[log], stored(connection, log)):
                connection.run(Statement(text(sql.replace(":", "\\:"))))  # a colon would be a parameter

        write(work)
    event(logger, "database.upgraded", "the tables are at revision {revision}", revision=HEAD)


def _writers(database: Database) -> Iterator[tuple[str, Callable[[Callable[[Connection], None]], Any]]]:
    yield "journal", database.append
    yield "audit", database.note
    yield "record", database.serially
