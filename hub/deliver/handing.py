"""Hands a document inside one feed's message to the door of the feed that reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.adapter import Adapter, Delivery, Payload, Receipt, Sender, Settings
from hub.errors import Rejected
from hub.model import Document
from hub.pipeline import Parser
from hub.pipeline.documents import INSIDE, documents


class Handing(Sender[Settings]):
    """Its line is like that of a destination outside, so that a document is handed over once, in order, after any kill.

    ``adapters`` are all feeds', by name, and may change.
    """

    name = "feed"
    deduplicates = True

    def __init__(
        self,
        feed: str,
        adapters: Mapping[str, Adapter[Any]],
        receive: Callable[[Payload], Receipt],
        parse_seconds: float,
    ) -> None:
        super().__init__(INSIDE + feed, Settings())
        self._feed = feed
        self._adapters = adapters
        self._receive = receive
        self._parser = Parser(parse_seconds)

    def send(self, delivery: Delivery) -> bytes:
        """The number of the message it has become."""
        document = self._document(delivery)
        payload = self._adapters[self._feed].admit(document.body)
        receipt = self._receive(replace(payload, key=f"{delivery.message.id}/{delivery.part}"))
        return str(receipt.message_id).encode()

    def close(self) -> None:
        self._parser.close()

    def _document(self, delivery: Delivery) -> Document:
        adapter = self._adapters.get(delivery.message.feed)
        if adapter is None:
            raise Rejected("there is no feed {feed} in this configuration", feed=delivery.message.feed)
        parsed = self._parser.parse(adapter, [delivery.message])[0]
        found = dict(documents(parsed.updates)).get(delivery.part)
        if found is None:
            raise Rejected("the message holds no document {part} any more", part=delivery.part)
        return found
