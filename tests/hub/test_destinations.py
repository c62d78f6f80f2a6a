"""A whole hub with a destination: what it shows while that is down, and what a reload changes."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub import control
from hub.app import App
from hub.config import load
from hub.deliver import line
from hub.demo.ports import free_port
from hub.loader import load_plugins
from tests.hub.spine import until
from tests.plugins.hl7.receiver import Receiver, receiving

PLUGINS = load_plugins()
HOST = "127.0.0.1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


class Site:
    """A hub in this process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port, self.web = free_port(), free_port()
        for folder in ("feeds", "destinations"):
            (directory / folder).mkdir()
        (directory / "hub.toml").write_text(f'[web]\nlisten = "{HOST}:{self.web}"\n[work]\nsweep_seconds = 0.1\n')
        (directory / "feeds" / "ward.toml").write_text(
            f'adapter = "hl7"\n[settings]\nlisten = "{HOST}:{self.port}"\nsystems = {{ HOSP = "urn:oid:2.999.1" }}\n'
        )

    def tells(self, name: str, connect: str, more: str = "") -> None:
        written = f'sender = "hl7"\n{more}\n[settings]\nconnect = "{connect}"\n'
        (self.directory / "destinations" / f"{name}.toml").write_text(written)

    def app(self) -> App:
        return App(load(self.directory, PLUGINS.adapters(), PLUGINS.broken, PLUGINS.senders()), PLUGINS)

    def hear(self, *keys: str) -> None:
        with socket.create_connection((HOST, self.port), 10) as sender, sender.makefile("rb") as answers:
            for key in keys:
                header = f"MSH|^~\\&|HIS|HOSP|||20240501||ADT^A04^ADT_A01|{key}|P|2.5.1\r"
                sender.sendall(b"\x0b" + f"{header}PID|1||{key}^^^HOSP^MR||A^B\rPV1|1|O\r".encode() + b"\x1c\r")
                answer = b""
                while not answer.endswith(b"\x1c\r"):
                    answer += answers.read(1)
                assert b"MSA|AA|" in answer

    def get(self, path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection(HOST, self.web, timeout=10)) as connection:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()

    def metric(self, line: str) -> float | None:
        found = [each for each in self.get("/metrics")[1].splitlines() if each.startswith(line)]
        return float(found[0].rpartition(" ")[2]) if found else None

    def reload(self) -> list[str]:
        connection = control.connect(self.directory)
        assert connection is not None
        with closing(connection):
            return list(control.ask(connection, "reload", {})["others"])


def test_a_destination_that_is_down_is_shown_and_keeps_nothing_from_being_accepted(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LONGEST_PAUSE_S", 0.1)
    site = Site(tmp_path)
    site.tells("lab", receiver.address)
    receiver.close()
    app = site.app()
    app.start()
    try:
        site.hear("K1", "K2")
        until(lambda: site.metric('hub_deliveries_waiting{destination="lab"}') == 2)
        until(lambda: (site.metric('hub_delivery_events_total{destination="lab",kind="unreachable"}') or 0) > 0)
        assert site.get("/readyz")[0] == 200
        receiver.open()
        assert receiver.hears(2) == ["K1", "K2"]
        until(lambda: site.metric('hub_deliveries_ended_total{destination="lab",status="sent"}') == 2)
        assert site.metric('hub_deliveries_waiting{destination="lab"}') == 0
    finally:
        app.stop()


def test_a_reload_takes_destinations_in_changes_them_and_takes_them_out(tmp_path: Path, receiver: Receiver) -> None:
    site = Site(tmp_path)
    app = site.app()
    app.start()
    try:
        site.hear("before")
        until(lambda: site.metric('hub_messages_settled_total{feed="ward",status="applied"}') == 1)
        site.tells("lab", receiver.address)
        assert site.reload() == ["lab"]
        site.hear("K1")
        assert receiver.hears(1) == ["K1"]
        site.tells("lab", receiver.address, "enabled = false")
        assert site.reload() == ["lab"]
        site.hear("K2")
        site.tells("lab", receiver.address, '[[route]]\nevents = ["ORU^R01"]')
        until(lambda: site.metric('hub_deliveries_waiting{destination="lab"}') == 1)
        assert site.reload() == ["lab"]
        site.hear("K3")
        assert receiver.hears(2) == ["K1", "K2"]
        (tmp_path / "destinations" / "lab.toml").unlink()
        assert site.reload() == ["lab"]
        assert site.reload() == []
    finally:
        app.stop()
    assert receiver.keys == ["K1", "K2"]
