"""Messages go on from hub to hub, to other libraries' receivers, and through kills of the hub that sends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import hl7
import hl7.mllp
import pytest
from hl7apy.mllp import AbstractHandler, MLLPServer
from sqlalchemy import select

from hub.adapter import Delivery, Message, Payload
from hub.database import Statement, open_database
from hub.demo.ports import free_port
from hub.journal import Arrival, Journal
from hub.migrations import prepare
from hub.outbox import Deliveries, Due, Entry, queue
from hub.records import times
from hub.schema import entry
from plugins.hl7.sending.sender import HL7Sender
from plugins.hl7.sending.settings import HL7Destination
from tests.hub.spine import until
from tests.plugins.hl7.receiver import Receiver, is_silent, receiving

HOST = "127.0.0.1"
ENVIRONMENT = {**os.environ, "HUB_LANG": "en"}
_BODIES = Statement(select(entry.c.key, entry.c.body).order_by(entry.c.id))


def message(key: str, charset: str = "UNICODE UTF-8") -> bytes:
    text = (
        f"MSH|^~\\&|HIS|HOSP|HUB|CITY|20240501080000||ADT^A04^ADT_A01|{key}|P|2.5.1||||||{charset}\r"
        f"EVN||20240501080000\rPID|1||P{key}^^^HOSP^MR||赵^亿||19900307|M\rPV1|1|O\r"
    )
    return text.encode("gb18030" if charset.startswith("GB") else "utf-8")


class Site:
    """A hub of its own: a folder, a door, and perhaps a destination."""

    def __init__(self, folder: Path, connect: str = "", **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "feeds").mkdir(parents=True)
        (folder / "destinations").mkdir()
        (folder / "hub.toml").write_text(f'[web]\nlisten = "{HOST}:{free_port()}"\n[work]\nsweep_seconds = 0.2\n')
        systems = '[settings.systems]\nHOSP = "urn:oid:2.999.1"\n'
        (folder / "feeds" / "ward.toml").write_text(
            f'adapter = "hl7"\n[settings]\nlisten = "{HOST}:{self.port}"\n{systems}'
        )
        if connect:
            more = "".join(f"{name} = {value}\n" for name, value in settings.items())
            (folder / "destinations" / "next.toml").write_text(
                f'sender = "hl7"\n[settings]\nconnect = "{connect}"\n{more}'
            )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Until the context ends; it may be killed before."""
        command = [sys.executable, "-m", "hub", "run", "--config", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=ENVIRONMENT)
        try:
            until(lambda: process.poll() is not None or self.is_open(), 30)
            yield process
        finally:
            process.terminate()
            process.wait(30)

    def is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def hear(self, *bodies: bytes) -> None:
        """Each is acknowledged before the next is sent."""
        with socket.create_connection((HOST, self.port), 10) as sender, sender.makefile("rb") as answers:
            for body in bodies:
                sender.sendall(b"\x0b" + body + b"\x1c\r")
                answer = b""
                while not answer.endswith(b"\x1c\r"):
                    answer += answers.read(1)
                assert b"MSA|AA|" in answer

    def journal(self) -> dict[str, bytes]:
        database = open_database("sqlite:///hub.db", base=self.folder, writable=False)
        with closing(database), database.read() as connection:
            return {key: bytes(body) for key, body in connection.rows(_BODIES)}

    def deliveries(self) -> list[Entry]:
        with closing(open_database("sqlite:///hub.db", base=self.folder, writable=False)) as database:
            return list(Deliveries(database).listed())[::-1]

    def is_done(self) -> bool:
        return not {"waiting", "sending"} & {one.status for one in self.deliveries()}


def test_a_hub_forwards_to_another_hub_unchanged_and_in_order(tmp_path: Path) -> None:
    second = Site(tmp_path / "second")
    first = Site(tmp_path / "first", f"{HOST}:{second.port}")
    sent = {f"K{number}": message(f"K{number}", ("UNICODE UTF-8", "GB18030")[number % 2]) for number in range(20)}
    with second.running(), first.running():
        first.hear(*sent.values())
        until(lambda: len(first.deliveries()) == 20 and first.is_done(), 30)
        found = json.loads(
            subprocess.run(
                [sys.executable, "-m", "hub", "deliveries", "check", "next", "--json", "--config", str(first.folder)],
                capture_output=True,
                check=True,
                env=ENVIRONMENT,
            ).stdout
        )
    assert found["ok"]
    assert {one.status for one in first.deliveries()} == {"sent"}
    assert list(second.journal().items()) == list(sent.items())


# --- kills ------------------------------------------------------------------------------------------------------------

DELIVERING = """
import sys, threading
from hub.database import open_database
from hub.deliver import Deliver
from plugins.hl7.sending.sender import HL7Sender
from plugins.hl7.sending.settings import HL7Destination
url, address, deduplicates = sys.argv[1:]
settings = HL7Destination(connect=address, deduplicates=deduplicates == "True")
Deliver(open_database(url), {"lab": HL7Sender("lab", settings)}, print, 0.2).start()
threading.Event().wait()
"""


