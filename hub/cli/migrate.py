"""``hub migrate``: brings the tables to the form this version needs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from hub.cli.opening import unless_running
from hub.cli.options import with_config, with_json
from hub.cli.outline import outline
from hub.cli.tables import put_json, say
from hub.database import Database, open_database
from hub.language import _


@click.command(
    help=_(
        "Bring the database to the form this version needs; also makes a new one. hub run does the same when it starts."
    )
)
@click.option("--pending", "only_ask", is_flag=True, help=_("Only say whether there is something to do."))
@with_config
@with_json
def command(only_ask: bool, directory: Path, as_json: bool) -> None:
    from hub.migrations import HEAD, pending, prepare

    config = outline(directory)
    if not only_ask:
        unless_running(directory)
    with closing(open_database(config.database_url, base=directory, writable=not only_ask)) as database:
        needed = pending(database)
        before = revisions(database)
        if needed and not only_ask:
            prepare(database)
    done = needed and not only_ask
    if as_json:
        put_json({"pending": needed and not done, "applied": done, "before": before, "newest": HEAD})
    elif done:
        say(_("the database is now at revision {revision}", revision=HEAD))
    elif needed:
        say(_("the database needs revision {revision}; hub migrate brings it there", revision=HEAD))
    else:
        say(_("nothing to do: the database is at revision {revision}", revision=HEAD))


def revisions(database: Database) -> dict[str, str | None]:
    from hub.migrations import SCHEMAS, stored

    with database.read() as connection:
        return {log: stored(connection, log) for log in SCHEMAS}
