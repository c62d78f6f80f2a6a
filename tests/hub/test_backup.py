"""A backup holds everything, proves it, and becomes a database again."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select

from hub.adapter import Payload
from hub.backup import back_up, restore
from hub.database import Connection, Database, Statement, open_database
from hub.database.sqlite import SqliteDatabase
from hub.errors import ConfigError, HubError, NotFound, Refused, Unavailable
from hub.journal import Arrival, Journal
from hub.migrations import prepare
from hub.schema import settlement

COLUMNS = ("entry", "feed", "status", "code", "reason", "settled_at", "replayed_as")
SETTLE = Statement(insert(settlement).values({name: bindparam(name) for name in COLUMNS}))
SETTLED = Statement(select(settlement.c.entry).order_by(settlement.c.entry))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """With three messages, two of them settled."""
    database = open_database(database_url)
    prepare(database)
    receive(database, *(f"message {number}" for number in range(3)))
    settle(database, 1)
    settle(database, 2)
    yield database
    database.close()


def receive(database: Database, *bodies: str) -> None:
    Journal(database).append([Arrival("hospital", Payload(body.encode(), body)) for body in bodies])


def settle(database: Database, entry: int) -> None:
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "entry": entry,
        "feed": "hospital",
        "status": "applied",
        "code": "",
        "settled_at": 1,
    }
    database.serially(lambda connection: connection.run(SETTLE, **row))


def settled(database: Database) -> list[int]:
    with database.read() as connection:
        return [entry for (entry,) in connection.rows(SETTLED)]


def another(database: Database, tmp_path: Path) -> Database:
    """Where a backup may be restored to: an empty database of the same kind."""
    if isinstance(database, SqliteDatabase):
        return open_database(f"sqlite:///{tmp_path / 'second' / 'other.db'}", writable=False)
    return database


def emptied(database: Database) -> None:
    def work(connection: Connection) -> None:
        from sqlalchemy import text

        for name in ("journal", "audit", "public"):
            connection.run(Statement(text(f"DROP SCHEMA {name} CASCADE")))
        connection.run(Statement(text("CREATE SCHEMA public")))

    if not isinstance(database, SqliteDatabase):
        database.serially(work)


def test_a_backup_says_what_it_holds(database: Database, tmp_path: Path) -> None:
    manifest = back_up(database, tmp_path / "copy")

    assert (manifest["counts"]["messages"], manifest["counts"]["settled"]) == (3, 2)
    assert json.loads((tmp_path / "copy" / "backup.json").read_text()) == manifest


def test_a_backup_becomes_a_database_again(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    emptied(database)

    with closing(another(database, tmp_path)) as other:
        restore(tmp_path / "copy", other)
        assert settled(other) == [1, 2]
        assert [message.body for message in Journal(other).waiting("hospital", 2)] == [b"message 2"]


def test_a_backup_is_for_its_owner_only(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")

    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "copy").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700


def test_nothing_is_written_over(database: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "mine").touch()

    with pytest.raises(Refused, match="there already"):
        back_up(database, tmp_path / "copy")
    assert [file.name for file in (tmp_path / "copy").iterdir()] == ["mine"]


def test_a_database_with_content_is_never_overwritten(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    receive(database, "one more")

    if isinstance(database, SqliteDatabase):
        database.close()
    with pytest.raises(Refused, match="not empty"):
        restore(tmp_path / "copy", database)


def test_a_place_that_cannot_be_written_is_named(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(HubError, match="cannot be written"):
        back_up(database, tmp_path / "file" / "copy")


def test_what_is_no_backup_is_not_found(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no backup"):
        restore(tmp_path, database)


def test_a_backup_of_the_other_back_end_is_refused(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy" / "backup.json").read_text())
    (tmp_path / "copy" / "backup.json").write_text(json.dumps(manifest | {"kind": "clay"}))

    with pytest.raises(ConfigError, match="clay"):
        restore(tmp_path / "copy", database)


def test_one_changed_byte_is_damage(database: Database, tmp_path: Path) -> None:
    manifest = back_up(database, tmp_path / "copy")
    emptied(database)

    for name in manifest["sha256"]:
        change_one_byte(tmp_path / "copy" / name)
        with closing(another(database, tmp_path)) as other, pytest.raises(HubError, match=f"{name} in .* is damaged"):
            restore(tmp_path / "copy", other)
        change_one_byte(tmp_path / "copy" / name)
    with closing(another(database, tmp_path)) as other:
        restore(tmp_path / "copy", other)
        assert settled(other) == [1, 2]


def change_one_byte(file: Path) -> None:
    """In the body of a message where there is one, which SQLite's own check does not see; twice puts it back."""
    content = bytearray(file.read_bytes())
    content[content.find(b"message") + len(b"message")] ^= 1
    file.write_bytes(content)


def test_a_backup_without_checksums_is_refused(database: Database, tmp_path: Path) -> None:
    manifest = back_up(database, tmp_path / "copy")
    del manifest["sha256"]
    (tmp_path / "copy" / "backup.json").write_text(json.dumps(manifest))
    emptied(database)

    with closing(another(database, tmp_path)) as other, pytest.raises(Refused, match="no checksum of hub"):
        restore(tmp_path / "copy", other)


