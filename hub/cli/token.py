"""``hub token``: access to the REST interface, given, listed and taken back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.exits import OK
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.language import _

DAYS = 365


@click.command(
    help=_(
        "Give a client access: prints one bearer token, once, and keeps only its hash. "
        "--list shows the tokens that were given, --revoke takes back one (its name or number)."
    )
)
@click.argument("name", required=False)
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help=_("What it allows, such as system/*.rs; again for more.")
)
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True, help=_("How long it lives."))
@click.option("--list", "listing", is_flag=True, help=_("List the tokens; never the secrets themselves."))
@click.option("--revoke", metavar="NAME", help=_("Take back the tokens of that name, or the one of that number."))
@with_config
@with_json
def command(  # noqa: PLR0913, PLR0917 - one for each option
    name: str | None,
    scopes: tuple[str, ...],
    days: int,
    listing: bool,
    revoke: str | None,
    directory: Path,
    as_json: bool,
) -> int:
    if sum((bool(name), listing, bool(revoke))) != 1:
        raise click.UsageError(_("give a NAME, or --list, or --revoke NAME"))
    if listing:
        show(directory, as_json)
    elif revoke:
        take_back(directory, revoke, as_json)
    elif name:
        give(directory, name, " ".join(scopes), days, as_json)
    return OK


def give(directory: Path, name: str, scopes: str, days: int, as_json: bool) -> None:
    if not scopes:
        raise click.UsageError(_("a token needs a --scope, such as 'system/*.rs'"))
    with performing(directory) as perform:
        token = perform("create_token", name=name, scopes=scopes, days=days)["token"]
    if as_json:
        put_json({"name": name, "scopes": scopes, "days": days, "token": token})
    else:
        click.echo(token)


def take_back(directory: Path, name: str, as_json: bool) -> None:
    with performing(directory) as perform:
        revoked = perform("revoke_token", name=name)["revoked"]
    if as_json:
        put_json({"revoked": revoked})
    else:
        say(_("{count} taken back; it opens nothing from now on", count=len(revoked)))


def show(directory: Path, as_json: bool) -> None:
    from hub.access import Access
    from hub.records import times

    with reading(directory) as (_config, database):
        tokens = Access(database).tokens()
    rows = [
        {
            "id": token.id,
            "name": token.name,
            "scopes": token.scopes,
            "created_at": times.moment(token.created_at),
            "expires_at": times.moment(token.expires_at),
            "revoked_at": None if token.revoked_at is None else times.moment(token.revoked_at),
        }
        for token in tokens
    ]
    if as_json:
        put_json(rows)
    else:
        put_table(
            [_("number"), _("name"), _("scopes"), _("created"), _("expires"), _("taken back")],
            [list(row.values()) for row in rows],
        )
