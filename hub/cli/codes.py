"""``hub codes``: the maps from senders' codes to the standard's."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import click

from hub.cli.opening import performing
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.codes import Entry, map_files, read_map
from hub.codes.concept_map import to_concept_map
from hub.codes.files import COLUMNS, NAME, place_of, written_map
from hub.errors import NotFound, Refused
from hub.language import _
from hub.records.json import encode

with_feed = click.option("--feed", default="", help=_("The map of one feed; left out, the one for all."))


@click.group(help=_("List, show, import and export the maps from senders' codes to standard ones."))
def command() -> None:
    pass


@command.command("list", help=_("List the site's code maps: those for all feeds, then those of one."))
@with_config
@with_json
def list_(directory: Path, as_json: bool) -> None:
    rows = [{"map": each.name, "feed": each.feed, "rows": len(read_map(each.path))} for each in map_files(directory)]
    if as_json:
        put_json(rows)
    else:
        columns = [_("map"), _("feed"), _("rows")]
        put_table(columns, [[row["map"], row["feed"] or _("all"), row["rows"]] for row in rows], numbers=[_("rows")])


@command.command("show", help=_("Show the rows of one map."))
@click.argument("name", metavar="MAP")
@with_feed
@with_config
@with_json
def show(name: str, feed: str, directory: Path, as_json: bool) -> None:
    entries = rows_of(directory, name, feed)
    if as_json:
        put_json([{name: getattr(entry, name) for name in COLUMNS} for entry in entries])
        return
    columns = [_("code"), _("system"), _("meaning"), _("standard code"), _("standard system"), _("note")]
    put_table(
        columns,
        [
            [each.code, each.system, each.display, each.standard_code, each.standard_system, each.note]
            for each in entries
        ],
    )


@command.command("import", help=_("Put a map in the place of what was there, from CSV or a FHIR ConceptMap."))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--map", "name", default="", help=_("Its name; left out, that of the file."))
@with_feed
@with_config
@with_json
def import_(file: Path, name: str, feed: str, directory: Path, as_json: bool) -> None:
    body = base64.b64encode(file.read_bytes()).decode()
    with performing(directory) as perform:
        done = perform("import_codes", name=name or file.stem, feed=feed, body=body)
    if as_json:
        put_json(done)
    else:
        say(_("{map} has {rows} rows; {answered} reviews are answered by that", map=done["map"], rows=done["rows"],
              answered=done["answered"]))  # fmt: skip


@command.command("export", help=_("Write a map to standard output."))
@click.argument("name", metavar="MAP")
@with_feed
@click.option("--format", "kind", type=click.Choice(("csv", "json")), default="csv", help=_("json: a FHIR ConceptMap."))
@with_config
def export(name: str, feed: str, kind: str, directory: Path) -> None:
    entries = rows_of(directory, name, feed)
    content = written_map(entries) if kind == "csv" else encode(to_concept_map(name, feed, entries)) + b"\n"
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def rows_of(directory: Path, name: str, feed: str) -> list[Entry]:
    """Raises ``NotFound`` when there is no such map."""
    if not NAME.fullmatch(name) or (feed and not NAME.fullmatch(feed)):
        raise Refused("a code map is named in a-z, 0-9, _ and -")
    path = place_of(directory, name, feed)
    if not path.exists():
        raise NotFound("there is no code map {map}; hub codes list shows those there are", map=name)
    return read_map(path)
