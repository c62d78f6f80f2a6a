"""How fast a file of many messages is taken in, in how much memory, and that a kill loses and doubles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.messages import Person, Visit, adt, oru
from benchmarks.running import RunningHub, memory, prepared_hub
from benchmarks.timing import small_wanted, tell

LIMIT_PER_S = 1_000.0
"""A hospital's day, 100,000 messages, within two minutes."""
AT = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)


class Ran(NamedTuple):
    """A command that has ended."""

    code: int
    answer: dict[str, Any]
    seconds: float
    peak_mib: float


def main() -> None:
    """Hub and command each in a process of its own; the growth is that from a small file to a large one.

    The hub that takes in does not apply: that is measured by ``end_to_end``. At the end the small file is applied.
    """
    few, many, kills = (300, 3_000, 2) if small_wanted(__doc__) else (10_000, 100_000, 6)
    with prepared_hub() as hub:
        small, large = write(hub.folder / "small.hl7", few, 0), write(hub.folder / "large.hl7", many, few)
        hub.start("listen", "web")
        first = submit(hub, small)
        hub_first = hub.peak_rss_mib()
        second = submit(hub, large)
        hub_second = hub.peak_rss_mib()
        resumed = with_kills(hub, write(hub.folder / "killed.hl7", many, few + many), kills)
        assert hub.count("received") == few + 2 * many
    with prepared_hub() as hub:
        alone = submit(hub, write(hub.folder / "alone.hl7", few, 0))
        hub.start()
        hub.drain()
        assert hub.count("received") == hub.count("applied") == few
    tell(
        messages=many,
        file_mib=many * MESSAGE_BYTES / 2**20,
        messages_per_s=many / second.seconds,
        alone_per_s=few / alone.seconds,
        ratio_to_limit=many / second.seconds / LIMIT_PER_S,
        kills_survived=kills,
        commands_until_through=resumed,
        command_peak_mib=second.peak_mib,
        command_growth_mib=second.peak_mib - first.peak_mib,
        **memory(hub_peak_mib=hub_second, hub_growth_mib=hub_second and hub_first and hub_second - hub_first),
    )


MESSAGE_BYTES = 1_500


def write(path: Path, count: int, first: int) -> Path:
    """One batch: a visit, and its results; about ``MESSAGE_BYTES`` for each message."""
    with path.open("wb") as file:
        file.write(b"FHS|^~\\&|HIS|HOSP\rBHS|^~\\&|HIS|HOSP|HUB|DISTRICT|||||B1\r")
        for number in range(first, first + count):
            visit = Visit(Person(number % 20_000), f"V{number:07}", AT)
            key = f"B{number:07}"
            file.write(adt("A04", key, visit, full=True) if number % 2 else oru(key, visit, 8))
        file.write(b"BTS|%d\rFTS|1\r" % count)
    return path


def submit(hub: RunningHub, path: Path) -> Ran:
    begin = time.perf_counter()
    process = _begin(hub, path)
    answer = process.stdout.read() if process.stdout else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    return Ran(process.returncode, json.loads(answer or b"{}"), seconds, used.ru_maxrss / 1024)


def with_kills(hub: RunningHub, path: Path, kills: int) -> int:
    """The command is killed, then the hub, in turns; how many commands it took."""
    for number in range(kills):
        process = _begin(hub, path)
        time.sleep(0.6 + 0.5 * number)
        if number % 2:
            hub.kill()
        else:
            process.kill()
        process.communicate()
        if number % 2:
            hub.start("listen", "web")
    ran = submit(hub, path)
    assert ran.code == 0, ran
    return kills + 1


def _begin(hub: RunningHub, path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hub", "submit", "hospital", str(path), "--json"]
    here = os.environ | {"HUB_CONFIG": str(hub.folder)}
    return subprocess.Popen(command, env=here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
