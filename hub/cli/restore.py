"""``hub restore``: a backup becomes the database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from hub.backup import restore
from hub.cli.opening import unless_running
from hub.cli.options import with_config, with_json
from hub.cli.outline import outline
from hub.cli.tables import put_json, say
from hub.database import open_database
from hub.language import _


@click.command(
    help=_(
        "Verify the backup in the folder SRC and make it the database of this configuration, which must be empty and "
        "not in use. Messages that came after the record was copied are applied again when the hub starts."
    )
)
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@with_config
@with_json
def command(source: Path, directory: Path, as_json: bool) -> None:
    config = outline(directory)
    unless_running(directory)
    with closing(open_database(config.database_url, base=directory, writable=False)) as database:
        manifest = restore(source, database)
    if as_json:
        put_json(manifest)
    else:
        say(_("restored the backup made at {time}; hub run goes on from there", time=manifest["made_at"]))
