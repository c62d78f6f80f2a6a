"""``hub feeds diff``: what the files as they are now would change of what a feed has sent."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from hub import control
from hub.cli.exits import CONFIGURATION, OK
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_heading, put_json, put_table, say
from hub.errors import Unavailable
from hub.language import _, preferred
from hub.model import Json
from hub.pipeline.comparing import KEY


@click.command(
    help=_(
        "Read the newest messages of FEED by the settings the hub runs with, and by those in the files as they are "
        "now, and show what differs: by kind of change, with how many messages it concerns and one of them. hub reload "
        "then makes the change. Nothing is written."
    )
)
@click.argument("feed")
@click.option("--last", default=200, show_default=True, type=click.IntRange(1, 10_000), help=_("How many messages."))
@click.option("--show-values", is_flag=True, help=_("Show the values of the example: they may be personal data."))
@with_config
@with_json
def command(feed: str, last: int, show_values: bool, directory: Path, as_json: bool) -> int:
    connection = control.connect(directory)
    if connection is None:
        raise Unavailable("no hub runs with this configuration; hub run starts one")
    with closing(connection):
        asked = {"feed": feed, "last": last, "values": show_values, "language": preferred()}
        found = control.ask(connection, "compare", asked)
    if as_json:
        put_json(found)
    else:
        tell(found)
    return CONFIGURATION if "mistakes" in found else OK


def tell(found: Json) -> None:
    for mistake in found.get("mistakes", ()):
        say(str(mistake["text"]))
    if "mistakes" in found:
        return
    put_heading(_("{changed} of the last {messages} messages would change", **found))
    words = {
        "outcome": _("outcome"),
        "added": _("added"),
        "removed": _("removed"),
        "changed": _("changed"),
    }
    rows = [[words[one["change"]], one["messages"], where(one), one["example"]] for one in found["changes"]]
    if rows:
        put_table([_("change"), _("messages"), _("what"), _("example")], rows, numbers=[_("messages"), _("example")])
    for one in found["changes"]:
        if "before" in one and one["change"] != "outcome":
            click.echo(f"{where(one)} ({_('message')} {one['example']})")
            click.echo(f"  - {shown(one['before'])}\n  + {shown(one['after'])}")


def where(one: Json) -> str:
    if one["change"] == "outcome":
        return f"{one['what']} → {one['path']}"
    if one["path"] == KEY:
        return _("{what}: its key at the sender, so it would be another one", what=one["what"])
    return f"{one['what']}.{one['path']}" if one["path"] else str(one["what"])


def shown(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
