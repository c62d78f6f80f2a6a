"""``hub run`` as IT staff meet it: started, asked to end, killed, started wrongly, and as several processes."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from hub.demo.ports import free_port

HOST = "127.0.0.1"
MESSAGE = (
    "MSH|^~\\&|HIS|HOSP|HUB|DISTRICT|20260105093000||ADT^A04^ADT_A01|{key}|P|2.5.1\r"
    "EVN||20260105093000\r"
    "PID|1||P-{key}^^^HOSP^MR||测试^住院||19900307|M\r"
    "PV1|1|O|||||||||||||||||V-{key}^^^VISIT^VN\r"
)
Start = Callable[..., subprocess.Popen[bytes]]


class Site:
    """A configuration with one hospital, and what its outside says."""

    def __init__(self, directory: Path, database: str = "sqlite:///hub.db", bus: str = "memory://") -> None:
        self.directory = directory
        self.web, self.mllp = free_port(), free_port()
        (directory / "feeds").mkdir()
        self.write("hub.toml", f'database = "{database}"\nbus = "{bus}"\n[web]\nlisten = "{HOST}:{self.web}"\n')
        systems = '[settings.systems]\nHOSP = "urn:oid:2.999.1"\nVISIT = "urn:oid:2.999.2"\n'
        self.write("feeds/ward.toml", f'adapter = "hl7"\n[settings]\nlisten = "{HOST}:{self.mllp}"\n{systems}')

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text, encoding="utf-8")

    def say(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", *arguments, "--config", str(self.directory)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=ENGLISH)

    def count(self, what: str) -> int:
        return sum(int(feed[what]) for feed in json.loads(self.say("feeds", "--json").stdout))

    def ready(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.web, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.mllp)) == 0

    def frame(self, key: str) -> bytes:
        return b"\x0b" + MESSAGE.format(key=key).encode() + b"\x1c\r"

    def send(self, key: str) -> str:
        """The acknowledgement's code."""
        with closing(socket.create_connection((HOST, self.mllp), timeout=20)) as sender:
            sender.sendall(self.frame(key))
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                answer += sender.recv(4096)
        found = re.search(rb"MSA\|(\w\w)\|" + key.encode(), answer)
        assert found, answer
        return found[1].decode()


