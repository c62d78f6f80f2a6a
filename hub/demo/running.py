"""The demo's hub: a process of its own on the embedded default, and what it can be asked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hub.database import open_database
from hub.demo.hospitals import Habits
from hub.demo.ports import HOST, free_port
from hub.errors import HubError, Refused
from hub.review import Review, Reviews
from hub.settlement import FeedState, MessageState, Settlements

START_S, DRAIN_S, ANSWER_S = 60.0, 120.0, 30.0
DATABASE = "sqlite:///hub.db"
HUB = (sys.executable, "-m", "hub")
FEED = """adapter = "hl7"

[settings]
listen = "{host}:{port}"

[settings.systems]
HOSP = "{patients}"
VISIT = "urn:hub:demo:{feed}:visit"
"""


def patients_of(feed: str) -> str:
    """System of the hospital's own numbers for its patients."""
    return f"urn:hub:demo:{feed}:patient"


@dataclass(frozen=True)
class Running:
    """A hub that is up, and where it answers."""

    directory: Path
    web: str
    ports: dict[str, int]
    process: subprocess.Popen[bytes]
    token: str = ""

    def feeds(self) -> list[FeedState]:
        with closing(open_database(DATABASE, base=self.directory, writable=False)) as database:
            return Settlements(database).feeds()

    def messages(self, status: Any) -> list[MessageState]:
        with closing(open_database(DATABASE, base=self.directory, writable=False)) as database:
            return list(Settlements(database).messages(status=status))

    def reviews(self) -> list[Review]:
        with closing(open_database(DATABASE, base=self.directory, writable=False)) as database:
            return Reviews(database).list()

    def wait_until_applied(self) -> None:
        end = time.monotonic() + DRAIN_S
        while any(state.waiting for state in self.feeds()):
            if time.monotonic() > end:
                raise HubError("messages still wait after {seconds} seconds", seconds=DRAIN_S)
            time.sleep(0.05)

    def patients(self, **asked: str) -> list[dict[str, Any]]:
        """By POST, so that no number stands in a URL."""
        found = self._fhir("Patient/_search", urlencode(asked).encode())
        return [entry["resource"] for entry in found.get("entry", ())]

    def everything(self, patient: str) -> Iterator[dict[str, Any]]:
        path = f"Patient/{patient}/$everything"
        while path:
            bundle = self._fhir(path)
            yield from (entry["resource"] for entry in bundle.get("entry", ()))
            path = next((link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"), "")

    def _fhir(self, path: str, form: bytes | None = None) -> dict[str, Any]:
        url = path if "://" in path else f"http://{self.web}/fhir/{path}"
        request = urllib.request.Request(url, form, {"Authorization": f"Bearer {self.token}"})  # noqa: S310 - our own hub
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310 - our own hub
            return dict(json.load(answer))


@contextmanager
def running_hub(directory: Path, hospitals: Sequence[Habits]) -> Iterator[Running]:
    """A hub with a feed for each hospital; stopped with SIGTERM at the end."""
    ports = {habits.feed: free_port() for habits in hospitals}
    web = f"{HOST}:{free_port()}"
    _configure(directory, web, ports)
    log = directory / "hub.log"
    with log.open("wb") as output:
        process = subprocess.Popen([*HUB, "run", "--config", str(directory)], stdout=output, stderr=output)  # noqa: S603 - ourselves
    try:
        _wait_until_ready(process, web, log)
        token = ("token", "demo", "--scope", "system/*.rs", "--config", str(directory))
        said = subprocess.run([*HUB, *token], check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
        yield Running(directory, web, ports, process, said.stdout.strip())
    finally:
        process.terminate()
        process.wait(ANSWER_S)


def _configure(directory: Path, web: str, ports: dict[str, int]) -> None:
    """Raises ``Refused`` where there is a configuration already."""
    hub_file = directory / "hub.toml"
    if hub_file.exists():
        raise Refused("{file} is there already; nothing was written", file=str(hub_file))
    (directory / "feeds").mkdir(parents=True, exist_ok=True)
    hub_file.write_text(f'database = "{DATABASE}"\nbus = "memory://"\n\n[web]\nlisten = "{web}"\n', encoding="utf-8")
    for feed, port in ports.items():
        text = FEED.format(host=HOST, port=port, feed=feed, patients=patients_of(feed))
        (directory / "feeds" / f"{feed}.toml").write_text(text, encoding="utf-8")


def _wait_until_ready(process: subprocess.Popen[bytes], web: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{web}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise HubError("the hub did not start; its log is {file}", file=str(log))
