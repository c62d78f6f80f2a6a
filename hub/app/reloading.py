"""The configuration is read again while the hub runs: what has changed is exchanged, all else goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hub.adapter import Adapter, Listener, Receive
from hub.app.doors import Change, Doors
from hub.app.generation import CODES, generation, raise_generation
from hub.app.wiring import Wiring, listener_of
from hub.config import FeedConfig, HubConfig, Mistake, Mistakes, assert_secrets
from hub.errors import ConfigError, HubError, Refused
from hub.language import ENGLISH
from hub.logs import event
from hub.model import Json

log = logging.getLogger("hub.app")

FIXED = ("database", "bus", "web", "work", "log")
"""What only a restart changes."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload did. ``failed`` are feeds whose new door could not be opened: they go on as they were."""

    changed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    failed: Mapping[str, HubError] | None = None
    restart: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """What those who follow reloads say they changed: destinations."""


class Reloading:
    """One for each process. The one that is asked raises the generation; the others see that, and do the same."""

    def __init__(self, wiring: Wiring, receive: Callable[[FeedConfig], Receive] | None) -> None:
        self._wiring = wiring
        self._receive = receive
        self.doors: Doors | None = None
        """None where this process listens to nobody."""
        self._lock = threading.Lock()
        self._shared = not wiring.database.url.startswith("sqlite:")
        self._generation = generation(wiring.database)
        self._stopping = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="reload", daemon=True)

    def start(self) -> None:
        if self._shared:
            self._watching.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._watching.is_alive():
            self._watching.join()

    @property
    def operations(self) -> dict[str, Callable[..., Json]]:
        return {"reload": self.reload, "read_codes": self.read_codes}

    def reload(self, by: str, feeds: Iterable[str] = (), language: str = ENGLISH) -> Json:  # noqa: ARG002 - for the audit
        """An operation. ``feeds`` are exchanged even if nothing in their files has changed."""
        with self._lock:
            try:
                done = self._again(frozenset(feeds))
            except Mistakes as error:
                return {"mistakes": mistakes_of(error, language)}
            except ConfigError as error:
                return {"mistakes": [{"file": "", "line": 0, "key": "", "text": error.text.render(language)}]}
            reloads = raise_generation(self._wiring.database)
            self._generation = self._generation._replace(reloads=reloads)
        return _described(done, language) | {"generation": reloads}

    def read_codes(self, by: str) -> Json:  # noqa: ARG002 - for the audit
        """An operation: the code maps as they are now, and nothing else of the files, are in force in every process."""
        with self._lock:
            try:
                changed = self._codes_again()
            except Mistakes as error:
                raise Refused("the code maps must be in order first: {mistake}",
                              mistake=error.mistakes[0].sentence) from error  # fmt: skip
            codes = raise_generation(self._wiring.database, CODES)
            if codes == self._generation.codes + 1:  # else another process was quicker: its maps are read, too
                self._generation = self._generation._replace(codes=codes)
        return {"changed": changed}

    def follow(self) -> None:
        """Before anything is parsed: has another process reloaded since, or read other code maps?"""
        if not self._shared or generation(self._wiring.database) == self._generation:
            return
        with self._lock:
            known, self._generation = self._generation, generation(self._wiring.database)
            # Known also when it fails: the next reload, or answer, tries again.
            if self._generation.reloads > known.reloads:
                self._try(lambda: self._again(frozenset()))
            if self._generation.codes > known.codes:
                self._try(self._codes_again)

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except HubError as error:
            event(log, "reload.failed", "{reason}", logging.ERROR, reason=error.text.both())

    def _watch(self) -> None:
        """For processes that parse nothing; the others come to know of it sooner."""
        while not self._stopping.wait(self._wiring.config.work.sweep_seconds):
            try:
                self.follow()
            except HubError as error:  # the database is away for a moment
                log.warning("it is not known whether the configuration has changed: %s", error)

    def _codes_again(self) -> list[str]:
        """The feeds whose code maps are others now; their settings stay as they were loaded."""
        adapters = self._wiring.adapters
        made = self._wiring.made(self._wiring.config)
        changed = {feed: adapter for feed, adapter in made.items() if adapter.codes != adapters[feed].codes}
        adapters |= changed
        if changed:
            event(log, "codes.reloaded", "code maps read again: {feeds}", feeds=", ".join(sorted(changed)))
        return sorted(changed)

    def _again(self, forced: frozenset[str]) -> Reloaded:
        wiring, old = self._wiring, self._wiring.config
        new = wiring.read_again()
        assert_secrets(new)
        if unknown := sorted(forced - new.feeds.keys() - old.feeds.keys()):
            raise ConfigError("there is no feed {feed} in this configuration", feed=unknown[0])
        adapters = wiring.made(new)
        restart = tuple(name for name in FIXED if getattr(old, name) != getattr(new, name))
        new = replace(new, **{name: getattr(old, name) for name in FIXED})
        changed = {feed for feed in new.feeds if feed in forced or self._differs(feed, new, adapters)}
        failed = self._exchange(new, adapters, changed, forced)
        for feed in failed:
            new = replace(new, feeds=_with(new.feeds, feed, old.feeds.get(feed)))
        done = changed - failed.keys()
        others = tuple(wiring.become(new, {feed: adapters[feed] for feed in done}))
        reloaded = Reloaded(
            tuple(sorted(done & old.feeds.keys())),
            tuple(sorted(new.served - old.served)),
            tuple(sorted(old.served - new.served)),
            failed,
            restart,
            others,
        )
        _tell(reloaded)
        return reloaded

    def _differs(self, feed: str, new: HubConfig, adapters: Mapping[str, Adapter[Any]]) -> bool:
        before = self._wiring.adapters.get(feed)
        return (
            before is None or new.feeds[feed] != self._wiring.config.feeds[feed] or adapters[feed].codes != before.codes
        )

    def _exchange(
        self, new: HubConfig, adapters: Mapping[str, Adapter[Any]], changed: set[str], forced: frozenset[str]
    ) -> dict[str, HubError]:
        if self.doors is None:
            return {}
        old = self._wiring.config
        affected = {feed for feed in changed if feed in forced or _door(old, feed) != _door(new, feed)}
        affected |= old.served - new.served
        return self.doors.replace(list(self._changes(new, adapters, affected))) if affected else {}

    def _changes(self, new: HubConfig, adapters: Mapping[str, Adapter[Any]], affected: set[str]) -> Iterator[Change]:
        old, before = self._wiring.config, dict(self._wiring.adapters)
        wanted = {_address(new, feed) for feed in affected & new.served}
        for feed in sorted(affected):
            yield Change(
                feed,
                self._listener(feed, new, adapters),
                again=partial(self._listener, feed, old, before),
                opened=partial(_swap, self._wiring.adapters, feed, adapters.get(feed)),
                gives_way=feed not in new.served or _address(old, feed) in wanted,
            )

    def _listener(self, feed: str, config: HubConfig, adapters: Mapping[str, Adapter[Any]]) -> Listener | None:
        if self._receive is None or feed not in config.served:
            return None
        return listener_of(config.feeds[feed], adapters[feed], self._receive(config.feeds[feed]))


