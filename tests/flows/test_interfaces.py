"""A hospital's interface is set up, tried, changed and documented, with a hub that runs."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme

from hub import cli
from hub.app import App
from hub.cli.exits import ended
from hub.config import load
from hub.demo.ports import free_port
from hub.loader import load_plugins
from plugins.hl7.events import EVENTS
from plugins.hl7.guide.samples import sample, samples
from plugins.hl7.settings import HL7Settings

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


def accepted(connection: socket.socket, number: int, message: bytes) -> bool:
    connection.sendall(b"\x0b%s\x1c\r" % message)
    return f"MSA|AA|K{number}\r".encode() in connection.recv(65_536)


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
    assert 'src="' not in text
    assert 'href="http' not in text
    english = hub("feeds", "guide", "ward", "--format", form, "--lang", "en").out
    assert "Patient Name" in english
    assert "患者姓名" not in english


def test_an_encrypted_door_is_seen_to_encrypt(directory: Path, hub: Hub) -> None:
    issued = trustme.CA().issue_cert("localhost")
    (directory / "hub.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    (directory / "hub.key").write_bytes(issued.private_key_pem.bytes())
    (directory / "hub.key").chmod(0o600)
    encrypted = '[settings.tls]\ncertificate = "hub.pem"\nkey = "hub.key"\n'
    (directory / "feeds" / "ward.toml").write_text(feed_file(free_port()) + encrypted)
    plugins = load_plugins()
    app = App(load(directory, plugins.adapters()), plugins, ("listen", "work"))
    app.start()
    try:
        answer = hub("feeds", "check", "ward", "--json")
    finally:
        app.stop()
    steps = {step["step"]: step for step in answer.data["steps"]}
    assert answer.code == 0
    assert steps["the certificate can be used"]["detail"].startswith("it holds until ")
    assert steps["the connection can be encrypted"]["detail"].startswith("TLSv1.")


def test_another_code_map_is_in_force_after_a_reload_and_no_connection_is_lost(
    app: App, hub: Hub, directory: Path
) -> None:
    host, _, port = app.addresses["ward"].rpartition(":")
    message = ADMISSION.replace("|19900307|F|", "|19900307|雌|")
    with closing(socket.create_connection((host, int(port)), timeout=20)) as connection:
        for key, name in (("K1", "张三"), ("K2", "李四海")):
            said = message.replace("张三", name).format(key=key, number=key)
            connection.sendall(b"\x0b%s\x1c\r" % said.encode())
            assert b"MSA|AA" in connection.recv(65_536)
            settled(hub, 1 if key == "K1" else 2)
            (directory / "codes").mkdir(exist_ok=True)
            (directory / "codes" / "sex.csv").write_text("code,standard_code\n雌,female\n")
            assert hub("reload", "--json").data["changed"] == (["ward"] if key == "K1" else [])
    patients = [
        resource["body"].get("gender")
        for message_id in ("1", "2")
        for resource in hub("show", message_id, "--json").data["resources"]
        if resource["type"] == "Patient"
    ]
    assert patients == [None, "female"]


def test_a_door_that_is_restarted_under_load_loses_nothing_and_doubles_nothing(app: App, hub: Hub) -> None:
    host, _, port = app.addresses["ward"].rpartition(":")
    messages = [ADMISSION.format(key=f"K{n}", number=f"P{n % 20}").encode() for n in range(400)]
    interrupted: list[int] = []

    def send_on() -> None:
        """As a sender does: what is not answered is sent again over the next connection."""
        waiting = deque(enumerate(messages))
        while waiting:
            with suppress(OSError), closing(socket.create_connection((host, int(port)), timeout=20)) as connection:
                while waiting and accepted(connection, *waiting[0]):
                    waiting.popleft()
            if waiting:
                interrupted.append(waiting[0][0])

    sender = threading.Thread(target=send_on)
    sender.start()
    while sender.is_alive():
        assert hub("reload", "ward").code == 0
    sender.join()

    assert interrupted
    rows = settled(hub, len(messages))
    assert sorted(row["key"] for row in rows) == sorted(f"K{n}" for n in range(len(messages)))
    assert {row["status"] for row in rows} == {"applied"}
