"""What would happen is seen without happening, on both back ends; two readings of one message are held side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.adapter import Message, Payload, Settings
from hub.database import Database, Statement, open_database
from hub.migrations import prepare
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

    found = rehearse(database, Slips("desk", Settings()), frozenset(), Payload(b"A1 007 cough", "A1"))

    assert (found["outcome"], found["persons"][0]["found"]) == ("applied", True)
    assert [change["resource"].split("/")[0] for change in found["changes"] if change["is_new"]] == ["Observation"]
    assert counts(database) == before


def test_what_cannot_be_applied_says_so_in_the_language_asked_for(database: Database) -> None:
    found = rehearse(database, Slips("desk", Settings()), frozenset(), Payload(b"useless 1", "1"), "zh_CN")
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


def test_an_element_that_only_moved_in_its_list_is_no_difference() -> None:
    before = {"name": [{"text": "a"}, {"text": "b"}], "active": True}
    after = {"name": [{"text": "c"}, {"text": "a"}], "gender": "male"}

    assert [(one.place, one.kind) for one in differences(before, after)] == [
        ("name[0].text", "changed"),
        ("active", "removed"),
        ("gender", "added"),
    ]
