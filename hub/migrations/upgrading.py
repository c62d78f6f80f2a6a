"""What alembic's numbered scripts mean as SQL, so that each log's own writer can run it."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionError

from hub.errors import ConfigError

SCRIPTS = Path(__file__).parent


class Statements(list[str]):
    """Takes what alembic would print, a statement at a time."""

    def write(self, sql: str) -> None:
        self.append(sql.strip().removesuffix(";"))

    def flush(self) -> None:
        """Nothing is held back."""


def statements(dialect: str, log: str, schema: str | None, stored: str | None) -> Statements:
    """The SQL that takes a log's tables from the stored revision to the newest."""
    out = Statements()
    steps = _steps(stored)
    if steps:
        _open_schema(out, dialect, schema)
        with Operations.context(_context(dialect, out)):
            for step in steps:
                getattr(step.module, log, _unchanged)()
        _note_revision(out, schema, steps[-1].revision)
    return out


def _steps(stored: str | None) -> list[Script]:
    scripts = ScriptDirectory(str(SCRIPTS))
    try:
        return list(scripts.iterate_revisions("head", stored or "base"))[::-1]
    except RevisionError as error:
        raise ConfigError(
            "the database belongs to a newer hub (revision {revision}); install that version, or a newer one",
            revision=stored,
        ) from error


def _context(dialect: str, out: Statements) -> MigrationContext:
    return MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True, "output_buffer": out})


def _unchanged() -> None:
    """A script without a function for a log leaves that log as it is."""


def _open_schema(out: Statements, dialect: str, schema: str | None) -> None:
    if schema and dialect == "postgresql":
        out.append(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    out.append(f"CREATE TABLE IF NOT EXISTS {_table(schema)} (version_num VARCHAR(32) PRIMARY KEY)")


def _note_revision(out: Statements, schema: str | None, revision: str) -> None:
    out.append(f"DELETE FROM {_table(schema)}")  # noqa: S608 - our own names
    out.append(f"INSERT INTO {_table(schema)} VALUES ('{revision}')")  # noqa: S608 - our own names


def _table(schema: str | None) -> str:
    return f"{schema}.alembic_version" if schema else "alembic_version"