class Outgoing:
    """Messages that wait for a destination, and a process that delivers them until it is killed."""

    def __init__(self, folder: Path, receiver: Receiver, count: int, *, deduplicates: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self.url = f"sqlite:///{folder / 'hub.db'}"
        self._arguments = [self.url, receiver.address, str(deduplicates)]
        with closing(open_database(self.url)) as database:
            prepare(database)
            bodies = [message(f"K{number}") for number in range(count)]
            receipts = Journal(database).append(
                [Arrival("ward", Payload(body, f"{n}")) for n, body in enumerate(bodies)]
            )
            due = [Due("lab", receipt.message_id) for receipt in receipts]
            database.serially(lambda connection: queue(connection, due))

    def until_killed(self, happened: Callable[[], object]) -> None:
        process = subprocess.Popen([sys.executable, "-c", DELIVERING, *self._arguments])
        try:
            happened()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(30)

    def finish(self) -> list[Entry]:
        self.until_killed(lambda: until(lambda: not {"waiting", "sending"} & {one.status for one in self.deliveries()}))
        return self.deliveries()

    def deliveries(self) -> list[Entry]:
        with closing(open_database(self.url, writable=False)) as database:
            return list(Deliveries(database).listed())[::-1]


def test_no_kill_loses_a_message_and_each_leaves_at_most_one_in_doubt(tmp_path: Path) -> None:
    kills, count = 4, 60
    with receiving() as receiver:
        outgoing = Outgoing(tmp_path, receiver, count)
        for kill in range(kills):
            outgoing.until_killed(partial(receiver.hears, kill * 10 + 10))
        ended = outgoing.finish()
    assert {one.status for one in ended} <= {"sent", "unknown"}
    assert sum(one.status == "unknown" for one in ended) <= kills
    assert [one.attempts for one in ended] == [1] * count
    assert set(receiver.keys) >= {f"K{one.message - 1}" for one in ended if one.status == "sent"}
    assert max(Counter(receiver.keys).values()) == 1
    assert receiver.keys == sorted(receiver.keys, key=lambda key: int(key[1:]))


@pytest.mark.parametrize(
    ("deduplicates", "statuses", "heard"),
    [(False, ["unknown", "sent"], ["K0", "K1"]), (True, ["sent", "sent"], ["K0", "K0", "K1"])],
)
def test_a_kill_while_the_answer_is_awaited(
    tmp_path: Path, *, deduplicates: bool, statuses: list[str], heard: list[str]
) -> None:
    with receiving(is_silent) as receiver:
        outgoing = Outgoing(tmp_path, receiver, 2, deduplicates=deduplicates)
        outgoing.until_killed(lambda: receiver.hears(1))
        assert [one.status for one in outgoing.finish()] == statuses
    assert receiver.keys == heard


# --- other libraries as receivers -------------------------------------------------------------------------------------


def told(address: str, count: int) -> list[bytes]:
    settings = HL7Destination(connect=address, ack_seconds=5)
    sender = HL7Sender("lab", settings)
    try:
        answers = []
        for number in range(count):
            body = message(f"K{number}")
            answers.append(sender.send(Delivery(number, Message(number, "ward", "", body, times.moment(0)), 0)))
        return answers
    finally:
        sender.close()


class Accepting(AbstractHandler):  # type: ignore[misc] # hl7apy is untyped
    def reply(self) -> str:
        parsed = self.incoming_message.split("\r")[0].split("|")
        return f"\x0bMSH|^~\\&|L|L|H|H|20240501||ACK|1|P|2.5.1\rMSA|AA|{parsed[9]}\r\x1c\r"


def test_hl7apys_server_which_hangs_up_after_each_answer() -> None:
    server = MLLPServer(HOST, 0, {"ADT^A04^ADT_A01": (Accepting,)})
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    try:
        answers = told(f"{HOST}:{server.server_address[1]}", 5)
    finally:
        server.shutdown()
        server.server_close()
    assert [b"MSA|AA|K%d" % number in answer for number, answer in enumerate(answers)] == [True] * 5


def test_python_hl7s_server() -> None:
    async def talk(reader: Any, writer: Any) -> None:
        while not writer.is_closing():
            try:
                heard = await reader.readmessage()
            except asyncio.IncompleteReadError:
                break
            writer.writemessage(heard.create_ack())
            await writer.drain()
        writer.close()

    async def serve() -> list[bytes]:
        server = await hl7.mllp.start_hl7_server(talk, HOST, 0, encoding="utf-8")
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(told, f"{HOST}:{port}", 5)

    answers = asyncio.run(serve())
    assert [b"MSA|AA|K%d" % number in answer for number, answer in enumerate(answers)] == [True] * 5
