"""A hub that is fed everything that goes wrong ends with exactly the truth the sandbox knows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hub.database import open_database
from hub.demo.running import DATABASE, Running, running_hub
from hub.sandbox.ward import SANDBOX
from hub.settlement import MessageState, Settlements

HUB = [sys.executable, "-m", "hub", "sandbox"]
ENVIRONMENT = {**os.environ, "HUB_LANG": "en"}


class Fed(NamedTuple):
    hub: Running
    file: Path
    told: dict[str, Any]

    def messages(self) -> list[MessageState]:
        with closing(open_database(DATABASE, base=self.hub.directory, writable=False)) as database:
            return list(Settlements(database).messages())

    def compared(self, told: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        self.file.write_text(json.dumps(told))
        command = ["compare", str(self.file), "--fhir", f"http://{self.hub.web}/fhir", "--token", self.hub.token]
        return ran(*command, "--json")


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*HUB, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fed]:
    """500 messages with every fault there is, over two connections, all applied."""
    folder = tmp_path_factory.mktemp("fed")
    with running_hub(folder / "hub", [SANDBOX]) as hub:
        address = f"127.0.0.1:{hub.ports[SANDBOX.feed]}"
        asked = ("--messages", "500", "--rate", "500", "--connections", "2", "--faults", "all", "--fault-share", "0.1")
        done = ran("hospital", "--to", address, *asked, "--json")
        assert done.returncode == 0, done.stderr
        hub.wait_until_applied()
        yield Fed(hub, folder / "told.json", json.loads(done.stdout))


def test_every_answer_is_the_one_that_was_due(fed: Fed) -> None:
    expected = Counter(each["expected"] for each in fed.told["faults"])
    assert fed.told["messages"] == 500
    assert fed.told["unexpected"] == []
    assert fed.told["strays"] == 0
    assert fed.told["answers"]["none"] == 0
    assert fed.told["answers"]["AE"] + fed.told["answers"]["AR"] == expected["refused"]


def test_the_record_is_the_truth_person_by_person(fed: Fed) -> None:
    done = fed.compared(fed.told)
    assert json.loads(done.stdout)["differences"] == []
    assert done.returncode == 0
    assert len(fed.told["truth"]["people"]) == fed.told["truth"]["resources"]["Patient"] > 80


def test_nothing_is_there_that_nobody_sent(fed: Fed) -> None:
    found = {kind: fed.hub._fhir(f"{kind}?_summary=count")["total"] for kind in fed.told["truth"]["resources"]}
    assert found == fed.told["truth"]["resources"]


def test_every_fault_is_found_in_the_list_of_messages(fed: Fed) -> None:
    """But garbage before a frame, an overtaking and a lost connection, which leave no message behind."""
    kept = fed.messages()
    faults = Counter(each["fault"] for each in fed.told["faults"])
    codes = Counter(each.code for each in kept if each.status == "refused")
    assert Counter(each.status for each in kept) == {"applied": 500, "refused": codes.total()}
    assert codes == {"incomplete": faults["no_end"] + faults["cut_short"], "several_messages": faults["two_in_one"]}
    assert sum(each.reused for each in kept) == faults["reused_key"] > 0
    (state,) = fed.hub.feeds()
    assert state.resent == faults["same_bytes"] + fed.told["resent"]


def test_a_record_that_is_not_the_truth_is_told_from_it(fed: Fed) -> None:
    """And what is found is not shown where it may be a real person's name."""
    told = json.loads(json.dumps(fed.told))
    first, second, third, *_ = told["truth"]["people"]
    first["numbers"] = ["S999999"]
    second["name"] = "假名"
    third["has"]["Encounter"] = {"SV999999": "ended", "SV999998": "ended", "SV999997": "open"}
    done = fed.compared(told)
    found = json.loads(done.stdout)["differences"]
    assert done.returncode == 1
    assert [each["what"] for each in found] == ["Patient", "Patient.name", "Encounter"]
    assert found[1]["found"] == ""


def test_what_it_prints_for_people_says_what_was_sent_and_what_should_be_there(fed: Fed) -> None:
    address = f"127.0.0.1:{fed.hub.ports[SANDBOX.feed]}"
    done = ran("hospital", "--to", address, "--messages", "40", "--rate", "400", "--seed", "9", "--faults", "encodings")
    assert done.returncode == 0, done.stderr
    assert re.search(r"AA +40\n", done.stdout)
    assert re.search(r"Patient +\d+\n", done.stdout)
    assert re.search(r"\d+ messages in [\d.]+ s: 400 a second were asked for, [\d.]+ sent", done.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("hospital", "--to", "127.0.0.1:1"), 5, "127.0.0.1:1 cannot be reached: "),
        (("hospital", "--to", "nowhere"), 2, "write a host and a port"),
        (("hospital", "--to", "127.0.0.1:1", "--faults", "late,early"), 2, "there is no fault early"),
        (("hospital", "--to", "127.0.0.1:1", "--messages", "1", "--minutes", "1"), 2, "not both"),
        (("hospital", "--to", "127.0.0.1:1", "--tls-ca", __file__), 7, "no certificate in PEM"),
        (("compare", __file__, "--token", "none"), 1, "this is not what hub sandbox hospital --json writes"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = ran(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_receiver_says_what_it_heard_and_ends_when_it_has_heard_enough() -> None:
    command = [*HUB, "receiver", "--listen", "127.0.0.1:0", "--answer", "AE", "--count", "3", "--json"]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as receiver:
        try:
            assert receiver.stderr is not None
            port = receiver.stderr.readline().rpartition(":")[2].strip()
            done = ran("hospital", "--to", f"127.0.0.1:{port}", "--messages", "3", "--rate", "100", "--json")
            out, said = receiver.communicate(timeout=20)
        finally:
            receiver.kill()
    assert done.returncode == 1
    assert json.loads(done.stdout)["answers"]["AE"] == 3
    assert json.loads(out) == {"messages": 3, "again": 0, "connections": 1, "answers": {"AE": 3}}
    assert [line.split()[1:] for line in said.splitlines()] == [[f"S000000{number}", "AE"] for number in (1, 2, 3)]
