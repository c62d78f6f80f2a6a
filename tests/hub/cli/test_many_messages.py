"""A message is found in under a second among two hundred thousand."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.records import times
from tests.hub.cli.conftest import Hub, opened

MANY = 200_000
START = times.micros(datetime(2026, 11, 1, tzinfo=UTC))
SECOND = 1_000_000


@pytest.fixture
def full(directory: Path) -> None:
    """Two hundred thousand applied messages of 20,000 people, a second apart."""
    opened(directory).close()
    with closing(sqlite3.connect(directory / "hub-journal.db")) as journal, journal:
        journal.executemany(
            "INSERT INTO entry (id, feed, sender, key, fingerprint, lanes, received_at, notes, reused, owns, body)"
            " VALUES (?, 'desk', 'desk', ?, x'00', x'00', ?, '{}', 0, 1, x'41')",
            ((n, f"K{n}", START + n * SECOND) for n in range(1, MANY + 1)),
        )
        journal.execute(
            "INSERT INTO intake_count (feed, received, refused, reused, resent, last_received)"
            " VALUES ('desk', ?, 0, 0, 0, ?)",
            (MANY, START + MANY * SECOND),
        )
    with closing(sqlite3.connect(directory / "hub.db")) as record, record:
        record.execute("INSERT INTO progress VALUES ('desk', ?)", (MANY,))
        record.executemany(
            "INSERT INTO settlement (entry, feed, status, code, settled_at) VALUES (?, 'desk', 'applied', '', 0)",
            ((n,) for n in range(1, MANY + 1)),
        )
        record.executemany(
            "INSERT INTO settlement_claim VALUES (?, ?)",
            sorted((f"c{n % 20_000}", n) for n in range(1, MANY + 1)),
        )
        record.execute(
            "INSERT INTO claim (id, number, feed, source_id, person, patient, digest, recorded_at, entry)"
            " VALUES ('c77', 1, 'desk', '77', 'c77', x'7b7d', x'00', 0, 77)"
        )


@pytest.mark.usefixtures("full")
def test_a_message_is_found_in_under_a_second_by_key_person_or_time(hub: Hub) -> None:
    since = datetime.fromtimestamp((START + (MANY - 9) * SECOND) / SECOND, UTC).isoformat()
    for asked, found in (
        (("--key", "K150000"), [150_000]),
        (("--patient", "c77"), [n for n in range(MANY, 0, -1) if n % 20_000 == 77]),
        (("--since", since), list(range(MANY, MANY - 10, -1))),
    ):
        begin = time.perf_counter()
        answer = hub("messages", *asked, "--json")
        spent = time.perf_counter() - begin
        assert [row["id"] for row in answer.data] == found
        assert spent < 1, asked
