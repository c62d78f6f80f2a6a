"""``hub submit``: a file goes in by the door its sender would have used."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click

from hub.cli.exits import OK, PARTLY, REFUSED
from hub.cli.opening import Perform, performing
from hub.cli.options import GivenFile, with_config, with_json
from hub.cli.paging import Paging
from hub.cli.tables import put_json, put_table, say
from hub.errors import RetryLater
from hub.language import Text, _, preferred

LISTED = 1_000
"""So many that were refused are listed; all are kept."""
FIGURES = ("received", "resent", "refused")
Row = dict[str, Any]


@click.command(
    help=_(
        "Hand FILE ('-' is standard input; may be compressed with gzip) to FEED as if its sender had sent it: one "
        "payload, or a batch of any size, message by message. What is in is on disk when this returns, and applied as "
        "soon as the hub runs. If it is interrupted, the same command goes on where it stopped. Ends with 7 when the "
        "adapter refuses it, with 6 when it refuses some of many; what is refused is kept."
    )
)
@click.argument("feed")
@click.argument("file", type=GivenFile())
@with_config
@with_json
def command(feed: str, file: IO[bytes], directory: Path, as_json: bool) -> int:
    paging = Paging(file)
    with performing(directory) as perform:
        sent = Sent(feed, perform("submit_begun", feed=feed, file=paging.fingerprint))
        try:
            with progress(paging.size) as came_to:
                send(perform, paging, sent, came_to)
        except RetryLater:
            if paging.fingerprint and sent.at:
                say(_("{at} bytes are in; the same command goes on there", at=sent.at))
            raise
    return tell_one(sent, as_json) if sent.is_one else tell_all(sent, as_json)


class Sent:
    """How far a file is in, and what became of its messages; with what an earlier command sent of it."""

    def __init__(self, feed: str, begun: Row) -> None:
        self.feed = feed
        self.begun_at: int = begun["at"]
        self.at: int = begun["at"]
        self.mark: str = begun["mark"]
        self.figures = {name: begun[name] for name in FIGURES}
        self.first: Row | None = None
        self.rejects: list[Row] = []

    @property
    def is_one(self) -> bool:
        return sum(self.figures.values()) == 1 and self.first is not None

    def add(self, receipt: Row) -> None:
        """Of a file that can only hold one payload."""
        self.first = receipt
        self.figures["refused" if receipt["refusal"] else "resent" if receipt["resent"] else "received"] += 1

    def add_page(self, answer: Row) -> None:
        self.at, self.mark = answer["at"], answer["mark"]
        for name in FIGURES:
            self.figures[name] += answer[name]
        for receipt in answer["receipts"]:
            self.first = self.first or receipt
            if receipt["refusal"] and len(self.rejects) < LISTED:
                self.rejects.append(receipt)


def send(perform: Perform, paging: Paging, sent: Sent, came_to: Callable[[int], None]) -> None:
    paging.skip(sent.at)
    while True:
        body, more = paging.page()
        place = {"file": paging.fingerprint, "at": sent.at, "after": sent.mark, "more": more}
        answer = perform("submit_page", feed=sent.feed, body=_encoded(body), **place)
        if answer is None:
            sent.add(perform("submit", feed=sent.feed, body=_encoded(body + paging.rest())))
            return
        paging.consume(answer["at"] - sent.at)
        sent.add_page(answer)
        came_to(paging.place)
        if not more:
            return


class progress:  # noqa: N801 - reads like a function
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, size: int) -> None:
        self._bar = click.progressbar(length=size, file=sys.stderr) if size and sys.stderr.isatty() else None

    def __enter__(self) -> Callable[[int], None]:
        if self._bar is not None:
            self._bar.__enter__()
        return self._come_to

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def _come_to(self, place: int) -> None:
        if self._bar is not None:
            self._bar.update(place - self._bar.pos)


def tell_one(sent: Sent, as_json: bool) -> int:
    receipt = sent.first
    assert receipt is not None  # noqa: S101 - there is one
    receipt.pop("at", None)
    if as_json:
        put_json(receipt | {"feed": sent.feed, "refusal": refusal(receipt)})
    else:
        click.echo(sentence(receipt))
    return REFUSED if receipt["refusal"] else OK


def tell_all(sent: Sent, as_json: bool) -> int:
    rejects = [{"id": row["id"], "key": row["key"], "at": row["at"], **(refusal(row) or {})} for row in sent.rejects]
    figures = sent.figures
    if as_json:
        put_json({"feed": sent.feed, "begun_at": sent.begun_at, **figures, "rejects": rejects})
    else:
        if sent.begun_at:
            say(_("went on at byte {at}, where an earlier command stopped", at=sent.begun_at))
        if rejects:
            columns = [_("message"), _("key"), _("byte"), _("place"), _("reason")]
            put_table(columns, [[row["id"], row["key"], row["at"], row["place"], row["reason"]] for row in rejects])
        click.echo(_("{received} received, {resent} sent before, {refused} kept as refused", **figures))
    if not figures["refused"]:
        return OK
    return PARTLY if figures["received"] or figures["resent"] else REFUSED


def sentence(receipt: Row) -> str:
    number, key = receipt["id"], receipt["key"]
    if refused := refusal(receipt):
        return _("kept as refused, number {id}: {reason}", id=number, reason=refused["reason"])
    if receipt["resent"]:
        return _("sent before: it is message {id} (key {key}), and is applied once", id=number, key=key)
    return _("received as message {id} (key {key})", id=number, key=key)


def refusal(receipt: Row) -> dict[str, str] | None:
    """Why the door said no, in the reader's language."""
    if (found := receipt["refusal"]) is None:
        return None
    reason = Text(found["msgid"], found["args"]).render(preferred())
    return {"code": found["code"], "reason": reason, "place": found["place"]}


def _encoded(body: bytes) -> str:
    return base64.b64encode(body).decode()
