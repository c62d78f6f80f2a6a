"""What a configuration points at and is not there or cannot be used (secrets, certificates), each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hub.adapter import Settings
from hub.config.mistakes import Mistake, Mistakes, Place, at
from hub.config.models import HubConfig
from hub.config.secrets import Secret
from hub.errors import ConfigError


def assert_secrets(config: HubConfig) -> None:
    """Raises ``Mistakes`` for all that a running hub would miss; those of a closed feed are not needed."""
    if found := list(absent(config)):
        raise Mistakes(found)


def absent(config: HubConfig) -> Iterator[Mistake]:
    hub = {"database": config.database, "bus": config.bus, "web": config.web, "work": config.work, "log": config.log}
    yield from _missed(config.directory / "hub.toml", hub)
    for feed in config.feeds.values():
        if feed.enabled:
            yield from _missed(config.directory / "feeds" / f"{feed.name}.toml", {"settings": feed.settings})
    for told in config.destinations.values():
        if told.enabled:
            yield from _missed(config.directory / "destinations" / f"{told.name}.toml", {"settings": told.settings})
    for alarm in config.alarms.values():
        if alarm.enabled:
            yield from _missed(config.directory / "alarms" / f"{alarm.name}.toml", {"settings": alarm.settings})


def _missed(file: Path, part: Any) -> Iterator[Mistake]:
    for key, secret in _secrets(part, ()):
        try:
            secret.reveal()
        except ConfigError as error:
            yield at(file, key, error.text)
    for under, settings in within(part, ()):
        yield from (at(file, (*under, key), text) for key, text in settings.faults())


def within(value: Any, key: Place) -> Iterator[tuple[Place, Settings]]:
    """All settings among settings, each with the key it stands under."""
    if isinstance(value, Settings):
        yield key, value
    for name, inner in _inside(value):
        yield from within(inner, (*key, name))


def _secrets(value: Any, key: Place) -> Iterator[tuple[Place, Secret]]:
    if isinstance(value, Secret):
        yield key, value
    for name, inner in _inside(value):
        yield from _secrets(inner, (*key, name))


def _inside(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, BaseModel):
        yield from ((name, getattr(value, name)) for name in type(value).model_fields)
    elif isinstance(value, dict):
        yield from ((str(name), inner) for name, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from enumerate(value)
