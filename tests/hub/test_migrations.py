from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection as Plain

from hub import migrations
from hub.database import Connection, Database, Statement, open_database
from hub.errors import ConfigError
from hub.migrations import pending, prepare, stored, upgrading
from hub.schema import metadata


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    yield database
    database.close()


def test_an_empty_database_gets_the_newest_tables_once(database: Database) -> None:
    assert pending(database)
    prepare(database)
    assert not pending(database)
    with database.read() as connection:
        assert {stored(connection, log) for log in migrations.SCHEMAS} == {migrations.HEAD}
    prepare(database)


def test_the_constant_is_the_newest_script() -> None:
    assert ScriptDirectory(str(upgrading.SCRIPTS)).get_heads() == [migrations.HEAD]


def test_the_scripts_give_the_tables_of_the_schema(database: Database, database_url: str) -> None:
    prepare(database)
    with _plain(database_url) as connection:
        context = MigrationContext.configure(connection, opts={"include_schemas": True, "include_name": _ours})
        assert compare_metadata(context, metadata) == []


def test_the_scripts_write_each_table_of_sqlite_as_the_schema_does(tmp_path: Path) -> None:
    database = open_database("sqlite:///hub.db", base=tmp_path)
    prepare(database)
    database.close()
    made = {name: sql for file in tmp_path.glob("hub*.db") for name, sql in _definitions(sqlite3.connect(file))}
    assert made == _definitions_of_the_schema()


@pytest.mark.parametrize("log", migrations.SCHEMAS)
def test_a_kill_between_two_logs_leaves_the_rest_to_the_next_start(
    database: Database, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_at(dialect: str, name: str, schema: str | None, revision: str | None) -> upgrading.Statements:
        found = whole(dialect, name, schema, revision)
        if name == log:
            found.insert(len(found) // 2, "SELECT no_such_column FROM no_such_table")
        return found

    whole = upgrading.statements
    monkeypatch.setattr(upgrading, "statements", killed_at)
    with pytest.raises(Exception, match="no_such_table"):
        prepare(database)
    monkeypatch.undo()
    assert pending(database)
    prepare(database)
    assert not pending(database)


def test_of_several_starters_one_upgrades_and_the_others_wait(postgres_url: str) -> None:
    databases = [open_database(postgres_url) for _ in range(4)]
    failed: list[BaseException] = []

    def start(database: Database) -> None:
        try:
            prepare(database)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert not any(pending(database) for database in databases)
    for database in databases:
        database.close()


def test_a_database_of_a_newer_hub_is_refused(database: Database) -> None:
    prepare(database)

    def newer(connection: Connection) -> None:
        connection.run(Statement(text("UPDATE alembic_version SET version_num = '9999'")))

    database.serially(newer)
    with pytest.raises(ConfigError, match=r"belongs to a newer hub \(revision 9999\)"):
        prepare(database)


def test_finding_nothing_to_do_is_quick_and_needs_no_alembic(tmp_path: Path) -> None:
    database = open_database("sqlite:///hub.db", base=tmp_path)
    prepare(database)
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        prepare(database)
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.03
    database.close()
    assert _modules_after_preparing(tmp_path) == "False\n"


def _modules_after_preparing(folder: Path) -> str:
    program = (
        "import sys; from pathlib import Path; from hub.database import open_database;"
        "from hub.migrations import prepare;"
        f"prepare(open_database('sqlite:///hub.db', base=Path({str(folder)!r})));"
        "print('alembic' in sys.modules)"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@contextmanager
def _plain(url: str) -> Iterator[Plain]:
    """A connection of SQLAlchemy's own, with the files of SQLite attached under the names of the schemas."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            file = Path(str(engine.url.database))
            for schema in ("journal", "audit"):
                connection.execute(text(f"ATTACH '{file.with_name(f'{file.stem}-{schema}.db')}' AS {schema}"))
        yield connection
    engine.dispose()


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return (name in (None, "journal", "audit")) if kind == "schema" else name != "alembic_version"


def _definitions(driver: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = driver.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    driver.close()
    left_out = ("alembic_version", "sqlite_sequence")
    return [(name, re.sub(r"\s+", " ", sql).strip()) for name, sql in rows if name not in left_out]


def _definitions_of_the_schema() -> dict[str, str]:
    driver = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", creator=lambda: driver)
    with engine.begin() as connection:
        for schema in ("journal", "audit"):
            connection.execute(text(f"ATTACH ':memory:' AS {schema}"))
    with engine.begin() as connection:
        metadata.create_all(connection)
        rows = [
            row
            for schema in ("main", "journal", "audit")
            for row in connection.execute(text(f"SELECT name, sql FROM {schema}.sqlite_master WHERE sql IS NOT NULL"))
        ]
    driver.close()
    return {name: re.sub(r"\s+", " ", sql).strip() for name, sql in rows if name != "sqlite_sequence"}
