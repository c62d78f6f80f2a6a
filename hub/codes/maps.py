"""The maps of a site together: those for all feeds, and those of one feed, which win."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from hub.codes.files import FEEDS_OWN, NAME, Entry, MapFile, read_map
from hub.config import FeedConfig, HubConfig, Mistake, Mistakes
from hub.config.mistakes import at
from hub.language import Text
from hub.model import Code, CodeMaps


class Offering(Protocol):
    """What an adapter says of maps."""

    @property
    def code_maps(self) -> frozenset[str]: ...
    @property
    def code_choices(self) -> Mapping[str, frozenset[str]]: ...


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


def codes_of(config: HubConfig, feed: FeedConfig, adapter: Offering) -> CodeMaps:
    """The maps for a feed's adapter. Raises ``Mistakes``, also for a map that is named and not there."""
    codes = codes_for(config.directory, feed.name)
    if mistakes := [*_unnamed(config, feed, codes.keys() | adapter.code_maps), *_misled(config, feed, adapter)]:
        raise Mistakes(mistakes)
    return codes


def _contradicts(one: Code, other: Code) -> bool:
    """Whether both say what a code is, and not the same. A code that is kept as it is contradicts nothing."""
    return bool(one.code and other.code) and (one.system, one.code) != (other.system, other.code)


def checked(config: HubConfig, adapters: Mapping[str, Offering]) -> list[Mistake]:
    """What is wrong with the maps themselves, with where they stand, and with settings that name them."""
    if found := [mistake for file in map_files(config.directory) for mistake in _wrong(file, sorted(config.feeds))]:
        return found
    wrong: list[Mistake] = []
    for feed in config.feeds.values():
        try:
            codes_of(config, feed, adapters[feed.adapter])
        except Mistakes as error:
            wrong += [mistake for mistake in error.mistakes if mistake not in wrong]
    return wrong


def _wrong(file: MapFile, feeds: list[str]) -> Iterator[Mistake]:
    if not NAME.fullmatch(file.name):
        yield Mistake(file.path, 0, "", Text("a code map is named in a-z, 0-9, _ and -; rename the file"))
    if file.feed and file.feed not in feeds:
        args = {"feed": file.feed, "known": ", ".join(feeds) or "-"}
        yield Mistake(file.path, 0, "", Text("there is no feed {feed}; the feeds are {known}", args))
    try:
        read_map(file.path)
    except Mistakes as error:
        yield from error.mistakes


def _misled(config: HubConfig, feed: FeedConfig, adapter: Offering) -> Iterator[Mistake]:
    """Rows that lead to what FHIR does not allow in the element."""
    for file in map_files(config.directory):
        choices = adapter.code_choices.get(file.name) if file.feed in {"", feed.name} else None
        for entry in read_map(file.path) if choices else ():
            if choices and entry.standard_code and entry.standard_code not in choices:
                args = {"given": entry.standard_code, "choices": ", ".join(sorted(choices))}
                text = Text("{given} is not known; write one of {choices}", args)
                yield Mistake(file.path, entry.line, "standard_code", text)


def _unnamed(config: HubConfig, feed: FeedConfig, there: AbstractSet[str]) -> Iterator[Mistake]:
    for place, name in feed.settings.code_maps():
        if name not in there:
            file = config.directory / "feeds" / f"{feed.name}.toml"
            args = {"map": name, "file": f"{FEEDS_OWN}/{feed.name}/{name}.csv"}
            if near := get_close_matches(name, sorted(there), 1, 0.8):
                text = Text("there is no code map {map}; did you mean {near}?", args | {"near": near[0]})
            else:
                text = Text("there is no code map {map}; write {file}", args)
            yield at(file, ("settings", *place), text)


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")
