"""``hub submit``: a file goes in by the door its sender would have used."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import IO, Any

import click

from hub.cli.exits import OK, REFUSED
from hub.cli.opening import performing
from hub.cli.options import GivenFile, with_config, with_json
from hub.cli.tables import put_json
from hub.language import Text, _, preferred


@click.command(
    help=_(
        "Hand one payload, the bytes of FILE ('-' is standard input), to FEED as if its sender had sent it. "
        "It is on disk when this returns, and applied as soon as the hub runs. Ends with 7 when the adapter refuses "
        "it; then it is kept as refused."
    )
)
@click.argument("feed")
@click.argument("file", type=GivenFile())
@with_config
@with_json
def command(feed: str, file: IO[bytes], directory: Path, as_json: bool) -> int:
    body = file.read()
    with performing(directory) as perform:
        receipt = perform("submit", feed=feed, body=base64.b64encode(body).decode())
    if as_json:
        put_json(receipt | {"feed": feed, "refusal": refusal(receipt)})
    else:
        click.echo(sentence(receipt))
    return REFUSED if receipt["refusal"] else OK


def sentence(receipt: dict[str, Any]) -> str:
    number, key = receipt["id"], receipt["key"]
    if refused := refusal(receipt):
        return _("kept as refused, number {id}: {reason}", id=number, reason=refused["reason"])
    if receipt["resent"]:
        return _("sent before: it is message {id} (key {key}), and is applied once", id=number, key=key)
    return _("received as message {id} (key {key})", id=number, key=key)


def refusal(receipt: dict[str, Any]) -> dict[str, str] | None:
    """Why the door said no, in the reader's language."""
    if (found := receipt["refusal"]) is None:
        return None
    reason = Text(found["msgid"], found["args"]).render(preferred())
    return {"code": found["code"], "reason": reason, "place": found["place"]}
