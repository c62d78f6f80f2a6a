"""From a folder of TOML files to a configuration, or to the list of everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.adapter import Adapter, Settings
from hub.config import secrets
from hub.config.mistakes import Mistake, Mistakes, Place, explain, nearest, written
from hub.config.models import FeedConfig, FeedFile, HubConfig, HubFile
from hub.config.places import line_of, lines_of
from hub.config.syntax import explained
from hub.language import Text
from hub.loader import Broken

FEED_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
Adapters = Mapping[str, type[Adapter[Any]]]
M = TypeVar("M", bound=BaseModel)


@dataclass
class File:
    """One TOML file, and what is wrong with it."""

    path: Path
    content: dict[str, Any] | None = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, text: Text, *key: str, line: int = 0) -> None:
        self.mistakes.append(Mistake(self.path, line or (line_of(key, self.lines) if key else 0), ".".join(key), text))

    def read(self, model: type[M], content: Any, *under: str) -> M | None:
        """A part of the file as a model; none, with mistakes, when it does not fit."""
        try:
            return model.model_validate(content, context={secrets.DIRECTORY: _directory_of(self.path)})
        except ValidationError as error:
            self.mistakes.extend(explain(error, model, self.path, self.lines, under))
            return None


def load(directory: Path, adapters: Adapters, broken: Sequence[Broken] = ()) -> HubConfig:
    """Raises ``Mistakes`` with all of them."""
    file = _open(directory / "hub.toml")
    hub = None if file.content is None else file.read(HubFile, file.content)
    files = [_open(path) for path in sorted((directory / "feeds").glob("*.toml"))]
    feeds = [(each, feed) for each in files if (feed := _feed(each, adapters, broken))]
    _tell_apart(file, hub, feeds)
    mistakes = [mistake for each in (file, *files) for mistake in each.mistakes]
    if hub is None or mistakes:
        raise Mistakes(
            sorted(mistakes, key=lambda mistake: (mistake.file.parent.name == "feeds", mistake.file, mistake.line))
        )
    by_name = MappingProxyType({feed.name: feed for _, feed in feeds})
    return HubConfig(directory, hub.database, hub.bus, hub.web, hub.work, hub.log, by_name)


def _open(path: Path) -> File:
    file, text = File(path), ""
    try:
        text = written(path)
        file.content, file.lines = tomllib.loads(text), lines_of(text)
    except FileNotFoundError:
        file.wrong(Text("there is no such file; hub init DIR writes a starter configuration"))
    except OSError as error:
        file.wrong(Text("cannot be read: {reason}", {"reason": Text(error.strerror or str(error))}))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        file.wrong(Text("is not UTF-8 here; save the file as UTF-8"), line=line)
    except tomllib.TOMLDecodeError as error:
        reason, line = explained(str(error), text)
        file.wrong(reason, line=line)
    return file


def _feed(file: File, adapters: Adapters, broken: Sequence[Broken]) -> FeedConfig | None:
    if not FEED_NAME.fullmatch(file.path.stem):
        file.wrong(Text("a feed is named in a-z, 0-9 and -, beginning with a letter or digit; rename the file"))
    feed = None if file.content is None else file.read(FeedFile, file.content)
    if feed is None:
        return None
    adapter = adapters.get(feed.adapter)
    if adapter is None:
        file.wrong(_unknown_adapter(feed.adapter, adapters, broken), "adapter")
        return None
    settings = file.read(adapter.Settings, feed.settings, "settings")
    return None if settings is None else _put_together(file.path.stem, feed, settings)


def _put_together(name: str, feed: FeedFile, settings: Settings) -> FeedConfig:
    return FeedConfig(
        name=name,
        adapter=feed.adapter,
        settings=settings,
        enabled=feed.enabled,
        reused_key=feed.reused_key,
        duplicate_window=timedelta(days=feed.duplicate_window),
        verified=feed.verified,
    )


def _unknown_adapter(name: str, adapters: Adapters, broken: Sequence[Broken]) -> Text:
    known = sorted(adapters)
    if near := nearest(name, known):
        return Text("{given} is not known; did you mean {near}?", {"given": f'"{name}"', "near": f'"{near}"'})
    args = {"given": f'"{name}"', "known": ", ".join(known) or "-"}
    if not broken:
        return Text("there is no adapter {given}; the plugins here offer {known}", args)
    # One of them is the likely cause; hub plugins shows all.
    why = next((each.reason.text for each in broken if each.name == name), broken[0].reason.text)
    return Text("there is no adapter {given}; the plugins here offer {known}; {why}", args | {"why": why})


def _tell_apart(file: File, hub: HubFile | None, feeds: Iterable[tuple[File, FeedConfig]]) -> None:
    """Two doors at one address: the second could not be opened."""
    taken: list[tuple[str, str]] = [(hub.web.listen, f"{file.path.name} web.listen")] if hub else []
    for each, feed in feeds:
        for listen in _doors(feed):
            other = next((owner for address, owner in taken if _same_door(address, listen)), None)
            if other:
                text = Text("{address} is taken by {other}; choose another port", {"address": listen, "other": other})
                each.wrong(text, "settings", "listen")
            taken.append((listen, each.path.name))


def _doors(feed: FeedConfig) -> Iterator[str]:
    listen = getattr(feed.settings, "listen", None)
    if feed.enabled and isinstance(listen, str) and ":" in listen:
        yield listen


def _same_door(one: str, other: str) -> bool:
    (host, _, port), (second, _, second_port) = one.rpartition(":"), other.rpartition(":")
    anywhere = {"", "0.0.0.0", "[::]", "*"}  # noqa: S104 - compared, not bound
    return port == second_port and port != "0" and (host == second or bool(anywhere & {host, second}))


def _directory_of(path: Path) -> Path:
    return path.parent.parent if path.parent.name == "feeds" else path.parent
