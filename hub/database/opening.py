"""From a URL to a database."""

from __future__ import annotations

from pathlib import Path

from hub.database.connection import Database
from hub.errors import ConfigError


def open_database(url: str, *, base: Path = Path(), writable: bool = True) -> Database:
    """Opens ``sqlite:///file`` (relative to ``base``) or ``postgresql+psycopg://…``.

    Raises ``ConfigError`` for anything else and for a server that may lose commits, ``Refused`` when another process
    has the files open for writing, ``Unavailable`` when the server cannot be reached.
    """
    if url.startswith("sqlite:///"):
        from hub.database.sqlite import SqliteDatabase

        return SqliteDatabase(base / url.removeprefix("sqlite:///"), writable=writable)
    if url.startswith(("postgresql+psycopg://", "postgresql://")):
        try:
            from hub.database.postgresql import PostgresDatabase
        except ImportError as error:
            raise ConfigError("PostgreSQL needs an extra: pip install 'huitong[postgres]'") from error
        return PostgresDatabase(url)
    raise ConfigError("the database must be sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE")
