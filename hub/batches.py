"""Files of many messages, read in page by page: what was in them and how far they were read is on disk together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from sqlalchemy import bindparam, delete, select

from hub.adapter import Adapter, Payload, Piece, Receipt
from hub.database import Connection, Database, Statement
from hub.errors import Refused
from hub.journal import Also, Arrival, FeedRules
from hub.model import Json
from hub.schema import reading

GROUP_MESSAGES, GROUP_BYTES = 64, 4_000_000
"""Kept with one commit. Small: senders at the doors wait that long."""
FIGURES = ("received", "resent", "refused")

Place = tuple[int, str]
"""A byte of a file, and the mark of what lies before it."""
BEGINNING: Place = (0, "")

Keep = Callable[[Sequence[Arrival], Also], list[Receipt]]
"""Keeps all in one commit, with what is written also; or nothing."""

_WHICH = (reading.c.feed == bindparam("whose"), reading.c.file == bindparam("which"))
_find = Statement(
    select(reading.c.at, reading.c.mark, reading.c.received, reading.c.resent, reading.c.refused).where(*_WHICH)
)
_forget = Statement(delete(reading).where(*_WHICH))


def _note(insert: Callable[..., Any]) -> Any:
    names = ("feed", "file", "at", "mark", *FIGURES)
    fresh = insert(reading).values({name: bindparam(name) for name in names})
    more = {name: reading.c[name] + fresh.excluded[name] for name in FIGURES}
    return fresh.on_conflict_do_update(
        index_elements=["feed", "file"], set_={"at": fresh.excluded.at, "mark": fresh.excluded.mark, **more}
    )


_noted = Statement(_note)


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a file; ``file`` is its fingerprint, empty where nobody can come back to it."""

    feed: str
    file: str
    body: bytes
    at: int
    """Where in the file it begins."""
    after: str
    """The mark of what lies before."""
    more: bool
    """Whether the file goes on behind it."""


@dataclass(slots=True)
class Taken:
    """What became of a page, as far as it is on disk."""

    at: int
    mark: str
    receipts: list[Json] = field(default_factory=list)
    """Of what was refused; and of the first, whatever it was."""
    figures: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))


class Batches:
    """Takes pages; of one process, one at a time."""

    def __init__(self, database: Database, keep: Keep) -> None:
        self._database = database
        self._keep = keep
        self._turn = threading.Lock()

    def begun(self, feed: str, file: str) -> Json:
        """How far an earlier command came with a file; it may have been killed while its last page is under way."""
        with self._turn, self._database.read() as connection:
            found = connection.row(_find, whose=feed, which=file)
        return dict(zip(("at", "mark", *FIGURES), found or (*BEGINNING, 0, 0, 0), strict=True))

    def take(self, page: Page, adapter: Adapter[Any], rules: FeedRules) -> Json | None:
        """None when the adapter knows no batches: then the file is one payload."""
        pieces = adapter.split(BytesIO(page.body), page.after, more=page.more)
        if pieces is None:
            return None
        taken = Taken(page.at, page.after)
        with self._turn:
            for group in _groups(pieces):
                self._keep_group(page, group, rules, taken)
            if page.file and not page.more:
                self._keep([], lambda connection, _: _through(connection, page))
        return {"at": taken.at, "mark": taken.mark, "receipts": taken.receipts, **taken.figures}

    def _keep_group(self, page: Page, group: Sequence[Piece], rules: FeedRules, taken: Taken) -> None:
        begins = [taken.at, *(page.at + piece.end for piece in group)]
        payloads = [(payload, at) for piece, at in zip(group, begins, strict=False) for payload in piece.payloads]
        before, behind = (taken.at, taken.mark), (begins[-1], group[-1].mark)

        def also(connection: Connection, receipts: Sequence[Receipt]) -> None:
            if page.file:
                _go_on(connection, page, before, behind, _figures(receipts))

        receipts = self._keep([Arrival(page.feed, payload, rules) for payload, _ in payloads], also)
        for receipt, (payload, at) in zip(receipts, payloads, strict=True):
            if receipt.refusal or not taken.receipts:
                taken.receipts.append(described(receipt, payload) | {"at": at})
        for name, found in _figures(receipts).items():
            taken.figures[name] += found
        taken.at, taken.mark = behind


def _go_on(connection: Connection, page: Page, before: Place, behind: Place, figures: dict[str, int]) -> None:
    known = connection.row(_find, whose=page.feed, which=page.file)
    if (known[:2] if known else BEGINNING) != before:
        raise Refused("another command is reading this file in at the same time")
    at, mark = behind
    connection.run(_noted, feed=page.feed, file=page.file, at=at, mark=mark, **figures)


def _through(connection: Connection, page: Page) -> None:
    connection.run(_forget, whose=page.feed, which=page.file)


def _figures(receipts: Sequence[Receipt]) -> dict[str, int]:
    refused = sum(receipt.refusal is not None for receipt in receipts)
    resent = sum(receipt.resent for receipt in receipts)
    return {"received": len(receipts) - refused - resent, "resent": resent, "refused": refused}


def described(receipt: Receipt, payload: Payload) -> Json:
    refusal = receipt.refusal
    return {
        "id": receipt.message_id,
        "key": payload.key,
        "received_at": receipt.received_at.isoformat(),
        "resent": receipt.resent,
        "refusal": refusal
        and {"code": refusal.code, "msgid": refusal.text.msgid, "args": refusal.text.args, "place": refusal.place},
    }


def _groups(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    messages = size = 0
    for piece in pieces:
        group.append(piece)
        messages += len(piece.payloads)
        size += sum(len(payload.body) for payload in piece.payloads)
        if messages >= GROUP_MESSAGES or size >= GROUP_BYTES:
            yield group
            group, messages, size = [], 0, 0
    if group:
        yield group
