"""The listeners of all feeds, in an event loop of their own: no query can delay an acknowledgement."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass

from hub.adapter import Listener
from hub.errors import ConfigError, HubError, Unavailable
from hub.logs import event

log = logging.getLogger(__name__)

DRAIN_S = 10.0
REPLACING_S = 60.0


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one door; it stays closed where there is no ``new`` listener."""

    feed: str
    new: Listener | None
    again: Callable[[], Listener | None]
    """Another listener like the one that is open now, for when the new one cannot be opened."""
    opened: Callable[[], None]
    """Called before the new door hears its first message."""
    gives_way: bool
    """Whether the old door must be closed first, since its address is needed."""


class Doors:
    def __init__(self, listeners: MutableMapping[str, Listener]) -> None:
        """Listeners by the name of their feed; always those that are open."""
        self._listeners = listeners
        self._opened: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._drain_s = DRAIN_S
        self._thread = threading.Thread(target=self._run, name="doors", daemon=True)

    def start(self) -> None:
        """All are open, or none: raises ``ConfigError`` for the first that cannot be had."""
        self._thread.start()
        self._opened.result()

    def stop(self, drain_s: float = DRAIN_S) -> None:
        """Takes nothing new, and waits as long as this for what is under way."""
        self._drain_s = drain_s
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(drain_s + 1)

    def replace(self, changes: list[Change]) -> dict[str, HubError]:
        """Exchanges some doors while the others go on; why, for each that could not be opened and is as it was."""
        if self._loop is None or not self.open:
            raise Unavailable("the hub is stopping")
        return asyncio.run_coroutine_threadsafe(self._replace(changes), self._loop).result(REPLACING_S)

    @property
    def open(self) -> bool:
        return self._thread.is_alive() and self._opened.done() and not self._closing.is_set()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        opened: dict[str, Listener] = {}
        try:
            for feed, listener in self._listeners.items():
                await _open(feed, listener)
                opened[feed] = listener
        except HubError as error:
            await self._close(opened)
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        await self._closing.wait()
        await self._close(dict(self._listeners))

    async def _replace(self, changes: list[Change]) -> dict[str, HubError]:
        old = {change.feed: door for change in changes if (door := self._listeners.get(change.feed))}
        first = {change.feed for change in changes if change.gives_way}
        await self._close({feed: door for feed, door in old.items() if feed in first})
        failed = {change.feed: error for change in changes if (error := await self._exchange(change))}
        for change in changes:
            if change.feed in failed and change.feed in first and change.feed in old:
                await self._open_again(change)
        await self._close({feed: door for feed, door in old.items() if feed not in first and feed not in failed})
        return failed

    async def _exchange(self, change: Change) -> HubError | None:
        """Opens the new door; why not, if it cannot be."""
        if change.new is None:
            self._listeners.pop(change.feed, None)
            return None
        try:
            await _open(change.feed, change.new)
        except HubError as error:
            return error
        change.opened()
        self._listeners[change.feed] = change.new
        return None

    async def _open_again(self, change: Change) -> None:
        self._listeners.pop(change.feed, None)
        try:
            if door := change.again():
                await _open(change.feed, door)
                self._listeners[change.feed] = door
        except HubError as error:
            event(log, "door.lost", "{reason}", logging.ERROR, feed=change.feed, reason=error.text.both())

    async def _close(self, opened: Mapping[str, Listener]) -> None:
        closing = {asyncio.ensure_future(listener.stop()): feed for feed, listener in opened.items()}
        if not closing:
            return
        done, late = await asyncio.wait(closing, timeout=self._drain_s)
        for task in late:
            event(log, "doors.late", "feed {feed} did not drain in time", logging.WARNING, feed=closing[task])
            task.cancel()
        for task in done:
            if error := task.exception():
                log.error("the door of feed %s did not close well", closing[task], exc_info=error)


async def _open(feed: str, listener: Listener) -> None:
    try:
        await listener.start()
    except HubError as error:
        raise ConfigError("feed {feed}: {reason}", feed=feed, reason=error.text) from error
    except Exception as error:  # a stranger's listener may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise ConfigError("the door of feed {feed} cannot be opened: {reason}", feed=feed, reason=reason) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # no such thing for this platform; the standard loop does the same, slower
        return None
    return uvloop.new_event_loop
