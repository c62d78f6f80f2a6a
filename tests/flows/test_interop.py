"""Other people's HL7 software talks to the hub, both ways. Servers of Python libraries: ``test_forwarding``."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import hl7
import pytest
from hl7.client import MLLPClient
from hl7apy.core import Message
from hl7apy.parser import parse_message

from benchmarks import javascript
from hub.database import open_database
from hub.demo.ports import free_port
from hub.settlement import MessageState, Settlements
from tests.absent import left_out
from tests.flows.test_forwarding import HOST, Site, message, told
from tests.hub.spine import until
from tests.plugins.hl7.listening import Listening, listening

INTEROP = Path(__file__).parents[1] / "interop"


@pytest.fixture
def node() -> Path:
    """A folder with our scripts and the packages they use."""
    try:
        return javascript.installed(INTEROP)
    except javascript.Missing as missing:
        left_out(missing)


@pytest.fixture
def door() -> Iterator[Listening]:
    with listening() as opened:
        yield opened


def acknowledged(answers: bytes) -> list[str]:
    """MSA-1 and MSA-2 of each, as python-hl7 reads them."""
    framed = [answer.strip(b"\x0b\r\n") for answer in answers.split(b"\x1c")]
    parsed = [hl7.parse(answer.decode()) for answer in framed if answer]
    return ["|".join(str(one.segment("MSA")[at]) for at in (1, 2)) for one in parsed]


def test_python_hl7s_mllp_send(door: Listening, tmp_path: Path) -> None:
    """Its command line takes framed messages from a file, and prints what it is answered."""
    file = tmp_path / "messages.hl7"
    file.write_bytes(b"".join(b"\x0b" + message(f"K{number}") + b"\x1c\r" for number in range(5)))
    command = [sys.executable, "-c", "from hl7.client import mllp_send; mllp_send()"]
    said = subprocess.run([*command, "-p", str(door.port), "-f", str(file), HOST], capture_output=True, check=True)
    assert acknowledged(said.stdout) == [f"AA|K{number}" for number in range(5)]
    assert door.keys == [f"K{number}" for number in range(5)]


def test_python_hl7s_mllp_send_of_a_loose_file(door: Listening, tmp_path: Path) -> None:
    """Lines end as a text editor ends them, and nothing is framed: the command repairs that, and leaves out the end."""
    file = tmp_path / "loose.hl7"
    file.write_bytes(b"".join(message(f"K{number}").replace(b"\r", b"\r\n") + b"\r\n" for number in range(3)))
    command = [sys.executable, "-c", "from hl7.client import mllp_send; mllp_send()", "--loose"]
    said = subprocess.run([*command, "-p", str(door.port), "-f", str(file), HOST], capture_output=True, check=True)
    assert acknowledged(said.stdout) == [f"AA|K{number}" for number in range(3)]


def test_python_hl7s_client_keeps_its_connection(door: Listening) -> None:
    with MLLPClient(HOST, door.port) as client:
        for number in range(5):
            assert acknowledged(client.send_message(hl7.parse(message(f"K{number}").decode()))) == [f"AA|K{number}"]


def test_what_hl7apy_builds_and_frames(door: Listening) -> None:
    """hl7apy has no client: ``to_mllp`` frames, and its user brings the socket. It reads our answer strictly."""
    built = Message("ADT_A01", version="2.5.1")
    built.msh.msh_3, built.msh.msh_4 = "APY", "HOSP"
    built.msh.msh_9, built.msh.msh_10, built.msh.msh_11 = "ADT^A04^ADT_A01", "APY-1", "P"
    built.msh.msh_18 = "UNICODE UTF-8"
    built.evn.evn_2 = "20240501080000"
    built.pid.pid_3, built.pid.pid_5 = "M1^^^HOSP^MR", "王^珅"
    built.pv1.pv1_2 = "O"
    with socket.create_connection((HOST, door.port), 10) as connection, connection.makefile("rb") as answers:
        connection.sendall(built.to_mllp().encode())
        answer = b""
        while not answer.endswith(b"\x1c\r"):
            answer += answers.read(1)
    read = parse_message(answer[1:-2].decode(), find_groups=False)
    assert (read.msa.msa_1.value, read.msa.msa_2.value) == ("AA", "APY-1")
    assert read.validate()
    assert door.keys == ["APY-1"]
    assert "王^珅".encode() in door.journal.kept[0].body


def test_node_hl7_client_sends(door: Listening, node: Path) -> None:
    command = ["node", "sends.mjs", str(door.port), "20"]
    said = subprocess.run(command, cwd=node, capture_output=True, check=True, timeout=60)
    assert json.loads(said.stdout) == [["AA", f"N{number}"] for number in range(20)]
    assert door.keys == [f"N{number}" for number in range(20)]
    assert "赵^亿".encode() in door.journal.kept[0].body


def test_node_hl7_server_which_answers_earlier_messages_again(node: Path) -> None:
    """Version 2.5.0 hears all that came over a connection anew with each message: no answer is taken for another's."""
    with receiving_with_node(node) as port:
        answers = told(f"{HOST}:{port}", 10)
    assert [hl7.parse(answer.decode()).segment("MSA")[2] for answer in answers] == [[f"K{n}"] for n in range(10)]


@contextmanager
def receiving_with_node(node: Path) -> Iterator[int]:
    port = free_port()
    command = ["node", "receives.mjs", str(port)]
    with subprocess.Popen(command, cwd=node, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"listening\n"
            yield port
        finally:
            server.kill()


def test_two_senders_that_reuse_control_ids_are_both_applied(tmp_path: Path) -> None:
    """In one running hub, over connections at the same time: each message is kept, applied and answered for itself."""
    site = Site(tmp_path)
    senders = {name: [from_sender(name, f"{number}") for number in range(20)] for name in ("NORTH", "SOUTH")}
    with site.running():
        connections = {name: socket.create_connection((HOST, site.port), 10) for name in senders}
        for name, bodies in senders.items():
            connections[name].sendall(b"".join(b"\x0b" + body + b"\x1c\r" for body in bodies))
        heard = {name: answers_of(connection, 20) for name, connection in connections.items()}
        until(lambda: len(kept := messages(site)) == 40 and {one.status for one in kept} == {"applied"}, 30)
    for name, answers in heard.items():
        assert [hl7.parse(answer).segment("MSA")[2] for answer in answers] == [[f"{number}"] for number in range(20)]
        assert {str(hl7.parse(answer).segment("MSH")[5]) for answer in answers} == {name}
    kept = messages(site)
    assert sorted((one.sender, int(one.key)) for one in kept) == [
        (f"{name}|HOSP", number) for name in ("NORTH", "SOUTH") for number in range(20)
    ]
    assert not any(one.reused for one in kept)


def messages(site: Site) -> list[MessageState]:
    with closing(open_database("sqlite:///hub.db", base=site.folder, writable=False)) as database:
        return list(Settlements(database).messages())


def from_sender(name: str, key: str) -> bytes:
    return (
        message(key).replace(b"|HIS|", f"|{name}|".encode(), 1).replace(f"P{key}^".encode(), f"{name}{key}^".encode())
    )


def answers_of(connection: socket.socket, count: int) -> list[str]:
    with connection, connection.makefile("rb") as stream:
        heard = b""
        while heard.count(b"\x1c\r") < count:
            heard += stream.read(1)
    return [answer.removeprefix(b"\x0b").decode() for answer in heard.split(b"\x1c\r")[:-1]]
