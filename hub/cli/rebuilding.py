"""``hub identity rebuild``: what claims are compared and found by, made anew."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from hub.cli.opening import unless_running
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, say
from hub.language import _


@click.command(
    "rebuild",
    short_help=_("Describe all claims anew after an upgrade."),
    help=_(
        "Describe claims anew after an upgrade that spells names otherwise: by what they are compared, and by which "
        "names persons are found. hub run does the same before it applies anything. It goes on where it was stopped."
    ),
)
@click.option("--again", is_flag=True, help=_("All of them, although nothing has changed."))
@with_config
@with_json
def rebuild(again: bool, directory: Path, as_json: bool) -> None:
    from hub.cli.outline import outline
    from hub.database import open_database
    from hub.identity import rebuilding
    from hub.migrations import prepare

    config = outline(directory)
    unless_running(directory)
    with closing(open_database(config.database_url, base=directory)) as database:
        prepare(database)
        done = rebuilding.rebuild(database, again=again, told=tell)
    if as_json:
        put_json({"needed": done.needed, "claims": done.claims})
    elif done.needed:
        say(_("{claims} claims are described anew", claims=done.claims))
    else:
        say(_("nothing to do: every claim is described by today's spelling"))


def tell(done: int, claims: int) -> None:
    say(_("{done} of {claims} claims", done=done, claims=claims))
