"""``hub check``: what is wrong with a configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from hub.cli.exits import CONFIGURATION, OK
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, say
from hub.config import HubConfig, Mistake, Mistakes, Secret, load
from hub.errors import ConfigError
from hub.language import _, preferred
from hub.loader import Plugins, load_plugins


@click.command(help=_("Say what is wrong with a configuration, one line a mistake, and whether its secrets are there."))
@with_config
@with_json
def command(directory: Path, as_json: bool) -> int:
    plugins = load_plugins()
    for broken in plugins.broken:
        say(broken.reason.text.render(preferred()))
    lines, feeds = checked(directory, plugins)
    if as_json:
        put_json({"ok": not lines, "mistakes": lines})
    elif lines:
        for line in lines:
            say(str(line["text"]))
    else:
        say(_("all is well: {count} feeds ({feeds})", count=len(feeds), feeds=", ".join(feeds) or "-"))
    return CONFIGURATION if lines else OK


def checked(directory: Path, plugins: Plugins) -> tuple[list[dict[str, Any]], list[str]]:
    """The mistakes, and the names of the feeds."""
    try:
        config = load(directory, plugins.adapters(), plugins.broken)
    except Mistakes as error:
        return [_shown(mistake) for mistake in error.mistakes], []
    return list(_missing(config)), list(config.feeds)


def _shown(mistake: Mistake) -> dict[str, Any]:
    return {
        "file": str(mistake.file),
        "line": mistake.line,
        "key": mistake.key,
        "text": mistake.render(preferred()),
    }


def _missing(config: HubConfig) -> Iterator[dict[str, Any]]:
    """Secrets that are not where the files say."""
    for file, part in _parts(config):
        for key, secret in _secrets(part):
            try:
                secret.reveal()
            except ConfigError as error:
                yield _shown(Mistake(file, 0, key, error.text))


def _parts(config: HubConfig) -> Iterator[tuple[Path, Any]]:
    yield config.directory / "hub.toml", config
    for feed in config.feeds.values():
        yield config.directory / "feeds" / f"{feed.name}.toml", {"settings": feed.settings}


def _secrets(value: Any, key: str = "") -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield key, value
    elif isinstance(value, HubConfig):
        yield from _secrets(
            {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.name != "feeds"}
        )
    elif isinstance(value, BaseModel):
        yield from _secrets({name: getattr(value, name) for name in type(value).model_fields}, key)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _secrets(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(inner, key)
