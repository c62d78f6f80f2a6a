"""Reads destinations/*.toml: who is told of which messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.adapter import Sender
from hub.config.files import File
from hub.config.mistakes import nearest
from hub.config.models import DestinationConfig, DestinationFile, FeedConfig
from hub.language import Text
from hub.loader import Broken

Senders = Mapping[str, type[Sender[Any]]]
ANYWHERE = {"", "0.0.0.0", "[::]", "*"}  # noqa: S104 - compared, not bound
OURSELVES = {"127.0.0.1", "localhost", "[::1]"}


def destination(file: File, senders: Senders, broken: Sequence[Broken]) -> DestinationConfig | None:
    written = None if file.content is None else file.read(DestinationFile, file.content)
    if written is None:
        return None
    sender = senders.get(written.sender)
    if sender is None:
        file.wrong(_unknown_sender(written.sender, senders, broken), "sender")
        return None
    if written.persons and not sender.hears_of_persons:
        file.wrong(Text("the sender {given} cannot tell of persons", {"given": f'"{written.sender}"'}), "persons")
    settings = file.read(sender.Settings, written.settings, "settings")
    routes = [file.read(sender.Route, route, "route", number) for number, route in enumerate(written.route)]
    if settings is None or None in routes:
        return None
    feeds = None if isinstance(written.feeds, str) else frozenset(written.feeds)
    return DestinationConfig(
        file.path.stem, written.sender, settings, tuple(routes), feeds, written.enabled, written.persons
    )


def assert_feeds(file: File, found: DestinationConfig, feeds: Mapping[str, Any]) -> None:
    """Each feed it names has a file, however wrong that file may be."""
    for name in sorted((found.feeds or frozenset()) - feeds.keys()):
        if near := nearest(name, sorted(feeds)):
            file.wrong(Text("there is no feed {given}; did you mean {near}?", {"given": name, "near": near}), "feeds")
        else:
            known = ", ".join(sorted(feeds)) or "-"
            file.wrong(
                Text("there is no feed {given}; the feeds are {known}", {"given": name, "known": known}), "feeds"
            )


def find_circles(told: Sequence[tuple[File, DestinationConfig]], feeds: Sequence[FeedConfig]) -> None:
    """Destinations that lead back to where their messages came from, through this hub's own doors."""
    doors = {found.name: _own_door(found, feeds) for _, found in told}
    for file, found in told:
        entered = doors[found.name]
        if entered is None:
            continue
        if way := _way_back(entered, found, told, doors):
            way_round = " → ".join([found.name, *way, found.name])
            text = Text(
                "messages would go round in a circle: {way}; take a feed or a destination out", {"way": way_round}
            )
            file.wrong(text, "settings", "connect")


def _own_door(found: DestinationConfig, feeds: Iterable[FeedConfig]) -> str | None:
    """The feed of this hub whose door the destination connects to."""
    host, _, port = str(getattr(found.settings, "connect", "")).rpartition(":")
    for feed in feeds:
        listens, _, at = str(getattr(feed.settings, "listen", "")).rpartition(":")
        here = host == listens or (host in OURSELVES and listens in OURSELVES | ANYWHERE)
        if port and port == at and here:
            return feed.name
    return None


def _way_back(
    feed: str, to: DestinationConfig, told: Sequence[tuple[File, DestinationConfig]], doors: Mapping[str, str | None]
) -> list[str] | None:
    """Feeds and destinations between a feed and a destination that is told of it; none when there is no way."""
    ways: list[list[str]] = [[feed]]
    seen = {feed}
    while ways:
        way = ways.pop(0)
        if to.is_told_of(way[-1]):
            return way
        for next_feed, through in _onward(way[-1], told, doors):
            if next_feed not in seen:
                seen.add(next_feed)
                ways.append([*way, through, next_feed])
    return None


def _onward(
    feed: str, told: Sequence[tuple[File, DestinationConfig]], doors: Mapping[str, str | None]
) -> Iterator[tuple[str, str]]:
    for _, found in told:
        entered = doors[found.name]
        if entered is not None and found.is_told_of(feed):
            yield entered, found.name


def _unknown_sender(name: str, senders: Senders, broken: Sequence[Broken]) -> Text:
    known = sorted(senders)
    if near := nearest(name, known):
        return Text("{given} is not known; did you mean {near}?", {"given": f'"{name}"', "near": f'"{near}"'})
    args: dict[str, Any] = {"given": f'"{name}"', "known": ", ".join(known) or "-"}
    if not broken:
        return Text("there is no sender {given}; the plugins here offer {known}", args)
    why = next((each.reason.text for each in broken if each.name == name), broken[0].reason.text)
    return Text("there is no sender {given}; the plugins here offer {known}; {why}", args | {"why": why})