def _swap(adapters: dict[str, Adapter[Any]], feed: str, adapter: Adapter[Any] | None) -> None:
    """What the new door hears is parsed by the new rules from its first message on."""
    if adapter is not None:
        adapters[feed] = adapter


def _address(config: HubConfig, feed: str) -> object:
    """Where a feed listens; without an address, something that nobody else wants."""
    settings = config.feeds[feed].settings if feed in config.feeds else None
    return getattr(settings, "listen", feed)


def _door(config: HubConfig, feed: str) -> object:
    """All of a feed that its door depends on."""
    found = config.feeds.get(feed)
    if found is None or not found.enabled:
        return None
    return found.adapter, found.settings.of_the_door(), found.reused_key, found.duplicate_window


def _with(feeds: Mapping[str, FeedConfig], name: str, feed: FeedConfig | None) -> Mapping[str, FeedConfig]:
    others = {key: value for key, value in feeds.items() if key != name}
    return others | ({name: feed} if feed else {})


def _tell(done: Reloaded) -> None:
    facts = {"changed": done.changed, "opened": done.opened, "closed": done.closed, "others": done.others}
    changes = "; ".join(f"{name} {', '.join(feeds)}" for name, feeds in facts.items() if feeds)
    event(log, "config.reloaded", "reloaded: {changes}", changes=changes or "nothing has changed")
    for error in (done.failed or {}).values():
        event(log, "reload.failed", "{reason}", logging.ERROR, reason=error.text.both())


def _described(done: Reloaded, language: str) -> Json:
    return {
        "changed": done.changed,
        "opened": done.opened,
        "closed": done.closed,
        "failed": {feed: error.text.render(language) for feed, error in (done.failed or {}).items()},
        "restart": done.restart,
        "others": done.others,
    }


def mistakes_of(error: Mistakes, language: str) -> list[Json]:
    """As ``hub check`` prints them."""
    return [_mistake(mistake, language) for mistake in error.mistakes]


def _mistake(mistake: Mistake, language: str) -> Json:
    return {
        "file": str(mistake.file),
        "line": mistake.line,
        "key": mistake.key,
        "text": mistake.render(language),
    }
