"""The walk that the documentation describes is the way a message really goes."""

from __future__ import annotations

import re
import socket
import threading
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import text

from hub.access import Access
from hub.app import App
from hub.config import HubConfig, load
from hub.database import Database, Statement, open_database
from hub.demo.ports import free_port
from hub.loader import Plugins, load_plugins
from hub.settlement import Settlements
from tests.hub.spine import until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/start/the-walk.md").read_text(encoding="utf-8")
STATIONS = {
    part.splitlines()[0]: re.findall(r"^\d+\. `([^`]+)`", part, re.MULTILINE) for part in PAGE.split("\n## ")[1:]
}
MESSAGE = (
    b"MSH|^~\\&|HIS|HOSP|HUB|DISTRICT|20261101080000||ADT^A01^ADT_A01|W1|P|2.5.1\r"
    b"PID|1||M1^^^HOSP^MR||Zhang^San||19900307|M\rPV1|1|I|ward||||||||||||||||V1^^^VISIT^VN\r"
)


class Walker:
    """Notes which of our files are entered, in the order in which each is entered first."""

    def __init__(self) -> None:
        self.entered: dict[str, None] = {}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        name, file = frame.f_code.co_name, frame.f_code.co_filename
        if event == "call" and name[0].islower() and file.startswith(str(ROOT)):
            self.entered.setdefault(str(Path(file).relative_to(ROOT)))

    @contextmanager
    def follows(self) -> Iterator[None]:
        self.entered.clear()
        before = threading.getprofile()
        threading.setprofile(self)
        try:
            yield
        finally:
            threading.setprofile(before)

    def stations(self, part: str) -> list[str]:
        return [file for file in self.entered if file in STATIONS[part]]


class House:
    """A hub whose parts run one after the other, so that the legs of the way can be told apart."""

    def __init__(self, directory: Path) -> None:
        (directory / "feeds").mkdir()
        self.directory, self.door, self.web = directory, free_port(), free_port()
        (directory / "hub.toml").write_text(f'[web]\nlisten = "127.0.0.1:{self.web}"\n')
        (directory / "feeds/hospital.toml").write_text(
            f'adapter = "hl7"\n\n[settings]\nlisten = "127.0.0.1:{self.door}"\n'
        )
        self.plugins: Plugins = load_plugins()
        self.config: HubConfig = load(directory, self.plugins.adapters())

    def run(self, parts: Collection[str], act: Callable[[], None]) -> None:
        app = App(self.config, self.plugins, parts)
        app.start()
        try:
            act()
        finally:
            app.stop()

    @contextmanager
    def database(self, *, writable: bool = False) -> Iterator[Database]:
        database = open_database(self.config.database_url, base=self.directory, writable=writable)
        yield database
        database.close()

    def send(self) -> None:
        with socket.create_connection(("127.0.0.1", self.door), 10) as line:
            line.sendall(b"\x0b" + MESSAGE + b"\x1c\r")
            assert b"MSA|AA|W1" in line.recv(4096)

    def wait(self) -> None:
        with self.database() as database:
            until(lambda: Settlements(database).feeds()[0].applied == 1)

    def ask(self, token: str) -> None:
        url = f"http://127.0.0.1:{self.web}/fhir/Patient/{self.patient()}"
        asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert answer.status == 200

    def patient(self) -> str:
        with self.database() as database:
            with database.read() as connection:
                ((patient,),) = connection.rows(Statement(text("SELECT id FROM resource WHERE type = 'Patient'")))
            return str(patient)


def test_a_message_walks_as_the_page_says(tmp_path: Path) -> None:
    house, walker = House(tmp_path), Walker()
    with walker.follows():
        house.run(["listen"], house.send)
    assert walker.stations("Through the door") == STATIONS["Through the door"]
    with walker.follows():
        house.run(["work"], house.wait)
    assert walker.stations("Into the record") == STATIONS["Into the record"]
    with house.database(writable=True) as database:
        token = Access(database).create("walker", "system/*.rs")
    with walker.follows():
        house.run(["web"], lambda: house.ask(token))
    assert walker.stations("Out again") == STATIONS["Out again"]


def test_each_file_is_entered_once() -> None:
    stations = [file for part in STATIONS.values() for file in part]
    assert len(stations) == len(set(stations)) > 30
    assert [file for file in stations if not (ROOT / file).is_file()] == []
