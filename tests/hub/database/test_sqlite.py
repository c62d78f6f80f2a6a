"""Files that are for us alone, and what is said of one that is no database."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import pytest

from hub.database.sqlite import SqliteDatabase
from hub.errors import ConfigError, Unavailable
from hub.migrations import prepare

LETTER = b"a letter to somebody, not a database" * 100


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(SqliteDatabase(tmp_path / "hub.db", writable=True)) as database:
        prepare(database)
    return tmp_path / "hub.db"


def test_every_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with closing(SqliteDatabase(tmp_path / "hub.db", writable=True)) as database:
        prepare(database)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert "hub-lock.db" in modes
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("name", ["hub.db", "hub-journal.db", "hub-audit.db"])
def test_a_file_that_is_no_database_is_named(path: Path, name: str) -> None:
    damaged = path.with_name(name)
    damaged.write_bytes(LETTER)

    with pytest.raises(ConfigError, match=f"{name} is not a SQLite database"):
        SqliteDatabase(path, writable=True)
    reader = SqliteDatabase(path, writable=False)
    with pytest.raises(ConfigError, match=f"{name} is not a SQLite database"), reader.read():
        pass
    assert damaged.read_bytes() == LETTER


def test_a_database_that_did_not_open_holds_no_lock(path: Path) -> None:
    sound = path.read_bytes()
    path.write_bytes(LETTER)
    with pytest.raises(ConfigError):
        SqliteDatabase(path, writable=True)

    path.write_bytes(sound)
    with closing(SqliteDatabase(path, writable=True)) as database, database.read():
        pass


def test_a_file_that_is_missing_is_named(path: Path) -> None:
    path.with_name("hub-audit.db").unlink()
    with (
        pytest.raises(Unavailable, match=r"hub-audit\.db cannot be opened"),
        SqliteDatabase(path, writable=False).read(),
    ):
        pass
