"""Builds a base of any size: parts described by several processes, then each table filled in the order of its key."""

from __future__ import annotations

import pickle
import sqlite3
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.identity_scale.people import BUCKETS, PART, Part, rows_of
from hub import schema
from hub.database import open_database
from hub.migrations import prepare

PROCESSES = 2
CACHE_KIB = 2_000_000
"""While a base is built; not while it is measured."""
TABLES = {
    "claims": schema.claim,
    "numbers": schema.claim_identifier,
    "likenesses": schema.likeness,
    "resources": schema.resource,
}


class Parts:
    """Rows on disk, made once for both back ends."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people = folder, people
        self.size = min(PART, people)
        self.count = -(-people // self.size)

    def make(self) -> float:
        """Those that are not there yet; seconds."""
        begin = time.perf_counter()
        self.folder.mkdir(parents=True, exist_ok=True)
        missing = [(self.folder, part, self.size) for part in range(self.count) if not self._file(part).exists()]
        with get_context("spawn").Pool(PROCESSES) as pool:
            for _ in pool.imap_unordered(_make, missing):
                pass
        return time.perf_counter() - begin

    def rows(self, table: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Part by part."""
        for part in range(self.count):
            yield getattr(self._load(part), table)

    def in_order(self) -> Iterator[list[tuple[int, int]]]:
        """All keys in their order, a bucket at a time."""
        for bucket in (*range(BUCKETS // 2, BUCKETS), *range(BUCKETS // 2)):  # negative ones first
            found: list[tuple[int, int]] = []
            for part in range(self.count):
                values = array("q")
                values.frombytes((self._keys(part) / str(bucket)).read_bytes())
                found += zip(values[::2], values[1::2], strict=True)
            found.sort()
            yield found

    def _file(self, part: int) -> Path:
        return self.folder / f"{part}.rows"

    def _keys(self, part: int) -> Path:
        return self.folder / f"{part}.keys"

    def _load(self, part: int) -> Part:
        with self._file(part).open("rb") as file:
            found: Part = pickle.load(file)
        return found


def _make(asked: tuple[Path, int, int]) -> None:
    folder, number, size = asked
    part = rows_of(number, size)
    keys = folder / f"{number}.keys"
    keys.mkdir(exist_ok=True)
    for bucket, values in enumerate(part.keys):
        (keys / str(bucket)).write_bytes(values.tobytes())
    part.keys = []
    unfinished = folder / f"{number}.part"
    with unfinished.open("wb") as file:
        pickle.dump(part, file, pickle.HIGHEST_PROTOCOL)
    unfinished.rename(folder / f"{number}.rows")


def build(url: str, parts: Parts) -> float:
    """An empty database filled; seconds."""
    with closing(open_database(url)) as database:
        prepare(database)
    begin = time.perf_counter()
    if url.startswith("sqlite"):
        _fill_sqlite(Path(url.removeprefix("sqlite:///")), parts)
    else:
        _fill_postgresql(url.replace("+psycopg", ""), parts)
    return time.perf_counter() - begin


def _fill_sqlite(path: Path, parts: Parts) -> None:
    driver = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{CACHE_KIB}"):
        driver.execute(f"PRAGMA {pragma}")
    indexes = [sql for name, sql in driver.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?, ?)",
        [table.name for table in TABLES.values()])]  # fmt: skip
    for (name,) in driver.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?, ?)",
        [table.name for table in TABLES.values()],
    ).fetchall():
        driver.execute(f"DROP INDEX {name}")
    for rows_name, table in TABLES.items():
        driver.execute("BEGIN")
        for rows in parts.rows(rows_name):
            places = ", ".join("?" * len(table.columns))
            driver.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)
        driver.execute("COMMIT")
    driver.execute("BEGIN")
    for found in parts.in_order():
        driver.executemany("INSERT INTO block_key VALUES (?, ?)", found)
    driver.execute("COMMIT")
    for sql in indexes:
        driver.execute(sql)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.close()


def _fill_postgresql(url: str, parts: Parts) -> None:
    """Indexes afterwards; the database is a fresh one, so that nobody misses them."""
    with psycopg.connect(url, autocommit=True) as driver:
        driver.execute("SET maintenance_work_mem = '1GB'")
        names = [*(table.name for table in TABLES.values()), "block_key"]
        indexes = driver.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            (names,),
        ).fetchall()
        primary = driver.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('p', 'u')",
            (names,),
        ).fetchall()
        driver.execute("ALTER TABLE version DROP CONSTRAINT IF EXISTS version_rid_fkey")
        for table, name, _ in primary:
            driver.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            driver.execute(f"DROP INDEX {name}")
        for rows_name, table in TABLES.items():
            for rows in parts.rows(rows_name):
                _copy(driver, table.name, rows)
        for found in parts.in_order():
            _copy_text(driver, "block_key", "".join([f"{key}\t{number}\n" for key, number in found]))
        for table, name, definition in primary:
            driver.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for _, definition in indexes:
            driver.execute(definition)
        for table, column in (("likeness", "number"), ("resource", "rid")):
            driver.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table}))"
            )
        driver.execute("VACUUM ANALYZE")


def _copy(driver: psycopg.Connection[Any], table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_text(driver: psycopg.Connection[Any], table: str, text: str) -> None:
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write(text)
