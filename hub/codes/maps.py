"""The maps of a site together: those for all feeds, and those of one feed, which win."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from hub.codes.files import FEEDS_OWN, NAME, Entry, MapFile, read_map
from hub.config import FeedConfig, HubConfig, Mistake, Mistakes
from hub.config.mistakes import at, nearest
from hub.language import Text
from hub.model import Code, CodeMaps


def map_files(directory: Path) -> list[MapFile]:
    """Those for all feeds first, by name."""
    folder = directory / FEEDS_OWN
    shared = [MapFile(path, path.stem) for path in sorted(folder.glob("*.csv")) if not _hidden(path)]
    own = [MapFile(path, path.stem, path.parent.name) for path in sorted(folder.glob("*/*.csv")) if not _hidden(path)]
    return [*shared, *own]


def codes_for(directory: Path, feed: str) -> CodeMaps:
    """The maps that are in force for a feed. Raises ``Mistakes``.

    The feed's own rows come before those for all. A feed's map that gives a code another meaning than the one for all
    stands alone: these are two coding systems, and a code of the one says nothing in the other.
    """
    shared: dict[str, list[Entry]] = {}
    own: dict[str, list[Entry]] = {}
    mistakes: list[Mistake] = []
    for file in map_files(directory):
        if file.feed in {"", feed}:
            try:
                (own if file.feed else shared)[file.name] = read_map(file.path)
            except Mistakes as error:
                mistakes.extend(error.mistakes)
    if mistakes:
        raise Mistakes(mistakes)
    return {name: _together(shared.get(name, ()), own.get(name, ())) for name in sorted({*shared, *own})}


def _together(shared: Iterable[Entry], own: Iterable[Entry]) -> dict[str, Code]:
    first = {entry.key: entry.standard for entry in own}
    second = {entry.key: entry.standard for entry in shared}
    return (
        first if any(_contradicts(first[key], second[key]) for key in first.keys() & second.keys()) else second | first
    )


def codes_of(config: HubConfig, feed: FeedConfig, offered: frozenset[str]) -> CodeMaps:
    """The maps for a feed's adapter, which brings those ``offered`` itself. Raises ``Mistakes``."""
    codes = codes_for(config.directory, feed.name)
    if mistakes := list(_unnamed(config, feed, codes.keys() | offered)):
        raise Mistakes(mistakes)
    return codes


def _contradicts(one: Code, other: Code) -> bool:
    """Whether both say what a code is, and not the same. A code that is kept as it is contradicts nothing."""
    return bool(one.code and other.code) and (one.system, one.code) != (other.system, other.code)


def checked(directory: Path, feeds: Iterable[str]) -> Iterator[Mistake]:
    """What is wrong with the maps themselves, and with where they stand."""
    known = sorted(feeds)
    for file in map_files(directory):
        if not NAME.fullmatch(file.name):
            yield Mistake(file.path, 0, "", Text("a code map is named in a-z, 0-9, _ and -; rename the file"))
        if file.feed and file.feed not in known:
            text = Text("there is no feed {feed}; the feeds are {known}",
                        {"feed": file.feed, "known": ", ".join(known) or "-"})  # fmt: skip
            yield Mistake(file.path, 0, "", text)
        try:
            read_map(file.path)
        except Mistakes as error:
            yield from error.mistakes


def unnamed(config: HubConfig, offered: Mapping[str, frozenset[str]]) -> Iterator[Mistake]:
    """Settings that name a map of which there is no file; ``offered`` are the maps each adapter brings itself."""
    files = map_files(config.directory)
    for feed in config.feeds.values():
        there = {file.name for file in files if file.feed in {"", feed.name}} | offered.get(feed.adapter, frozenset())
        yield from _unnamed(config, feed, there)


def _unnamed(config: HubConfig, feed: FeedConfig, there: AbstractSet[str]) -> Iterator[Mistake]:
    for place, name in feed.settings.code_maps():
        if name not in there:
            file = config.directory / "feeds" / f"{feed.name}.toml"
            args = {"map": name, "file": f"{FEEDS_OWN}/{feed.name}/{name}.csv"}
            if near := nearest(name, sorted(there)):
                text = Text("there is no code map {map}; did you mean {near}?", args | {"near": near})
            else:
                text = Text("there is no code map {map}; write {file}", args)
            yield at(file, ("settings", *place), text)


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")
