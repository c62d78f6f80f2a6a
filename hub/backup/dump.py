"""Backups of PostgreSQL by its own tools: a dump is one moment of all three schemas."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import REGCLASS

from hub.backup.folder import finished, read_manifest, unfinished
from hub.database import Database, Statement
from hub.errors import ConfigError, HubError, Refused
from hub.model import Json
from hub.schema import claim, entry, event, resource, settlement, version

KIND = "postgresql"
DUMP = "hub.dump"
COUNTED = {
    "resources": resource,
    "versions": version,
    "claims": claim,
    "settled": settlement,
    "messages": entry,
    "audit_events": event,
}


def back_up(database: Database, destination: Path) -> Json:
    """Dumps the database into a new folder and reads the dump back; what it holds, counted just before.

    Raises ``ConfigError`` when pg_dump is missing, ``HubError`` when it fails or the dump lacks a table.
    """
    counts = counted(database)
    with unfinished(destination) as folder:
        _tool("pg_dump", "--format=custom", "--no-owner", f"--file={folder / DUMP}", url=database.url)
        (folder / DUMP).chmod(0o600)
        verify(folder)
        return finished(folder, KIND, counts)


def restore(source: Path, database: Database) -> Json:
    """Puts a dump into an empty database, all of it or nothing."""
    manifest = read_manifest(source, KIND, [DUMP])
    verify(source)
    if any(counted(database).values()):
        raise Refused("the database is not empty; a backup is never put over a database")
    _tool(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={_name(database.url)}",
        str(source / DUMP),
        url=database.url,
    )
    return manifest


def verify(folder: Path) -> None:
    """Whether the dump can be read to its end and holds every table. Raises ``HubError`` when not."""
    listed = _tool("pg_restore", "--list", str(folder / DUMP))
    _tool("pg_restore", f"--file={os.devnull}", str(folder / DUMP))
    for table in COUNTED.values():
        if f"TABLE DATA {table.schema or 'public'} {table.name} " not in listed:
            raise HubError("the dump lacks the table {table}", table=table.name)


def counted(database: Database) -> dict[str, int]:
    """Rows of each table; none where there are no tables yet."""
    with database.read() as connection:
        return {
            name: connection.rows(Statement(select(func.count()).select_from(table)))[0][0]
            if connection.rows(Statement(select(func.to_regclass(table.fullname).cast(REGCLASS).isnot(None))))[0][0]
            else 0
            for name, table in COUNTED.items()
        }


def _tool(name: str, *arguments: str, url: str = "") -> str:
    """Standard output of one of PostgreSQL's programs. The password goes by the environment: arguments are public."""
    if shutil.which(name) is None:
        raise ConfigError("{name} is missing; install PostgreSQL's client programs, as new as the server", name=name)
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments of ours
        [name, *arguments], env=os.environ | _environment(url), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [str(done.returncode)]
        raise HubError("{name} failed: {reason}", name=name, reason=last[0])
    return done.stdout


def _environment(url: str) -> dict[str, str]:
    address = url.replace("postgresql+psycopg://", "postgresql://", 1).encode()
    options = Conninfo.parse(address) if url else []
    return {option.envvar.decode(): option.val.decode() for option in options if option.envvar and option.val}


def _name(url: str) -> str:
    return _environment(url).get("PGDATABASE", "")
