from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.adapter import Delivery, Message, Sender, Settings
from hub.database import Database
from hub.errors import NotFound, ParseError, Refused
from hub.journal import Arrival, Journal, pack, unpack
from hub.language import Bilingual, Text
from hub.outbox import Deliveries, Due, Ended, Outbox, Routing, Status, Told, queue
from hub.pipeline import Pipeline
from hub.review import Reviews
from tests.hub.spine import Obedient, Remembering, opened, payload


class Choosy(Sender[Settings]):
    """Wants what its name stands in."""

    name = "choosy"

    def wants(self, message: Message) -> bool:
        if b"unroutable" in message.body:
            raise ZeroDivisionError("canary")
        if b"illegible" in message.body:
            raise ParseError("it has no header")
        return self.destination.encode() in message.body

    def send(self, delivery: Delivery) -> bytes:
        raise AssertionError(delivery)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


def pipeline(database: Database, **feeds: set[str] | None) -> Pipeline:
    """With a destination for each argument, which says of which feeds it is told."""
    made = Pipeline(database, {"north": Obedient("north", Settings())}, application=Remembering)
    made.routing.serve(
        Told(Choosy(name, Settings()), None if told is None else frozenset(told)) for name, told in feeds.items()
    )
    return made


def bring(database: Database, *bodies: str, **more: Any) -> list[int]:
    receipts = Journal(database).append([Arrival("north", payload(body, **more)) for body in bodies])
    return [receipt.message_id for receipt in receipts]


def queued(database: Database, destination: str = "") -> list[tuple[str, int, Status]]:
    return [(one.destination, one.message, one.status) for one in Deliveries(database).listed(destination)][::-1]


def test_what_a_destination_wants_is_queued_with_the_record(database: Database) -> None:
    bring(database, "visit lab", "visit", "visit lab pharmacy")
    pipeline(database, lab=None, pharmacy={"north"}, elsewhere={"south"}).step("north")
    assert queued(database) == [("lab", 1, "waiting"), ("lab", 3, "waiting"), ("pharmacy", 3, "waiting")]


def test_who_has_something_new_is_told_after_the_commit(database: Database) -> None:
    heard: list[set[str]] = []
    bring(database, "visit lab", "visit")
    made = pipeline(database)
    made.routing = Routing(lambda names: heard.append({*names, *(name for name, _, _ in queued(database))}))
    made.routing.serve([Told(Choosy("lab", Settings()))])
    made.step("north")
    assert heard == [{"lab"}]


def test_a_parked_message_is_told_when_a_replay_succeeds_and_then_once(database: Database) -> None:
    bring(database, "rejected lab", "useless lab", "visit lab")
    made = pipeline(database, lab=None)
    made.step("north")
    assert queued(database) == [("lab", 2, "waiting"), ("lab", 3, "waiting")]
    bring(database, "visit lab", replay_of=1)
    bring(database, "visit lab", replay_of=1)
    bring(database, "visit lab", replay_of=3)
    made.step("north")
    assert [entry for _, entry, _ in queued(database)] == [2, 3, 1]


def test_a_destination_added_later_starts_from_now(database: Database) -> None:
    bring(database, "visit lab")
    pipeline(database).step("north")
    bring(database, "another visit lab")
    pipeline(database, lab=None).step("north")
    assert queued(database) == [("lab", 2, "waiting")]


def test_a_route_that_breaks_is_set_aside_for_a_person_and_stops_nobody(database: Database) -> None:
    bring(database, "unroutable", "visit lab")
    pipeline(database, lab=None).step("north")
    assert queued(database) == [("lab", 1, "failed"), ("lab", 2, "waiting")]
    (found,) = Deliveries(database).of_message(1)
    assert str(found.reason) == "its route could not be decided: ZeroDivisionError"


def test_a_route_that_cannot_read_a_message_says_why(database: Database) -> None:
    bring(database, "illegible lab")
    pipeline(database, lab=None).step("north")
    (found,) = Deliveries(database).of_message(1)
    assert (found.status, str(found.reason)) == ("failed", "its route could not be decided: it has no header")


def test_a_sentence_within_a_reason_is_read_in_each_language() -> None:
    inner = Text("cannot be read: {reason}", {"reason": Text("Connection refused")})
    outer = Text("{address} cannot be reached: {reason}", {"address": "lab:1", "reason": inner})
    code, text, place = unpack(pack(outer, code="busy", place="MSH"))
    assert (code, text, place) == ("busy", outer, "MSH")
    assert str(text) == "lab:1 cannot be reached: cannot be read: Connection refused"
    assert text.render("zh_CN") == outer.render("zh_CN") != str(text)
    name = Bilingual("Nanshan", {}, "南山")
    assert unpack(pack(Text("{who}", {"who": name})))[1].render("zh_CN") == "南山"


@pytest.fixture
def outbox(database: Database) -> Outbox:
    bring(database, "one", "two", "three")
    database.serially(lambda connection: queue(connection, [Due("lab", number) for number in (1, 2, 3)]))
    return Outbox(database)


def test_the_same_is_queued_once(database: Database, outbox: Outbox) -> None:
    assert outbox.head("lab") is not None
    database.serially(lambda connection: queue(connection, [Due("lab", 1), Due("lab", 1, part=1), Due("pharmacy", 1)]))
    assert len(queued(database)) == 5


def test_one_commit_ends_a_delivery_and_begins_the_next(database: Database, outbox: Outbox) -> None:
    first = outbox.head("lab")
    assert first
    assert outbox.write(None, first)
    assert not outbox.write(None, first)  # somebody else may not begin it too
    second = outbox.head("lab", besides=first.id)
    assert second
    assert outbox.write(Ended(first, "sent", answer=b"AA"), second)
    assert [status for _, _, status in queued(database)] == ["sent", "sending", "waiting"]
    assert [entry.id for entry in outbox.interrupted("lab")] == [second.id]
    (figures,) = Deliveries(database).figures()
    assert (figures.waiting, figures.ended) == (1, {"sent": 1})


def test_what_nobody_knows_opens_a_review_that_a_decision_closes(database: Database, outbox: Outbox) -> None:
    first = outbox.head("lab")
    assert first
    outbox.write(None, first)
    outbox.write(Ended(first, "unknown", "uncertain", Text("there was no answer")), None)
    (review,) = Reviews(database).list()
    assert (review.kind, review.entry, review.detail["destination"]) == ("delivery", 1, "lab")
    Deliveries(database).resend(first.id)
    assert Reviews(database).list()[0].status == "closed"
    again = outbox.head("lab")
    assert again
    assert (again.id, again.attempts) == (first.id, 1)
    outbox.write(None, again)
    outbox.write(Ended(again, "unknown", "uncertain", Text("there was no answer")), None)
    assert [review.status for review in Reviews(database).list()] == ["open", "closed"]


def test_what_is_dropped_is_not_told(database: Database, outbox: Outbox) -> None:
    Deliveries(database).drop(1)
    head = outbox.head("lab")
    assert head
    assert head.id == 2
    outbox.write(None, head)
    outbox.write(Ended(head, "sent"), None)
    with pytest.raises(Refused):
        Deliveries(database).drop(2)
    with pytest.raises(Refused):
        Deliveries(database).resend(2)
    with pytest.raises(NotFound):
        Deliveries(database).resend(99)
    Deliveries(database).resend(1)
    assert [one.status for one in Deliveries(database).listed("lab")] == ["waiting", "sent", "waiting"]
    assert [one.id for one in Deliveries(database).listed(status="sent")] == [2]
    assert [one.id for one in Deliveries(database).listed(limit=2)] == [3, 2]
