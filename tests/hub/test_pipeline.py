from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

import pytest

from hub.adapter import Message, Settings
from hub.database import Connection, Database
from hub.errors import AdapterCrashed, Collision, JournalFailed, Unavailable
from hub.identity.rules import Rules
from hub.journal import Arrival, Journal
from hub.model import Claim, Document, Link, Merge, Move, RecordUpdate, Replace, Resource, Unlink, Unmapped
from hub.pipeline import Pipeline
from hub.pipeline.verdicts import sound
from hub.settlement import MessageState, Settlements
from tests.hub.spine import Obedient, Remembering, applied, opened, payload


class Word(StrEnum):
    ONE = "one"


PATIENT = Claim("1", {"resourceType": "Patient"})


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


def pipeline(database: Database, seconds: float = 30.0, application: type[Remembering] = Remembering) -> Pipeline:
    return Pipeline(database, {"north": Obedient("north", Settings())}, Rules(), seconds, application)


def receive(database: Database, *bodies: str) -> None:
    Journal(database).append([Arrival("north", payload(body)) for body in bodies])


def drain(pipeline: Pipeline, limit: int = 200) -> None:
    while pipeline.step("north", limit):
        pass


def states(database: Database) -> list[MessageState]:
    return list(Settlements(database).messages(newest_first=False))


def test_messages_are_applied_in_the_order_they_came(database: Database) -> None:
    bodies = [f"visit {number}" for number in range(50)]
    receive(database, *bodies)
    drain(pipeline(database), limit=7)
    assert applied(database) == bodies
    assert {state.status for state in states(database)} == {"applied"}
    assert [state.id for state in Settlements(database).messages(claims=["13"])] == [14]


@pytest.mark.parametrize(
    ("poison", "status", "code"),
    [
        ("garbled", "parked", "parse_error"),
        ("useless", "skipped", "unsupported"),
        ("raises", "parked", "adapter_crashed"),
        ("exits", "parked", "adapter_crashed"),
        ("nonsense", "parked", "adapter_crashed"),
        ("late", "parked", "adapter_crashed"),
        ("rejected", "parked", "rejected"),
        ("breaks", "parked", "apply_failed"),
    ],
)
def test_a_bad_message_is_settled_with_a_reason_and_the_feed_goes_on(
    database: Database, caplog: pytest.LogCaptureFixture, poison: str, status: str, code: str
) -> None:
    caplog.set_level(logging.DEBUG)
    receive(database, "visit 1", f"{poison} 2", "visit 3")
    drain(pipeline(database))
    assert applied(database) == ["visit 1", "visit 3"]
    one, bad, three = states(database)
    assert (one.status, bad.status, bad.code, three.status) == ("applied", status, code, "applied")
    assert "canary" not in f"{bad.reason} {caplog.text}"
    assert str(bad.reason)


def test_a_message_its_adapter_hangs_on_is_parked_and_what_came_before_is_settled_first(database: Database) -> None:
    receive(database, "visit 1", "hangs 2", "visit 3", "hangs 4")
    begin = time.monotonic()
    line = pipeline(database, seconds=0.3)
    drain(line)
    assert time.monotonic() - begin < 5
    assert applied(database) == ["visit 1", "visit 3"]
    assert [state.code for state in states(database)] == ["", "adapter_crashed", "", "adapter_crashed"]


def test_a_hang_does_not_leave_its_thread_running(database: Database) -> None:
    import threading

    before = {thread for thread in threading.enumerate() if thread.name == "parse"}
    receive(database, "hangs 1")
    drain(pipeline(database, seconds=0.2))
    for thread in set(threading.enumerate()) - before:
        if thread.name == "parse":
            thread.join(5)
            assert not thread.is_alive()


def test_one_that_fails_to_apply_takes_none_of_its_batch_with_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    receive(database, "visit 1", "breaks 2", "rejected 3", "visit 4", "breaks 5")
    drain(pipeline(database))
    assert applied(database) == ["visit 1", "visit 4"]
    (feed,) = Settlements(database).feeds()
    assert (feed.applied, feed.parked, feed.waiting) == (2, 3, 0)
    [said] = [one for one in caplog.records if getattr(one, "event", "") == "batch.apart"]
    assert said.levelno == logging.WARNING
    facts = {name: said.facts[name] for name in ("feed", "count", "first")}  # type: ignore[attr-defined]
    assert facts == {"feed": "north", "count": 5, "first": 1}


