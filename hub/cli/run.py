"""``hub run``: the hub itself, until it is told to end."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.options import with_config
from hub.language import _

PARTS = ("listen", "work", "schedule", "web", "deliver")


@click.command(
    help=_(
        "Run the hub until SIGTERM or Ctrl-C, which finish what is under way. PARTS are listen, work, schedule, web "
        "and deliver; none named: all of them in this process."
    )
)
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@with_config
def command(parts: tuple[str, ...], directory: Path) -> int:
    import logging

    from hub import logs
    from hub.app import App
    from hub.config import assert_secrets, doubts, load
    from hub.loader import load_plugins

    plugins = load_plugins()
    config = load(directory, plugins.adapters(), plugins.broken, plugins.senders(), plugins.alarms())
    assert_secrets(config)
    logs.begin(config.log.level, config.log.format)
    log = logging.getLogger("hub.config")
    for each in doubts(config):
        said = each.text.both()
        logs.event(log, "config.doubt", "{place}: {doubt}", logging.WARNING, place=each.place, doubt=said)
    return App(config, plugins, parts or PARTS).run()