def test_a_file_that_is_missing_is_named(database: Database, tmp_path: Path) -> None:
    name = next(iter(back_up(database, tmp_path / "copy")["sha256"]))
    (tmp_path / "copy" / name).unlink()
    emptied(database)

    with closing(another(database, tmp_path)) as other, pytest.raises(NotFound, match=f"no {name} in"):
        restore(tmp_path / "copy", other)


# --- SQLite alone ----------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "hub.db", writable=True)
    prepare(database)
    receive(database, *(f"message {number}" for number in range(3)))
    settle(database, 1)
    yield database
    database.close()


def test_every_settled_message_is_in_the_copied_journal_while_a_hub_writes(
    files: SqliteDatabase, tmp_path: Path
) -> None:
    ended = threading.Event()

    def write() -> None:
        number = 3
        while not ended.is_set():
            number += 1
            receive(files, f"message {number}")
            settle(files, number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reader = SqliteDatabase(files.path, writable=False)
        counts = [back_up(reader, tmp_path / f"copy {number}")["counts"] for number in range(5)]
    finally:
        ended.set()
        writer.join()

    assert all(count["messages"] >= count["settled"] + 2 for count in counts)
    assert counts[0]["messages"] < counts[-1]["messages"]


def test_a_damaged_backup_is_not_restored(files: SqliteDatabase, tmp_path: Path) -> None:
    back_up(files, tmp_path / "copy")
    damage(tmp_path / "copy" / "hub-journal.db")

    with closing(another(files, tmp_path)) as other, pytest.raises(HubError, match="copy"):
        restore(tmp_path / "copy", other)
    assert not (tmp_path / "second" / "other.db").exists()


def damage(file: Path) -> None:
    """Writes over the middle of each page but the first."""
    content = bytearray(file.read_bytes())
    for page in range(4_096, len(content), 4_096):
        content[page : page + 64] = b"\xff" * 64
    file.write_bytes(content)


def test_a_backup_that_lacks_messages_is_not_sound(files: SqliteDatabase, tmp_path: Path) -> None:
    settle(files, 4_711)

    with pytest.raises(HubError, match="lacks 1 message"):
        back_up(files, tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


def test_a_backup_that_was_changed_is_not_restored(files: SqliteDatabase, tmp_path: Path) -> None:
    back_up(files, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / "hub.db")) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("DELETE FROM settlement")
        copy.commit()

    with closing(another(files, tmp_path)) as other, pytest.raises(HubError, match=r"hub\.db in .* is damaged"):
        restore(tmp_path / "copy", other)


def test_a_backup_whose_counts_were_changed_is_not_restored(files: SqliteDatabase, tmp_path: Path) -> None:
    manifest = back_up(files, tmp_path / "copy")
    counts = manifest["counts"] | {"messages": 4}
    (tmp_path / "copy" / "backup.json").write_text(json.dumps(manifest | {"counts": counts}))

    with closing(another(files, tmp_path)) as other, pytest.raises(HubError, match="counts differ"):
        restore(tmp_path / "copy", other)


def test_what_is_no_database_is_neither_copied_nor_written_over(files: SqliteDatabase, tmp_path: Path) -> None:
    back_up(files, tmp_path / "copy")
    other = tmp_path / "second" / "other.db"
    other.parent.mkdir()
    other.write_bytes(b"a letter to somebody, not a database" * 100)

    with pytest.raises(ConfigError, match=r"other\.db is not a SQLite database"):
        restore(tmp_path / "copy", SqliteDatabase(other, writable=False))
    with pytest.raises(ConfigError, match=r"other\.db is not a SQLite database"):
        back_up(SqliteDatabase(other, writable=False), tmp_path / "another copy")
    assert other.read_bytes().startswith(b"a letter")


def test_nothing_is_restored_while_a_hub_runs(files: SqliteDatabase, tmp_path: Path) -> None:
    back_up(files, tmp_path / "copy")

    running = SqliteDatabase(tmp_path / "second" / "other.db", writable=True)
    with closing(running), pytest.raises(Refused, match="another hub"):
        restore(tmp_path / "copy", running)


def test_empty_tables_may_be_replaced(files: SqliteDatabase, tmp_path: Path) -> None:
    back_up(files, tmp_path / "copy")
    with closing(SqliteDatabase(tmp_path / "second" / "other.db", writable=True)) as empty:
        prepare(empty)

    with closing(another(files, tmp_path)) as other:
        restore(tmp_path / "copy", other)
        assert settled(other) == [1]


def test_without_a_database_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no database yet"):
        back_up(SqliteDatabase(tmp_path / "none.db", writable=False), tmp_path / "copy")


# --- PostgreSQL alone ------------------------------------------------------------------------------------------------


def test_without_pg_dump_it_says_what_is_missing(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_database(postgres_url)) as database:
        prepare(database)
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(ConfigError, match="pg_dump is missing"):
            back_up(database, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_dump_cut_short_is_not_restored(postgres_url: str, tmp_path: Path) -> None:
    with closing(open_database(postgres_url)) as database:
        prepare(database)
        back_up(database, tmp_path / "copy")
        dump = tmp_path / "copy" / "hub.dump"
        dump.write_bytes(dump.read_bytes()[:-2_000])

        with pytest.raises(HubError, match=r"hub\.dump in .* is damaged"):
            restore(tmp_path / "copy", database)
