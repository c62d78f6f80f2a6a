"""From a folder of TOML files to a configuration, or to the list of everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hub.adapter import Adapter, Settings
from hub.config.alarms import Alarms, alarm
from hub.config.destinations import Senders, assert_feeds, destination, find_circles
from hub.config.files import FOLDERS, File, all_in, opened
from hub.config.mistakes import Mistake, Mistakes, nearest
from hub.config.models import AlarmConfig, DestinationConfig, FeedConfig, FeedFile, HubConfig, HubFile
from hub.config.survivorship import SurvivorshipFile, read_survivorship
from hub.language import Text
from hub.loader import Broken

FEED_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
Adapters = Mapping[str, type[Adapter[Any]]]
NO_SENDERS: Senders = MappingProxyType({})
NO_ALARMS: Alarms = MappingProxyType({})


def load(
    directory: Path,
    adapters: Adapters,
    broken: Sequence[Broken] = (),
    senders: Senders = NO_SENDERS,
    alarms: Alarms = NO_ALARMS,
) -> HubConfig:
    """Raises ``Mistakes`` with all of them."""
    config, mistakes = load_usable(directory, adapters, broken, senders, alarms)
    if mistakes:
        raise Mistakes(mistakes)
    return config


def load_usable(
    directory: Path,
    adapters: Adapters,
    broken: Sequence[Broken] = (),
    senders: Senders = NO_SENDERS,
    alarms: Alarms = NO_ALARMS,
) -> tuple[HubConfig, list[Mistake]]:
    """The configuration without the files that have mistakes; and these. Raises ``Mistakes`` without hub.toml."""
    file = opened(directory / "hub.toml")
    hub = None if file.content is None else file.read(HubFile, file.content)
    files = all_in(directory, "feeds")
    feeds = [(each, feed) for each in files if (feed := _feed(each, adapters, broken))]
    _tell_apart(file, hub, feeds)
    told_files = all_in(directory, "destinations")
    told = [(each, found) for each in told_files if (found := _destination(each, senders, broken))]
    for each, found in told:
        assert_feeds(each, found, {feed_file.path.stem: feed_file for feed_file in files})
    find_circles(told, [feed for _, feed in feeds])
    alarm_files = all_in(directory, "alarms")
    heard = [(each, one) for each in alarm_files if (one := _alarm(each, alarms, broken))]
    survival_file = opened(directory / "identity" / "survivorship.toml", needed=False)
    survivorship = read_survivorship(survival_file, [each.path.stem for each in files])
    others = (*files, *told_files, *alarm_files, survival_file)
    mistakes = [mistake for each in (file, *others) for mistake in each.mistakes]
    mistakes.sort(key=_by_place)
    if hub is None:
        raise Mistakes(mistakes)
    config = HubConfig(
        directory,
        hub.database,
        hub.bus,
        hub.web,
        hub.work,
        hub.log,
        MappingProxyType({feed.name: feed for each, feed in feeds if not each.mistakes}),
        MappingProxyType({found.name: found for each, found in told if not each.mistakes}),
        MappingProxyType({one.name: one for each, one in heard if not each.mistakes}),
        hub.watch,
        hub.identity,
        survivorship or SurvivorshipFile(),
    )
    return config, mistakes


def _by_place(mistake: Mistake) -> tuple[bool, Path, int]:
    return mistake.file.parent.name in FOLDERS, mistake.file, mistake.line


def _destination(file: File, senders: Senders, broken: Sequence[Broken]) -> DestinationConfig | None:
    if not FEED_NAME.fullmatch(file.path.stem):
        file.wrong(Text("a destination is named in a-z, 0-9 and -, beginning with a letter or digit; rename the file"))
    return destination(file, senders, broken)


def _alarm(file: File, alarms: Alarms, broken: Sequence[Broken]) -> AlarmConfig | None:
    if not FEED_NAME.fullmatch(file.path.stem):
        file.wrong(Text("an alarm is named in a-z, 0-9 and -, beginning with a letter or digit; rename the file"))
    return alarm(file, alarms, broken)


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
        silence=feed.silence,
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