def test_a_message_that_fails_alone_is_no_batch_that_failed(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    receive(database, "breaks 1")
    drain(pipeline(database))
    assert "batch.apart" not in {getattr(one, "event", "") for one in caplog.records}


@pytest.mark.parametrize("error", [Collision("first"), Unavailable("full"), JournalFailed("disk")])
def test_what_is_the_databases_fault_parks_nothing(database: Database, error: Exception) -> None:
    class Failing(Remembering):
        def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
            if message.id == 2:
                raise error
            return super().take(message, updates)

    receive(database, "visit 1", "visit 2")
    with pytest.raises(type(error)):
        pipeline(database, application=Failing).step("north")
    assert applied(database) == []
    assert {state.status for state in states(database)} == {"received"}
    drain(pipeline(database))
    assert applied(database) == ["visit 1", "visit 2"]


def test_a_flush_that_fails_is_found_by_trying_one_by_one(database: Database) -> None:
    class Lazy(Remembering):
        def __init__(self, connection: Connection, rules: Rules) -> None:
            super().__init__(connection, rules)
            self.held: list[tuple[Message, Sequence[RecordUpdate]]] = []

        def take(self, message: Message, updates: Sequence[RecordUpdate]) -> frozenset[str]:
            self.held.append((message, updates))
            return frozenset()

        def flush(self) -> Sequence[int]:
            for message, updates in self.held:
                super().take(message, updates)
            return ()

    receive(database, "visit 1", "breaks 2", "visit 3")
    drain(pipeline(database, application=Lazy))
    assert applied(database) == ["visit 1", "visit 3"]


def test_a_refused_payload_is_passed_over(database: Database) -> None:
    from hub.adapter import Refusal
    from hub.language import Text

    Journal(database).append([Arrival("north", payload("bad", refusal=Refusal("encoding", Text("no"))))])
    receive(database, "visit 1")
    drain(pipeline(database))
    assert applied(database) == ["visit 1"]
    assert [state.status for state in states(database)] == ["refused", "applied"]


def test_a_replay_of_what_was_parked_applies_it(database: Database) -> None:
    receive(database, "breaks 1")
    drain(pipeline(database))
    Journal(database).append([Arrival("north", payload("visit 1", replay_of=1))])
    drain(pipeline(database))
    assert applied(database) == ["visit 1"]
    assert [state.status for state in states(database)] == ["applied", "applied"]


@pytest.mark.parametrize(
    "updates",
    [
        None,
        3,
        ["text"],
        [RecordUpdate("someone")],  # type: ignore[arg-type]
        [RecordUpdate(Claim(7, {}))],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, (Resource("", {"resourceType": "Encounter"}),))],
        [RecordUpdate(PATIENT, (Resource("1", {}),))],
        [RecordUpdate(PATIENT, (Resource("1", {"resourceType": "../x"}),))],
        [RecordUpdate(PATIENT, (Resource("1", ["resourceType"]),))],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, events=("death",))],  # type: ignore[arg-type]
        [RecordUpdate(None, events=(Link(PATIENT),))],
        [RecordUpdate(PATIENT, events=(Link("2"),))],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, events=(Move(("Encounter", "")),))],
        [RecordUpdate(PATIENT, events=(Move("Encounter/1"),))],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, events=(Replace("Patient", "1", "2"),))],
        [RecordUpdate(PATIENT, events=(Replace("Encounter", "1", ""),))],
        [RecordUpdate(PATIENT, documents=(Document("1", "text/xml", "text"),))],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, unmapped=(Unmapped("sex", ""),))],
        [RecordUpdate(PATIENT, recorded_at="2024-01-01")],  # type: ignore[arg-type]
        [RecordUpdate(PATIENT, resources=5)],  # type: ignore[arg-type]
    ],
)
def test_updates_that_are_not_what_was_agreed_never_reach_the_record(updates: object) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - any error parks the message
        sound(updates)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (Decimal("-Infinity"), "-Infinity"),
        ("a\0b", "U+0000"),
        ("a\x1bb", "U+001B"),
        (["a\x08"], "U+0008"),
        ({"inner": [{"deep": b"bytes"}]}, "bytes"),
        ({"a", "b"}, "set"),
        (object(), "object"),
        (("a",), "tuple"),
        ({7: "seven"}, "int"),
        ({"na\0me": 7}, "U+0000"),
    ],
)
def test_values_that_fhir_cannot_say_never_reach_the_record(value: object, named: str) -> None:
    for update in (
        RecordUpdate(PATIENT, (Resource("1", {"resourceType": "Observation", "value": value}),)),
        RecordUpdate(Claim("1", {"resourceType": "Patient", "value": value})),
        RecordUpdate(PATIENT, events=(Merge(Claim("2", {"value": value})),)),
    ):
        with pytest.raises(AdapterCrashed) as caught:
            sound([update])
        assert caught.value.text.args["what"].lower() == named.lower()


def test_values_that_fhir_can_say_pass() -> None:
    values: list[object] = [
        None,
        True,
        7,
        1.5,
        Decimal("1.50"),
        "一行\r\n\t二",
        "a\u3000b\x7f",
        Word.ONE,
        [],
        {},
        {"_a": [None, "b"]},
    ]
    update = RecordUpdate(PATIENT, (Resource("1", {"resourceType": "Observation", "value": values}),))
    assert sound([update]) == (update,)


def test_sound_events_documents_and_codes_pass() -> None:
    events = (Link(PATIENT), Unlink(PATIENT), Move(("Encounter", "1"), PATIENT), Replace("Encounter", "1", "2"))
    found = RecordUpdate(PATIENT, (), events, None, (Document("1", "text/xml", b""),), (Unmapped("sex", "X"),))
    nobody = RecordUpdate(None, events=(Replace("Location", "1", "2"),))
    assert sound([found, nobody]) == (found, nobody)


def test_sound_updates_pass() -> None:
    update = RecordUpdate(PATIENT, (Resource("V1", {"resourceType": "Encounter"}),))
    assert sound(iter([update, RecordUpdate(None)])) == (update, RecordUpdate(None))
