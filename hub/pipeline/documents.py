"""Documents inside a message, for the feeds whose adapters read their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.adapter import Adapter, Message
from hub.model import Document, RecordUpdate
from hub.outbox import Due

INSIDE = "feeds/"
"""Before the name of a feed that is told of documents: no destination outside can be called so."""


def readers(adapters: Mapping[str, Adapter[Any]], served: frozenset[str]) -> dict[str, str]:
    """The feed for each type of document; of several the first by name."""
    return {
        plain_type(each): feed
        for feed in sorted(served, reverse=True)
        if feed in adapters
        for each in adapters[feed].media_types
    }


def documents(updates: Sequence[RecordUpdate]) -> Iterator[tuple[int, Document]]:
    """Numbered from 1 over the whole message."""
    return enumerate((document for update in updates for document in update.documents), 1)


def due_documents(message: Message, updates: Sequence[RecordUpdate], read_by: Mapping[str, str]) -> Iterator[Due]:
    """Nobody is told of a type that nobody reads, and no feed of what is inside its own messages."""
    for part, document in documents(updates):
        feed = read_by.get(plain_type(document.media_type))
        if feed is not None and feed != message.feed:
            yield Due(INSIDE + feed, message.replay_of or message.id, part)


def plain_type(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
