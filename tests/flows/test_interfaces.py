"""A hospital's interface is set up, tried, changed and documented, with a hub that runs."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hub import cli
from hub.app import App
from hub.cli.exits import ended
from hub.config import load
from hub.loader import load_plugins
from plugins.hl7.events import EVENTS
from plugins.hl7.guide.samples import sample, samples
from plugins.hl7.settings import HL7Settings
from tests.hub.test_app import free_port

ADMISSION = (
    "MSH|^~\\&|HIS|CH|HUB|DISTRICT|20240501083000+0800||ADT^A01^ADT_A01|{key}|P|2.5.1|||||CHN|UTF-8\r"
    "EVN|A01|20240501083000+0800\r"
    "PID|1||{number}^^^HOSP^MR||张三^^^^^^L||19900307|F|||幸福路1号^^武汉市^湖北省\r"
    "PV1|1|I|ICU^01^1|||||||||||||||||V{number}^^^VISIT||||||||||||||||||||||||202405010830\r"
)


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Hub = Callable[..., Answer]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text("")
    (tmp_path / "feeds" / "ward.toml").write_text(feed_file(free_port()))
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path))
    monkeypatch.setenv("HUB_LANG", "en")
    return tmp_path


def feed_file(port: int, **settings: str) -> str:
    lines = "".join(f'{name} = "{value}"\n' for name, value in settings.items())
    return f'adapter = "hl7"\n[settings]\nlisten = "127.0.0.1:{port}"\n{lines}'


@pytest.fixture
def app(directory: Path) -> Iterator[App]:
    plugins = load_plugins()
    app = App(load(directory, plugins.adapters()), plugins, ("listen", "work"))
    app.start()
    yield app
    app.stop()


@pytest.fixture
def hub(capsys: pytest.CaptureFixture[str], directory: Path) -> Hub:
    del directory

    def run(*arguments: str) -> Answer:
        code = ended(cli.hub, arguments)
        return Answer(code, *capsys.readouterr())

    return run


def send(app: App, *messages: str) -> list[str]:
    """Over MLLP; the answers in order."""
    host, _, port = app.addresses["ward"].rpartition(":")
    with closing(socket.create_connection((host, int(port)), timeout=20)) as connection:
        connection.sendall(b"".join(b"\x0b%s\x1c\r" % message.encode() for message in messages))
        heard = b""
        while heard.count(b"\x1c\r") < len(messages):
            part = connection.recv(65_536)
            assert part, heard
            heard += part
    return [answer.removeprefix("\x0b") for answer in heard.decode().split("\x1c\r")[:-1]]


def settled(hub: Hub, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + 30
    while True:
        rows: list[dict[str, Any]] = hub("messages", "--json", "--limit", "1000").data
        if len(rows) >= count and all(row["status"] != "received" for row in rows):
            return rows
        assert time.monotonic() < end, rows
        time.sleep(0.05)


def test_the_door_of_a_hospital_is_seen_to_answer(app: App, hub: Hub) -> None:
    answer = hub("feeds", "check", "ward", "--json")
    assert (answer.code, answer.data["ok"]) == (0, True)
    steps = [step["step"] for step in answer.data["steps"]]
    assert f"{app.addresses['ward']} answers" in steps
    assert hub("messages", "--json").data == []

    app.stop()
    answer = hub("feeds", "check", "ward", "--json")
    assert answer.code == 5
    assert {step["step"]: step["ok"] for step in answer.data["steps"]}["the address can be had"]


def test_a_changed_setting_is_held_against_what_was_sent_before_it_is_reloaded(
    app: App, hub: Hub, directory: Path
) -> None:
    send(app, *(ADMISSION.format(key=f"K{n}", number=f"P{n}") for n in range(200)))
    settled(hub, 200)
    port = int(app.addresses["ward"].rpartition(":")[2])
    (directory / "feeds" / "ward.toml").write_text(feed_file(port, timezone="Asia/Urumqi"))

    begin = time.monotonic()
    answer = hub("feeds", "diff", "ward", "--json")
    assert time.monotonic() - begin < 3
    assert (answer.code, answer.data["messages"], answer.data["changed"]) == (0, 200, 200)
    (change,) = answer.data["changes"]
    assert (change["change"], change["what"], change["path"], change["messages"]) == (
        "changed", "Encounter", "period.start", 200,
    )  # fmt: skip
    assert "before" not in change
    shown = hub("feeds", "diff", "ward", "--last", "1", "--show-values").out
    assert "- 2024-05-01T08:30:00+08:00\n  + 2024-05-01T08:30:00+06:00" in shown

    assert hub("reload").code == 0
    assert hub("feeds", "diff", "ward", "--json").data["changes"] == []
    (directory / "feeds" / "ward.toml").write_text(feed_file(port, timezone="Nowhere"))
    assert hub("feeds", "diff", "ward").code == 4


def test_every_sample_of_the_guide_is_accepted_and_applied(app: App, hub: Hub, directory: Path) -> None:
    """And one of every event, also of those whose family the guide shows by another."""
    feed = load(directory, load_plugins().adapters()).feeds["ward"]
    settings = feed.settings
    assert isinstance(settings, HL7Settings)
    shown = [one.message.replace("\n", "\r") + "\r" for one in samples(settings)]
    every = [sample(*event, settings, f"E{at:05}") for at, event in enumerate(EVENTS)]

    answers = send(app, *shown, *every)

    assert {answer.split("\r")[1].split("|")[1] for answer in answers} == {"AA"}
    rows = settled(hub, len(shown) + len(every))
    assert [
        (row["key"], row["status"], row["reason"], row["place"]) for row in rows if row["status"] != "applied"
    ] == []


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_the_guide_is_one_file_in_both_languages(hub: Hub, directory: Path, form: str) -> None:
    (directory / "feeds" / "ward.toml").write_text(
        feed_file(2575) + '[settings.systems]\nHOSP = "urn:oid:2.999.7"\n[settings.events]\n"ADT^Z01" = "ADT^A08"\n'
    )
    file = directory / "guide"
    assert hub("feeds", "guide", "ward", "--format", form, "--output", str(file)).code == 0
    text = file.read_text()
    for said in (
        "127.0.0.1:2575",
        "患者姓名",
        "Patient Name",
        "urn:oid:2.999.7",
        "ADT^Z01",
        "PV1-19",
        "MSA|AA|",
        "OBX|1|NM",
    ):
        assert said in text
    assert "<script" not in text
    assert "http://" not in text.replace("http://hl7.org", "")
    english = hub("feeds", "guide", "ward", "--format", form, "--lang", "en").out
    assert "Patient Name" in english
    assert "患者姓名" not in english
