"""Files of many HL7 messages through the command line: a kill loses and doubles nothing."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.batch import write
from benchmarks.running import RunningHub, prepared_hub

COUNT, MORE_THAN_A_PAGE = 4_000, 600


def submit(folder: Path, file: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "submit", "hospital", file, "--json"]
    here = os.environ | {"HUB_CONFIG": str(folder)}
    return subprocess.Popen(command, env=here, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[str]) -> Any:
    out, _ = process.communicate(timeout=90)
    return json.loads(out)


def received(folder: Path) -> int:
    with closing(sqlite3.connect(f"file:{folder / 'hub-journal.db'}?mode=ro", uri=True)) as journal:
        count, keys = journal.execute("SELECT count(*), count(DISTINCT key) FROM entry").fetchone()
    assert count == keys
    return int(count)


def until_some_are_in(folder: Path, process: subprocess.Popen[str], more_than: int) -> None:
    while process.poll() is None and received(folder) <= more_than:
        pass


def test_whoever_is_killed_every_message_is_received_and_applied_exactly_once() -> None:
    with prepared_hub() as hub:
        file = str(write(hub.folder / "batch.hl7", COUNT, 0))
        hub.start("listen", "web")
        kill_the_command(hub, file)
        kill_the_hub(hub, file)

        told = answer(submit(hub.folder, file))

        assert told["begun_at"] > 0, told
        assert (told["received"], told["resent"], told["refused"]) == (COUNT, 0, 0)
        assert received(hub.folder) == COUNT
        again = answer(submit(hub.folder, file))
        assert (again["received"], again["resent"], again["begun_at"]) == (0, COUNT, 0)


def kill_the_command(hub: RunningHub, file: str) -> None:
    process = submit(hub.folder, file)
    until_some_are_in(hub.folder, process, 0)
    process.kill()
    process.communicate()


def kill_the_hub(hub: RunningHub, file: str) -> None:
    process = submit(hub.folder, file)
    # The hub may still be at the page of the command that was killed.
    until_some_are_in(hub.folder, process, received(hub.folder) + MORE_THAN_A_PAGE)
    hub.kill()
    process.communicate()
    hub.start("listen", "web")
