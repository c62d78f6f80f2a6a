"""``hub feeds``: what became of what each feed sent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from hub.cli.opening import reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.config import HubConfig
from hub.database import Database
from hub.language import _
from hub.settlement import Settlements

FIGURES = ("received", "waiting", "applied", "skipped", "parked", "refused", "reused_keys", "resent")
SOURCES = {"reused_keys": "reused"}


@click.command()
@with_config
@with_json
def command(directory: Path, as_json: bool) -> None:
    with reading(directory) as (config, database):
        rows = list(listed(config, database))
    if as_json:
        put_json(rows)
    elif rows:
        put_table(headings(), [list(row.values()) for row in rows], numbers=headings()[2:-1])
    else:
        say(_("there is no feed yet: write {file}", file="feeds/<feed>.toml"))


def listed(config: HubConfig, database: Database) -> list[dict[str, Any]]:
    """A row for each configured feed, and for each that has left the configuration but not the journal."""
    states = {state.feed: asdict(state) for state in Settlements(database).feeds()}
    return [_row(feed, config, states.get(feed, {})) for feed in sorted({*config.feeds, *states})]


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
    ]
