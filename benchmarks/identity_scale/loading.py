"""Loading a base through the door: a file of a line a resident, handed in, applied and indexed by a running hub."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.identity_scale.people import registered
from benchmarks.running import RunningHub, memory, prepared_hub
from hub.records.json import encode

LIMIT_PER_S = 3_000.0
BATCH = 500
TABLES = (
    "claim",
    "claim_identifier",
    "likeness",
    "block_key",
    "resource",
    "search_token",
    "search_string",
    "search_date",
)


def loaded(people: int) -> dict[str, Any]:
    """The clock runs from handing the file in until nothing waits; ``bare`` only inserts the rows that came of it."""
    with prepared_hub() as hub:
        (hub.folder / "feeds" / "hospital.toml").unlink()
        (hub.folder / "feeds" / "police.toml").write_text('adapter = "fhir"\nverified = true\n')
        file = written(hub.folder / "residents.ndjson", people)
        hub.start()
        before = hub.rss_mib()
        begin = time.perf_counter()
        hub.say("submit", "police", str(file))
        submitted = time.perf_counter() - begin
        took = hub.drain() - begin
        peak = hub.peak_rss_mib()
        computed = _cpu_s(hub)
        claims = _count(hub.folder / "hub.db", "claim")
        hub.stop()
        bare = _bare_s(hub.folder)
    if claims != people:
        raise RuntimeError(f"{claims} claims of {people}")
    return {
        "loaded": people,
        "submit_s": submitted,
        "claims_per_s": people / took,
        "claims_per_cpu_s": people / computed,
        "ratio_to_limit": people / took / LIMIT_PER_S,
        "ratio_to_bare_inserts": bare / took,
        **memory(hub_before_mib=before, hub_peak_mib=peak),
    }


def written(path: Path, people: int) -> Path:
    with path.open("wb") as file:
        for said in registered(0, people):
            file.write(encode({"resourceType": "Patient", "id": said.number, **said.claim().patient}) + b"\n")
    return path


def _cpu_s(hub: RunningHub) -> float:
    """What the hub's process has computed so far."""
    fields = Path(f"/proc/{hub.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _count(path: Path, table: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as driver:
        found: int = driver.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found


def _bare_s(folder: Path) -> float:
    """The same rows into the same tables, so many claims a transaction, and nothing else."""
    with closing(sqlite3.connect(folder / "hub.db")) as source:
        schema = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                                                   " AND name NOT LIKE 'sqlite_%'")]  # fmt: skip
        rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as driver:
        driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA synchronous=FULL")
        for sql in schema:
            driver.execute(sql)
        begin = time.perf_counter()
        turns = -(-len(rows["claim"]) // BATCH)
        for turn in range(turns):
            driver.execute("BEGIN")
            for table, found in rows.items():
                _insert(driver, table, found[len(found) * turn // turns : len(found) * (turn + 1) // turns])
            driver.execute("COMMIT")
        return time.perf_counter() - begin


def _insert(driver: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        driver.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
