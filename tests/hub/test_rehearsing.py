"""What would happen is seen without happening, on both back ends; two readings of one message are held side by side."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.adapter import Message, Payload, Settings
from hub.config import FeedConfig, HubConfig, LogConfig, WebConfig, WorkConfig
from hub.database import Database, Statement, open_database
from hub.identity.rules import Rules
from hub.migrations import prepare
from hub.model import Claim
from hub.operations import Operations
from hub.pipeline.comparing import compare
from hub.pipeline.rehearsing import rehearse
from hub.records.differing import differences
from hub.schema import metadata
from tests.hub.cli.conftest import Slips
from tests.hub.feeding import START, Feeding, person, visit


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    database = open_database(database_url, base=tmp_path)
    prepare(database)
    yield database
    database.close()


def counts(database: Database) -> dict[str, int]:
    with database.read() as connection:
        tables = metadata.tables.items()
        return {
            name: int(row[0])
            for name, table in tables
            if (row := connection.row(Statement(select(func.count()).select_from(table))))
        }


def test_a_rehearsal_changes_nothing(database: Database) -> None:
    Feeding(database).tell("desk", person("007", "张三"), visit("A1", "007"))
    before = counts(database)

    found = rehearse(database, Slips("desk", Settings()), Rules(), Payload(b"A1 007 cough", "A1"))

    assert (found["outcome"], found["persons"][0]["found"]) == ("applied", True)
    assert [change["resource"].split("/")[0] for change in found["changes"] if change["is_new"]] == ["Observation"]
    assert counts(database) == before


def test_what_cannot_be_applied_says_so_in_the_language_asked_for(database: Database) -> None:
    found = rehearse(database, Slips("desk", Settings()), Rules(), Payload(b"useless 1", "1"), "zh_CN")
    assert (found["outcome"], found["changes"]) == ("skipped", [])


class Shouting(Slips):
    """Reads every slip in capital letters, and no slip of B."""

    def parse(self, message: Message) -> Iterator[object]:  # type: ignore[override] # as the slips it passes on
        body = b"garbled" if message.body.startswith(b"B") else message.body.upper()
        yield from super().parse(Message(message.id, message.feed, message.key, body, message.received_at))


def test_changes_are_grouped_by_kind_with_an_example_and_values_only_when_asked_for() -> None:
    messages = [Message(n, "desk", f"A{n}", f"A{n} 007 cough".encode(), START) for n in (5, 4)]
    messages.append(Message(3, "desk", "B1", b"B1 007 rash", START))
    now, then = Slips("desk", Settings()), Shouting("desk", Settings())

    found = compare(messages, now, then)
    shown = compare(messages, now, then, values=True)

    assert (found["messages"], found["changed"]) == (3, 3)
    assert found["changes"] == [
        {
            "change": "outcome", "what": "applied", "path": "parked: the number of the resident is missing",
            "messages": 1, "example": 3,
        },
        {"change": "changed", "what": "Observation", "path": "code.text", "messages": 2, "example": 5},
    ]  # fmt: skip
    assert (shown["changes"][1]["before"], shown["changes"][1]["after"]) == ("cough", "COUGH")
    assert compare(messages, now, now)["changes"] == []


class Renamed(Slips):
    """Knows residents by the numbers of another system."""

    def parse(self, message: Message) -> Iterator[object]:  # type: ignore[override] # as the slips it passes on
        for said in super().parse(message):
            assert said.claim
            patient = {"resourceType": "Patient", "identifier": [{"system": "urn:other", "value": "007"}]}
            yield replace(said, claim=Claim("other|007", patient))


def test_what_another_system_makes_another_thing_is_told_element_by_element() -> None:
    message = Message(5, "desk", "A1", b"A1 007 cough", START)
    found = compare([message], Slips("desk", Settings()), Renamed("desk", Settings()), values=True)
    assert [(one["change"], one["what"], one["path"]) for one in found["changes"]] == [
        ("changed", "person", "(key)"),
        ("changed", "person", "identifier.system"),
    ]
    assert (found["changes"][1]["before"], found["changes"][1]["after"]) == ("urn:slips", "urn:other")


def test_an_element_that_only_moved_in_its_list_is_no_difference() -> None:
    before = {"name": [{"text": "a"}, {"text": "b"}], "active": True}
    after = {"name": [{"text": "c"}, {"text": "a"}], "gender": "male"}

    assert [(one.place, one.kind) for one in differences(before, after)] == [
        ("name[0].text", "changed"),
        ("active", "removed"),
        ("gender", "added"),
    ]


@pytest.mark.parametrize("framed", ["{}\r", "{}\n\n", "\x0b{}\x1c\r"])
def test_each_message_of_a_file_is_judged_by_itself(database: Database, framed: str) -> None:
    from plugins.hl7.adapter import HL7
    from plugins.hl7.settings import HL7Settings

    adapter = HL7("ward", HL7Settings(listen="127.0.0.1:2575"))
    feed = FeedConfig("ward", "hl7", adapter.settings)
    config = HubConfig(Path(), "", "", WebConfig(), WorkConfig(), LogConfig(), {"ward": feed})
    header = r"MSH|^~\&|HIS|H|HUB|C|20240301080000||ADT^A08|{}|P|2.5.1"
    messages = [header.format("K1") + "\rPID|1||M1||Zhang^San", "MSH|^~\\&|HIS|", header.format("K3") + "\rPID|1||M3"]

    def judged(text: str) -> list[tuple[str, str]]:
        asked = {"feed": "ward", "body": base64.b64encode(text.encode()).decode()}
        done = Operations(database, config, {"ward": adapter}).perform("rehearse", asked, "cli:wang")
        return [(one["key"], one["outcome"]) for one in done]

    assert judged("".join(map(framed.format, messages))) == [("K1", "applied"), ("", "refused"), ("K3", "applied")]
    assert judged("") == [("", "refused")]
