"""``hub backup``: a verified copy of the database, while the hub runs."""

from __future__ import annotations

from pathlib import Path

import click

from hub.backup import back_up
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.language import _


@click.command(
    help=_(
        "Copy the database into the new folder DEST while the hub runs, and read the copy back to verify it. "
        "The copy holds personal data: keep it as safe as the database. The configuration is not in it."
    )
)
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@with_config
@with_json
def command(destination: Path, directory: Path, as_json: bool) -> None:
    with reading(directory) as (_config, database):
        with performing(directory) as perform:
            perform("note", action="backup", query=str(destination.resolve()))
        manifest = back_up(database, destination)
    if as_json:
        put_json(manifest | {"destination": str(destination)})
    else:
        put_table([_("holds"), _("number")], list(manifest["counts"].items()), numbers=[_("number")])
        say(_("verified: {destination}", destination=str(destination)))
