"""Documents inside messages go to the feed that reads their type, once each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pluggy
import pytest

from hub import hookspecs
from hub.adapter import Adapter, Delivery, Message, Payload, Receipt, Settings
from hub.app import App
from hub.config import load
from hub.database import Database, open_database
from hub.deliver import Deliver
from hub.deliver.handing import Handing
from hub.errors import ParseError, Rejected
from hub.journal import Arrival, FeedRules, Journal
from hub.loader import Plugin, Plugins
from hub.migrations import prepare
from hub.model import Document, RecordUpdate
from hub.outbox import Deliveries
from hub.pipeline import Pipeline
from hub.pipeline.documents import readers
from hub.settlement import Settlements
from tests.hub.spine import opened, until

LETTER = "text/x-letter"


class Envelopes(Adapter[Settings]):
    """Each line of a message is a document: its type, then what it says."""

    name = "envelopes"

    def parse(self, message: Message) -> Iterator[RecordUpdate]:
        if message.body.startswith(b"torn"):
            raise ParseError("torn")
        for line in message.body.splitlines():
            media_type, _, text = line.decode().partition(" ")
            yield RecordUpdate(None, documents=(Document(text, media_type, text.encode()),))


class Letters(Adapter[Settings]):
    name = "letters"
    media_types = frozenset({LETTER})

    def parse(self, message: Message) -> Iterator[RecordUpdate]:
        if message.body == b"nested":
            yield RecordUpdate(None, documents=(Document("inner", LETTER, b"inner"),))


class Post:
    """A feed of envelopes, one that reads letters, and what hands them over."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.adapters: dict[str, Adapter[Settings]] = {
            "post": Envelopes("post", Settings()),
            "mail": Letters("mail", Settings()),
        }
        self.pipeline = Pipeline(database, self.adapters)
        self.pipeline.readers = readers(self.adapters, frozenset(self.adapters))
        self.handing = Handing("mail", self.adapters, self.receive, 5.0)

    def receive(self, payload: Payload) -> Receipt:
        return self.append("mail", payload)

    def append(self, feed: str, payload: Payload) -> Receipt:
        (receipt,) = Journal(self.database).append([Arrival(feed, payload, FeedRules())])
        return receipt

    def post(self, text: str, **more: int) -> int:
        """A message of the envelopes, applied."""
        payload = Payload(text.encode(), text, **more)  # type: ignore[arg-type] # only replay_of
        receipt = self.append("post", payload)
        while self.pipeline.step("post"):
            pass
        return receipt.message_id

    def queued(self) -> list[tuple[str, int, int]]:
        return sorted((one.destination, one.message, one.part) for one in Deliveries(self.database).listed())

    def mail(self) -> dict[str, bytes]:
        journal, found = Journal(self.database), Settlements(self.database).messages(feed="mail", newest_first=False)
        kept = [journal.message(state.id) for state in found]
        return {message.key: message.body for message in kept if message}


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    with opened(database_url) as database:
        yield Post(database)


def test_each_document_becomes_a_message_of_the_feed_that_reads_its_type(post: Post) -> None:
    first = post.post(f"{LETTER} one\ntext/plain two\n{LETTER};charset=UTF-8 three")
    second = post.post(f"{LETTER} four")
    failed: list[BaseException] = []
    deliver = Deliver(post.database, {post.handing.destination: post.handing}, failed.append, 0.05)
    deliver.start()
    try:
        until(lambda: len(post.mail()) == 3)
    finally:
        deliver.stop()
    assert not failed
    assert post.mail() == {f"{first}/1": b"one", f"{first}/3": b"three", f"{second}/1": b"four"}


def test_nothing_is_queued_for_a_type_nobody_reads_nor_by_what_is_parked(post: Post) -> None:
    post.post("text/plain one")
    post.post("torn")
    assert post.queued() == []
    post.append("mail", Payload(b"nested", "n"))
    post.pipeline.step("mail")
    assert post.queued() == [], "no feed is handed what is inside its own messages"


def test_a_replay_and_an_interrupted_delivery_hand_over_nothing_twice(post: Post) -> None:
    first = post.post(f"{LETTER} one")
    post.post(f"{LETTER} one", replay_of=first)
    assert post.queued() == [("feeds/mail", first, 1)]
    message = Journal(post.database).message(first)
    assert message is not None
    delivery = Delivery(1, message, 0, 1)
    assert post.handing.send(delivery) == post.handing.send(delivery)
    assert len(post.mail()) == 1


def test_a_document_that_is_not_there_any_more_is_set_aside(post: Post) -> None:
    message = Journal(post.database).message(post.post(f"{LETTER} one"))
    assert message is not None
    with pytest.raises(Rejected):
        post.handing.send(Delivery(1, message, 0, 2))
    with pytest.raises(Rejected):
        post.handing.send(Delivery(1, replace(message, feed="gone"), 0, 1))


def test_a_hub_that_runs_hands_them_over(tmp_path: Path) -> None:
    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager, [Plugin("post", "post", "", "", (Envelopes, Letters))])
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text("[work]\nsweep_seconds = 0.05\n")
    for feed, adapter in {"post": "envelopes", "mail": "letters"}.items():
        (tmp_path / "feeds" / f"{feed}.toml").write_text(f'adapter = "{adapter}"\n')
    config = load(tmp_path, plugins.adapters())
    with closing(open_database(config.database_url, base=tmp_path)) as database:
        prepare(database)
        Journal(database).append([Arrival("post", Payload(f"{LETTER} one".encode(), "K"), FeedRules())])
    app = App(config, plugins, ["work", "deliver"])
    app.start()
    try:
        with closing(open_database(config.database_url, base=tmp_path, writable=False)) as database:
            until(lambda: [state.status for state in Settlements(database).messages(feed="mail")] == ["applied"])
    finally:
        app.stop()
