"""Kills a hub again and again: every acknowledged message is applied exactly once; planted faults are found."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text

from hub.database import Database, Statement, open_database
from hub.demo.ports import free_port
from hub.schema import entry
from hub.settlement import Settlements
from tests.flows.mutants import POINTS, taken

HOSPITALS, ROUNDS = 6, 9
LONGEST_ROUND_S, FINISH_S = 40.0, 60.0
FURTHER = 50
"""So many more messages are acknowledged by the last hub before the hospitals end."""
FEEDS = ("north", "south")

_taken = Statement(select(taken.c.key, taken.c.entry).order_by(taken.c.entry))
_bodies = Statement(select(entry.c.key, entry.c.body))
_versions = Statement(text("SELECT count(*) FROM resource WHERE type = 'Encounter' AND version <> 1"))
_encounters = Statement(text("SELECT count(*) FROM resource WHERE type = 'Encounter'"))


def message(control_id: str) -> bytes:
    return (
        f"MSH|^~\\&|HIS|NORTH|HUB|REGION|20240501080000||ADT^A04^ADT_A01|{control_id}|P|2.5|||||CHN|UNICODE UTF-8\r"
        f"EVN|A04|20240501080000\r"
        f"PID|1||P{control_id}^^^HOSP^MR||张^三||19900101|M\r"
        f"PV1|1|O|||||||||||||||||V{control_id}^^^VISIT\r"
    ).encode()


# --- the hospitals, and their ledger ----------------------------------------------------------------------------------


@dataclass
class Ledger:
    """What was sent and what was acknowledged; an acknowledgement is on disk before the next message goes out."""

    path: Path
    sent: set[str] = field(default_factory=set)
    resent: int = 0
    misacked: int = 0

    def acknowledge(self, control_id: str) -> None:
        with self.path.open("a") as file:
            file.write(f"{control_id}\n")
            file.flush()
            os.fsync(file.fileno())

    @property
    def acknowledged(self) -> list[str]:
        return self.path.read_text().split() if self.path.exists() else []


async def hospital(number: int, port: int, ledger: Ledger, stop: asyncio.Event) -> None:
    """Sends one visit after the other, each until it is acknowledged."""
    sequence = 0
    while not stop.is_set():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        try:
            while not stop.is_set():
                await _deliver(f"{number}-{sequence:05d}", reader, writer, ledger)
                sequence += 1
                await asyncio.sleep(0.003)
        except (OSError, EOFError):
            ledger.resent += 1
        finally:
            writer.close()


async def _deliver(control_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ledger: Ledger) -> None:
    ledger.sent.add(control_id)
    writer.write(b"\x0b" + message(control_id) + b"\x1c\r")
    answer = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 5)
    if f"MSA|AA|{control_id}".encode() not in answer:
        ledger.misacked += 1
        raise ConnectionError
    ledger.acknowledge(control_id)


# --- the hub and its killer -------------------------------------------------------------------------------------------


@dataclass
class Hub:
    folder: Path
    fault: str
    ports: dict[str, int]

    def start(self, kill_at: str = "") -> subprocess.Popen[bytes]:
        mutants = Path(__file__).with_name("mutants.py")
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(mutants), self.fault, "run", "--config", str(self.folder)],
                env=os.environ | {"HUB_TEST_KILL": kill_at, "PYTHONPATH": str(Path(__file__).parents[2])},
                stdout=log,
                stderr=log,
            )


def make_hub(folder: Path, fault: str, url: str) -> Hub:
    ports = {feed: free_port() for feed in FEEDS}
    (folder / "feeds").mkdir()
    (folder / "hub.toml").write_text(f'database = "{url}"\n\n[web]\nlisten = "127.0.0.1:{free_port()}"\n')
    for feed, port in ports.items():
        (folder / "feeds" / f"{feed}.toml").write_text(
            f'adapter = "hl7"\n\n[settings]\nlisten = "127.0.0.1:{port}"\n\n'
            '[settings.systems]\nHOSP = "urn:oid:2.999.1"\nVISIT = "urn:oid:2.999.2"\n'
        )
    return Hub(folder, fault, ports)


async def storm(hub: Hub, ledger: Ledger, chance: random.Random, rounds: int) -> int:
    """How many times the hub was killed; at the end it has drained and ended by itself."""
    stop = asyncio.Event()
    ports = list(hub.ports.values())
    senders = [
        asyncio.create_task(hospital(number, ports[number % len(ports)], ledger, stop)) for number in range(HOSPITALS)
    ]
    points = [*POINTS, "", "", "", ""]
    kills = 0
    for number in range(rounds):
        point = points[number % len(points)]
        process = hub.start(f"{point}:{chance.randint(2, 20)}" if point else "")
        await _ends(process, chance.uniform(0.8, 2.5) if not point else LONGEST_ROUND_S)
        process.kill()
        process.wait()
        kills += 1
    process = hub.start()
    await _more_acknowledged(ledger)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*senders), FINISH_S)
    await _drained(hub)
    process.send_signal(signal.SIGTERM)
    await _ends(process, FINISH_S)
    assert process.returncode == 0, (hub.folder / "log").read_text()[-2_000:]
    return kills


async def _ends(process: subprocess.Popen[bytes], seconds: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        await asyncio.to_thread(process.wait, seconds)


async def _more_acknowledged(ledger: Ledger) -> None:
    end, wanted = time.monotonic() + FINISH_S, len(ledger.acknowledged) + FURTHER
    while len(ledger.acknowledged) < wanted:
        assert time.monotonic() < end, "the last hub acknowledges nothing"
        await asyncio.sleep(0.05)


async def _drained(hub: Hub) -> None:
    end = time.monotonic() + FINISH_S
    with _database(hub) as database:
        while any(feed.waiting for feed in Settlements(database).feeds()):
            assert time.monotonic() < end, "the hub did not drain"
            await asyncio.sleep(0.1)


@contextmanager
def _database(hub: Hub) -> Iterator[Database]:
    url = (hub.folder / "hub.toml").read_text().split('"')[1]
    database = open_database(url, base=hub.folder, writable=False)
    try:
        yield database
    finally:
        database.close()


# --- the verdict ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Findings:
    lost: list[str]
    twice: list[str]
    phantom: list[str]
    corrupt: list[str]
    disordered: list[str]

    @classmethod
    def of(cls, database: Database, ledger: Ledger) -> Findings:
        with database.read() as connection:
            order = [key for key, _ in connection.rows(_taken)]
            bodies: list[tuple[str, bytes]] = connection.rows(_bodies)
        effects, acknowledged = Counter(order), set(ledger.acknowledged)
        first = list(dict.fromkeys(order))
        each = [[key for key in first if key.startswith(f"{number}-")] for number in range(HOSPITALS)]
        return cls(
            lost=sorted(acknowledged - effects.keys()),
            twice=sorted(key for key, count in effects.items() if count > 1),
            phantom=sorted(effects.keys() - ledger.sent),
            corrupt=sorted(key for key, body in bodies if bytes(body) != message(key)),
            disordered=[keys[0] for keys in each if keys != sorted(keys)],
        )


def run(folder: Path, fault: str, url: str, rounds: int = ROUNDS) -> tuple[Hub, Ledger, Findings]:
    seed = int(os.environ.get("HUB_TEST_SEED", "0")) or random.randrange(1, 10_000)
    print(f"seed {seed}")  # noqa: T201 - shown with a failure
    hub, ledger = make_hub(folder, fault, url), Ledger(folder / "ledger")
    kills = asyncio.run(storm(hub, ledger, random.Random(seed), rounds))
    with _database(hub) as database:
        findings = Findings.of(database, ledger)
    print(f"{kills} kills, {len(ledger.acknowledged)} acknowledged, {ledger.resent} sent again, {findings}")  # noqa: T201 - as above
    assert len(ledger.acknowledged) > 50
    assert ledger.resent
    return hub, ledger, findings


@pytest.mark.timeout(400)
def test_whatever_is_killed_nothing_acknowledged_is_lost_or_applied_twice(tmp_path: Path, database_url: str) -> None:
    hub, ledger, findings = run(tmp_path, "none", database_url)
    assert findings == Findings([], [], [], [], [])
    assert ledger.misacked == 0
    with _database(hub) as database:
        for feed in Settlements(database).feeds():
            settled = feed.refused + feed.waiting + feed.applied + feed.skipped + feed.parked
            assert (feed.received, feed.parked, feed.waiting) == (settled, 0, 0)
        with database.read() as connection:
            assert connection.rows(_versions) == [(0,)]
            assert connection.rows(_encounters) == [(len(ledger.sent),)]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("fault", "finding"), [("ack_before_commit", "lost"), ("no_key", "twice"), ("two_commits", "twice")]
)
def test_the_check_finds_a_planted_fault(tmp_path: Path, fault: str, finding: str) -> None:
    _, _, findings = run(tmp_path, fault, "sqlite:///hub.db", rounds=6)
    assert getattr(findings, finding)


# --- a disk that fails ------------------------------------------------------------------------------------------------


def test_after_a_failed_write_the_hub_says_yes_to_nobody_and_ends_and_a_new_one_goes_on(tmp_path: Path) -> None:
    hub = make_hub(tmp_path, "none", "sqlite:///hub.db")
    port = hub.ports["north"]
    process = hub.start()
    assert asyncio.run(_ask_until(port, "before"))
    journal = tmp_path / "hub-journal.db-wal"
    size = max(journal.stat().st_size, (tmp_path / "log").stat().st_size + 100_000)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    acknowledged = asyncio.run(_ask_until_refused(port))
    assert process.wait(15) not in (0, -signal.SIGKILL)
    process = hub.start()
    assert asyncio.run(_ask_until(port, "before"))
    assert asyncio.run(_ask_until(port, "after"))
    asyncio.run(_drained(hub))
    process.terminate()
    assert process.wait(FINISH_S) == 0
    with _database(hub) as database, database.read() as connection:
        keys = [key for key, _ in connection.rows(_taken)]
    assert sorted({*keys} & {"before", "after", *acknowledged}) == sorted({"before", "after", *acknowledged})
    assert len(keys) == len(set(keys))


async def _ask(port: int, control_id: str) -> bool:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"\x0b" + message(control_id) + b"\x1c\r")
        return f"MSA|AA|{control_id}".encode() in await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 5)
    finally:
        writer.close()


async def _ask_until(port: int, control_id: str) -> bool:
    end = time.monotonic() + FINISH_S
    while time.monotonic() < end:
        with suppress(OSError, EOFError):
            return await _ask(port, control_id)
        await asyncio.sleep(0.05)
    return False


async def _ask_until_refused(port: int) -> list[str]:
    """Those that were acknowledged before the first that was not; none may be acknowledged after it."""
    acknowledged: list[str] = []
    refused = False
    for number in range(2_000):
        try:
            said_yes = await _ask(port, f"{number}")
        except (OSError, EOFError):
            return acknowledged
        assert not (refused and said_yes)
        refused |= not said_yes
        if said_yes:
            acknowledged.append(f"{number}")
    raise AssertionError("the disk never failed")
