"""``hub check``: what is wrong with a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from hub import codes
from hub.cli.exits import CONFIGURATION, OK
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, say
from hub.config import Mistake, Mistakes, absent, doubts, load, overlooked
from hub.identity import rules
from hub.language import _, preferred
from hub.loader import Plugins, load_plugins

Line = dict[str, Any]


@click.command(help=_("Say what is wrong with a configuration, one line a mistake, and whether its secrets are there."))
@with_config
@with_json
def command(directory: Path, as_json: bool) -> int:
    plugins = load_plugins()
    for broken in plugins.broken:
        say(broken.reason.text.render(preferred()))
    lines, warnings, feeds = checked(directory, plugins)
    if as_json:
        put_json({"ok": not lines, "mistakes": lines, "warnings": warnings})
        return CONFIGURATION if lines else OK
    for line in lines:
        say(str(line["text"]))
    for line in warnings:
        say(_("warning: {text}", text=line["text"]))
    if not lines:
        say(_("all is well: {count} feeds ({feeds})", count=len(feeds), feeds=", ".join(feeds) or "-"))
    return CONFIGURATION if lines else OK


def checked(directory: Path, plugins: Plugins) -> tuple[list[Line], list[Line], list[str]]:
    """The mistakes, what is only worth a warning, and the names of the feeds."""
    try:
        config = load(directory, plugins.adapters(), plugins.broken, plugins.senders(), plugins.alarms())
    except Mistakes as error:
        return _lines(error.mistakes), _lines(overlooked(directory)), []
    wrong = [*absent(config), *codes.checked(config, plugins.adapters()), *rules.mistakes(config)]
    return _lines(wrong), _lines(doubts(config)), list(config.feeds)


def _lines(found: Iterable[Mistake]) -> list[Line]:
    return [_shown(mistake) for mistake in found]


def _shown(mistake: Mistake) -> Line:
    return {
        "file": str(mistake.file),
        "line": mistake.line,
        "key": mistake.key,
        "text": mistake.render(preferred()),
    }
