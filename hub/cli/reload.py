"""``hub reload``: a running hub reads its configuration again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from hub import control
from hub.cli.exits import CONFIGURATION, FAILED, OK, PARTLY
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, say
from hub.errors import Unavailable
from hub.language import _, preferred
from hub.model import Json


@click.command(
    help=_(
        "Have the running hub read its configuration again. Only feeds that changed are restarted, and any mistake "
        "leaves all as it was. FEEDS that are named are restarted even if their files are the same: a certificate may "
        "have been renewed."
    )
)
@click.argument("feeds", nargs=-1)
@with_config
@with_json
def command(feeds: tuple[str, ...], directory: Path, as_json: bool) -> int:
    connection = control.connect(directory)
    if connection is None:
        raise Unavailable("no hub runs with this configuration; hub run starts one")
    with closing(connection):
        done = control.ask(connection, "reload", {"feeds": feeds, "language": preferred()})
    if as_json:
        put_json(done)
    else:
        tell(done)
    return ended(done)


def ended(done: Json) -> int:
    if done.get("mistakes"):
        return CONFIGURATION
    if not done["failed"]:
        return OK
    return PARTLY if any(done[what] for what in ("changed", "opened", "closed", "others")) else FAILED


def tell(done: Json) -> None:
    if mistakes := done.get("mistakes"):
        for mistake in mistakes:
            say(str(mistake["text"]))
        say(_("nothing was changed: the hub goes on as before"))
        return
    lines = [
        (_("changed: {names}"), done["changed"]),
        (_("now open: {names}"), done["opened"]),
        (_("now closed: {names}"), done["closed"]),
        (_("also changed: {names}"), done["others"]),
    ]
    told = [line.format(names=", ".join(names)) for line, names in lines if names]
    for line in told:
        click.echo(line)
    if "identity" in done["others"]:
        say(_("identity: in force for whoever is spoken of from now on; persons nobody speaks of stay as they are"))
    for reason in done["failed"].values():
        say(_("{reason}; this feed goes on as before", reason=reason))
    if done["restart"]:
        say(_("only a restart of the hub changes: {names}", names=", ".join(done["restart"])))
    if not told and not done["failed"]:
        say(_("no feed has changed"))
