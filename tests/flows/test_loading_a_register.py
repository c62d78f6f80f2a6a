"""A register handed in as one file: the hub is killed half way, and handed in again every claim is there once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from benchmarks.identity_scale.loading import written
from benchmarks.running import RunningHub, prepared_hub

COUNT = 4_000


def submit(hub: RunningHub, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "submit", "police", str(file), "--json"]
    here = os.environ | {"HUB_CONFIG": str(hub.folder)}
    return subprocess.Popen(command, env=here, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def counted(hub: RunningHub, sql: str) -> int:
    with closing(sqlite3.connect(f"file:{hub.folder / 'hub.db'}?mode=ro", uri=True)) as record:
        return int(record.execute(sql).fetchone()[0])


def test_a_register_whose_loading_was_killed_is_handed_in_again_and_every_claim_is_there_once() -> None:
    with prepared_hub() as hub:
        (hub.folder / "feeds" / "police.toml").write_text('adapter = "fhir"\nverified = true\n')
        (hub.folder / "feeds" / "hospital.toml").unlink()
        file = written(hub.folder / "residents.ndjson", COUNT)
        hub.start()
        process = submit(hub, file)
        while not counted(hub, "SELECT count(*) FROM claim"):
            pass
        hub.kill()
        process.communicate(timeout=90)
        assert 0 < counted(hub, "SELECT count(*) FROM claim") < COUNT

        hub.start()
        submit(hub, file).communicate(timeout=90)
        hub.drain()

        assert counted(hub, "SELECT count(*) FROM claim") == COUNT
        assert counted(hub, "SELECT count(DISTINCT source_id) FROM claim") == COUNT
        assert counted(hub, "SELECT count(*) FROM likeness") == COUNT
        assert counted(hub, "SELECT count(*) FROM resource WHERE type = 'Patient' AND version = 1") == COUNT
