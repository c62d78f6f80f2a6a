"""``hub feeds``: what became of what each feed sent; and what helps when one is set up or changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from hub.cli.feeds import check, diff, guide, test
from hub.cli.feeds.standing import ADDED, standing, state, unreadable
from hub.cli.opening import reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.config import HubConfig
from hub.database import Database
from hub.language import _
from hub.settlement import Settlements

FIGURES = ("received", "waiting", "applied", "skipped", "parked", "refused", "reused_keys", "resent")
SOURCES = {"reused_keys": "reused"}


@click.group(invoke_without_command=True, subcommand_metavar="[VERB [ARGS]...]")
@with_config
@with_json
@click.pass_context
def command(ctx: click.Context, directory: Path, as_json: bool) -> None:
    if ctx.invoked_subcommand is not None:
        return
    with reading(directory) as (config, database):
        rows = list(listed(config, database))
    if as_json:
        put_json(rows)
    elif rows:
        put_table(headings(), [cells(row, config) for row in rows], numbers=headings()[2:10])
    else:
        say(_("there is no feed yet: write {file}", file="feeds/<feed>.toml"))


def listed(config: HubConfig, database: Database) -> list[dict[str, Any]]:
    """A row for each configured feed, and for each that has left the configuration but not the journal."""
    states = {state.feed: asdict(state) for state in Settlements(database).feeds()}
    there = config.feeds.keys() | unreadable(config)
    unusual = standing(there, database)
    none: dict[str, Any] = {"alerts": [], "oldest_waiting": None, "unmapped_codes": 0}
    return [_row(feed, config, states.get(feed, {})) | unusual.get(feed, none) for feed in sorted({*there, *states})]


def cells(row: dict[str, Any], config: HubConfig) -> list[Any]:
    return [*(value for name, value in row.items() if name not in ADDED), state(row, config)]


def _row(feed: str, config: HubConfig, state: dict[str, Any]) -> dict[str, Any]:
    figures = {name: state.get(SOURCES.get(name, name), 0) for name in FIGURES}
    configured = config.feeds.get(feed)
    return {
        "feed": feed,
        "adapter": configured.adapter if configured else None,
        **figures,
        "last_received": state.get("last_received"),
    }


def headings() -> list[str]:
    return [
        _("feed"),
        _("adapter"),
        _("received"),
        _("waiting"),
        _("applied"),
        _("skipped"),
        _("parked"),
        _("refused"),
        _("reused keys"),
        _("resent"),
        _("last received"),
        _("state"),
    ]


for _verb, _short in (
    (check, _("Try a feed's connection, step by step.")),
    (test, _("Show what files would change in the record; nothing is written.")),
    (diff, _("Show what changed settings would make of what a feed has sent.")),
    (guide, _("Write the interface document for whoever sends to a feed.")),
):
    _verb.command.short_help = _short
    command.add_command(_verb.command, _verb.__name__.rpartition(".")[2])
