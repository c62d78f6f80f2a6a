"""A real hub in a process of its own, with a configuration of its own in a temporary folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from hub.demo.ports import free_port

HOST = "127.0.0.1"
READY_S, DRAIN_S = 60.0, 900.0


class RunningHub:
    """One feed of HL7, the embedded database and bus."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mllp, self.web = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "feeds").mkdir()
        (folder / "hub.toml").write_text(f'[web]\nlisten = "{HOST}:{self.web}"\n\n[log]\nlevel = "warning"\n')
        (folder / "feeds" / "hospital.toml").write_text(
            f'adapter = "hl7"\n\n[settings]\nlisten = "{HOST}:{self.mllp}"\n\n'
            '[settings.systems]\nHOSP = "urn:oid:2.999.1"\nVISIT = "urn:oid:2.999.2"\n'
        )

    def start(self, *parts: str) -> float:
        """Seconds until it is ready; with ``listen`` alone, until it takes connections."""
        begin = time.perf_counter()
        command = [sys.executable, "-m", "hub", "run", *parts, "--config", str(self.folder)]
        with (self.folder / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not (self._takes_connections() if parts and "work" not in parts else self._ready()):
            if self._process.poll() is not None or time.perf_counter() - begin > READY_S:
                raise RuntimeError(f"the hub did not start: {(self.folder / 'hub.log').read_text()[-2000:]}")
            time.sleep(0.02)
        return time.perf_counter() - begin

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)
            self._process = None

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def say(self, *arguments: str) -> str:
        """What a command of the hub prints."""
        command, here = [sys.executable, "-m", "hub", *arguments], os.environ | {"HUB_CONFIG": str(self.folder)}
        return subprocess.run(command, env=here, capture_output=True, text=True, check=True).stdout

    def count(self, what: str) -> int:
        return sum(feed[what] for feed in json.loads(self.say("feeds", "--json")))

    def drain(self) -> float:
        """Waits until no message waits; when that was seen. Fails when one did not apply."""
        end = time.monotonic() + DRAIN_S
        while waiting := self.figures()["hub_messages_waiting"]:
            if time.monotonic() > end:
                raise RuntimeError(f"{waiting} messages still wait")
            time.sleep(0.05)
        seen = time.perf_counter()
        self.assert_nothing_lost()
        return seen

    def assert_nothing_lost(self) -> None:
        if lost := self.count("parked") + self.count("refused"):
            raise RuntimeError(f"{lost} messages were parked or refused")

    def figures(self) -> Counter[str]:
        """The metrics, summed over their labels; starting a command each time would take a core from the hub."""
        with urlopen(f"http://{HOST}:{self.web}/metrics") as answer:
            rows = answer.read().decode().splitlines()
        summed: Counter[str] = Counter()
        for row in rows:
            if row.startswith("hub_messages_"):
                summed[row.partition("{")[0]] += int(float(row.split()[-1]))
        return summed

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the hub does not run")
        return self._process.pid

    def peak_rss_mib(self) -> float | None:
        """Since it was started; none where the system has no /proc."""
        return self._memory_mib("VmHWM")

    def rss_mib(self) -> float | None:
        return self._memory_mib("VmRSS")

    def _memory_mib(self, row: str) -> float | None:
        if self._process is None or not (status := Path(f"/proc/{self._process.pid}/status")).exists():
            return None
        (line,) = (line for line in status.read_text().splitlines() if line.startswith(row))
        return int(line.split()[1]) / 1024

    def _ready(self) -> bool:
        connection = HTTPConnection(HOST, self.web, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _takes_connections(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.mllp)) == 0


@contextmanager
def prepared_hub() -> Iterator[RunningHub]:
    """A hub that is not yet started; whatever happens, it is stopped."""
    with tempfile.TemporaryDirectory(prefix="hub-benchmark-") as folder:
        hub = RunningHub(Path(folder))
        try:
            yield hub
        finally:
            hub.stop()


def memory(**figures: float | None) -> dict[str, Any]:
    """Those that could be measured here."""
    return {name: value for name, value in figures.items() if value is not None}
