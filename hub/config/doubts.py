"""What is no mistake and yet may not be meant: the hub runs, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from hub.config.absent import within
from hub.config.mistakes import Mistake, at
from hub.config.models import HubConfig
from hub.language import Text

IDENTITY = ("survivorship.toml", "weights.toml")
"""What stands in the folder identity."""


def doubts(config: HubConfig) -> Iterator[Mistake]:
    for key, url in {"database": config.database, "bus": config.bus}.items():
        if isinstance(url, str) and _has_password(url):
            better = {"file": '{ file = "…" }', "env": '{ env = "…" }'}
            text = Text("a password stands in this URL; {file} or {env} keeps it out of the folder", better)
            yield at(config.directory / "hub.toml", (key,), text)
    for feed in config.feeds.values():
        for under, settings in within(feed.settings, ("settings",)):
            file = config.directory / "feeds" / f"{feed.name}.toml"
            yield from (at(file, (*under, name), text) for name, text in settings.doubts())
    for alarm in config.alarms.values():
        for under, settings in within(alarm.settings, ("settings",)):
            file = config.directory / "alarms" / f"{alarm.name}.toml"
            yield from (at(file, (*under, name), text) for name, text in settings.doubts())
    yield from overlooked(config.directory)


def overlooked(directory: Path) -> Iterator[Mistake]:
    """What is in a folder of ours and read by nobody; a name that begins with a dot is no business of ours."""
    yield from _unread(directory / "feeds", Text("is not read: the file of a feed ends in .toml"))
    yield from _unread(directory / "destinations", Text("is not read: the file of a destination ends in .toml"))
    yield from _unread(directory / "alarms", Text("is not read: the file of an alarm ends in .toml"))
    folder = directory / "identity"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in IDENTITY and not path.name.startswith("."):
            yield Mistake(path, 0, "", Text("is not read: here stand {files}", {"files": ", ".join(IDENTITY)}))


def _unread(folder: Path, text: Text) -> Iterator[Mistake]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix != ".toml" and not path.name.startswith("."):
            yield Mistake(path, 0, "", text)


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.password or parse_qs(parts.query).get("password"))