@contextmanager
def held_journal(site: Site) -> Iterator[None]:
    """Nothing can be committed to the journal, so that whoever sends something waits."""
    with closing(sqlite3.connect(site.directory / "hub-journal.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


ENGLISH = os.environ | {"HUB_LANG": "en"}


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts ``hub run`` with these parts, any warning an error; what is left of it at the end is killed."""
    running: list[subprocess.Popen[bytes]] = []

    def run(site: Site, *parts: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "error", "-m", "hub", "run", *parts, "--config", str(site.directory)]
        with (site.directory / "hub.log").open("ab") as log:
            running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENGLISH))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def events(site: Site) -> list[dict[str, Any]]:
    lines = (site.directory / "hub.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_hub_that_is_asked_to_end_drains_and_ends_with_0(site: Site, start: Start, number: signal.Signals) -> None:
    process = start(site)
    wait_for(site.ready)
    assert site.send("A-1") == "AA"
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not site.listens()
    codes = [event["event"] for event in events(site)]
    assert codes[0] == "database.upgraded"
    assert codes.count("door.open") >= 2
    assert codes[-2:] == ["hub.stopping", "hub.stopped"]
    assert [line for line in (site.directory / "hub.log").read_text().splitlines() if not line.startswith("{")] == []


def test_the_second_signal_ends_it_at_once_and_what_was_acknowledged_is_kept(site: Site, start: Start) -> None:
    process = start(site)
    wait_for(site.ready)
    assert site.send("A-1") == "AA"
    with held_journal(site), closing(socket.create_connection((HOST, site.mllp))) as sender:
        sender.sendall(site.frame("A-2"))
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: any(event["event"] == "hub.stopping" for event in events(site)))
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 1
        assert sender.recv(4096) == b""
    assert site.count("received") == 1


def test_a_killed_hub_is_ready_again_and_has_lost_nothing(site: Site, start: Start) -> None:
    for turn in range(3):
        process = start(site)
        wait_for(site.ready)
        assert site.send(f"A-{turn}") == "AA"
        process.kill()
        process.wait()
    start(site)
    wait_for(lambda: site.ready() and site.count("waiting") == 0)
    assert (site.count("received"), site.count("applied")) == (3, 3)


def test_a_mistake_ends_with_4_and_one_line_without_a_traceback(site: Site) -> None:
    site.write("feeds/ward.toml", 'adapter = "hl8"\n')
    done = site.say("run")
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        f'error: {site.directory}/feeds/ward.toml:1: adapter: "hl8" is not known; did you mean "hl7"?'
    ]


def test_a_part_that_does_not_exist_is_a_usage_error(site: Site) -> None:
    done = site.say("run", "lisen")
    assert done.returncode == 2
    assert "listen" in done.stderr


@pytest.mark.parametrize("door", ["web", "mllp"])
def test_a_port_that_is_taken_ends_with_4_and_says_whose_it_was(site: Site, door: str) -> None:
    with closing(socket.create_server((HOST, getattr(site, door)))):
        done = site.say("run")
    assert done.returncode == 4
    assert f"{HOST}:{getattr(site, door)}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_hub_on_the_same_files_ends_with_7(site: Site, start: Start) -> None:
    start(site)
    wait_for(site.ready)
    done = site.say("run", "work")
    assert done.returncode == 7
    assert "another hub has this database open" in done.stderr


def test_a_part_alone_on_sqlite_and_a_file_nobody_reads_are_warned_about(site: Site, start: Start) -> None:
    site.write("feeds/clinic.toml.bak", "")
    process = start(site, "listen")
    wait_for(lambda: any(event["event"] == "hub.ready" for event in events(site)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    doubt, apart = [event for event in events(site) if event["level"] == "warning"]
    assert doubt["text"].startswith(f"{site.directory}/feeds/clinic.toml.bak: ")
    assert "is not read" in doubt["text"]
    assert apart["event"] == "parts.apart"
    assert "SQLite serves one process at a time, and this one runs without work" in apart["text"]
    assert "请在一个进程中运行所有部分" in apart["text"]


def test_a_whole_hub_on_sqlite_warns_of_nothing(site: Site, start: Start) -> None:
    process = start(site, "listen", "work")
    wait_for(lambda: any(event["event"] == "hub.ready" for event in events(site)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert [event for event in events(site) if event["level"] == "warning"] == []


def test_check_says_what_is_wrong_and_that_all_is_well(site: Site) -> None:
    done = site.say("check")
    assert (done.returncode, done.stderr) == (0, "all is well: 1 feeds (ward)\n")
    site.write("hub.toml", 'bus = { env = "HUB_TEST_NOT_SET" }\n[wob]\n')
    done = site.say("check", "--json")
    assert done.returncode == 4
    (mistake,) = json.loads(done.stdout)["mistakes"]
    assert (mistake["line"], mistake["key"]) == (2, "wob")
    site.write("hub.toml", 'bus = { env = "HUB_TEST_NOT_SET" }\n')
    assert site.say("check").stderr == (
        f'{site.directory}/hub.toml:1: bus: the secret {{ env = "HUB_TEST_NOT_SET" }} is not there or is empty\n'
    )


def test_init_writes_the_shipped_example_which_is_sound_and_never_overwrites(tmp_path: Path) -> None:
    def say(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=ENGLISH, cwd=tmp_path)

    assert say("init").returncode == 0
    assert say("check").returncode == 0
    (tmp_path / "config" / "hub.toml").write_text("# mine\n")
    done = say("init")
    assert done.returncode == 7
    assert "is there already; nothing was written" in done.stderr
    assert (tmp_path / "config" / "hub.toml").read_text() == "# mine\n"


def test_parts_run_as_processes_of_their_own(
    tmp_path: Path, start: Start, postgres_url: str, rabbitmq_url: str
) -> None:
    site = Site(tmp_path, postgres_url, rabbitmq_url)
    processes = [start(site, part) for part in ("listen", "work", "work", "web", "schedule")]
    wait_for(lambda: site.ready() and site.listens())
    assert [site.send(f"A-{turn}") for turn in range(3)] == ["AA"] * 3
    wait_for(lambda: site.count("applied") == 3)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(20) for process in processes] == [0] * 5
