"""``hub feeds test``: what files would change in the record, asked of the record itself; nothing is written."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import IO, Any

import click

from hub.cli.exits import OK, PARTLY
from hub.cli.opening import performing
from hub.cli.options import GivenFile, with_config, with_json
from hub.cli.questions import detail_word, kind_word, value_word
from hub.cli.tables import put_heading, put_json
from hub.language import _, preferred
from hub.model import Json

LONGEST = 100


@click.command(
    help=_(
        "Show what each FILE ('-' is standard input) would do if FEED sent it now: the outcome, the person it is "
        "about, the reviews it would open, and every element of the record it would change. Nothing is written. Ends "
        "with 6 when a message would not be applied."
    )
)
@click.argument("feed")
@click.argument("files", nargs=-1, required=True, type=GivenFile(), metavar="FILE...")
@with_config
@with_json
def command(feed: str, files: tuple[IO[bytes], ...], directory: Path, as_json: bool) -> int:
    found: list[Json] = []
    with performing(directory) as perform:
        for file in files:
            body = base64.b64encode(file.read()).decode()
            told = perform("rehearse", feed=feed, body=body, language=preferred())
            found += [{"file": file.name} | one for one in told]
    if as_json:
        put_json(found)
    else:
        for one in found:
            tell(one)
    return OK if all(one["outcome"] in {"applied", "skipped"} for one in found) else PARTLY


def tell(found: Json) -> None:
    words = {
        "applied": _("would be applied"),
        "skipped": _("would be skipped"),
        "parked": _("would be parked"),
        "refused": _("would be refused"),
    }
    place = f" ({found['place']})" if found["place"] else ""
    reason = f": {found['reason']}" if found["reason"] else ""
    put_heading(f"{found['file']} · {_('key')} {found['key']}: {words[found['outcome']]}{reason}{place}")
    for person in found["persons"]:
        which = _("known person") if person["found"] else _("new person")
        number = _("known there by the number {number}", number=person["number"] or "-")
        click.echo(f"  {which} Patient/{person['person']} ({number})")
    for review in found["reviews"]:
        click.echo(
            "  " + _("would open a review: {kind} {detail}", kind=kind_word(review["kind"]), detail=found_out(review))
        )
    for gap in found["unmapped"]:
        click.echo("  " + _("unmapped code: {code} ({map}, {place})", **gap))
    for change in found["changes"]:
        put_change(change)
    if found["outcome"] == "applied" and not found["changes"]:
        click.echo("  " + _("the record would stay as it is"))


def found_out(review: Json) -> str:
    return ", ".join(f"{detail_word(name)} {shown(value_word(value))}" for name, value in review["detail"].items())


def put_change(change: Json) -> None:
    sign = "+++" if change["is_new"] else "---"
    click.echo(f"  {sign} {change['resource']}" + (f"  {_('new')}" if change["is_new"] else ""))
    for one in change["differences"]:
        if one["kind"] != "added":
            click.echo(f"    - {one['path']}: {shown(one['before'])}")
        if one["kind"] != "removed":
            click.echo(f"    + {one['path']}: {shown(one['after'])}")


def shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
