"""Who is to hear of a message: asked before its transaction, so that nothing waits for the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hub.adapter import Message, Sender
from hub.errors import HubError
from hub.language import Text
from hub.outbox.due import Due

log = logging.getLogger("hub.outbox")


@dataclass(frozen=True, slots=True)
class Told:
    """A destination as routing sees it: ``feeds`` is none for all of them."""

    sender: Sender[Any]
    feeds: frozenset[str] | None = None
    persons: bool = False
    """Whether it also hears which persons became one, or no longer are."""

    def hears_of(self, feed: str) -> bool:
        return self.feeds is None or feed in self.feeds


class Routing:
    """``heard`` is told which destinations have something new, once that is on disk."""

    def __init__(self, heard: Callable[[Iterable[str]], None] = lambda _names: None) -> None:
        self.heard = heard
        self._told: tuple[Told, ...] = ()

    def serve(self, told: Iterable[Told]) -> None:
        """Others than before, from the next message on."""
        self._told = tuple(told)

    def __bool__(self) -> bool:
        return bool(self._told)

    @property
    def hearing_of_persons(self) -> list[str]:
        return [told.sender.destination for told in self._told if told.persons]

    def due(self, message: Message) -> tuple[Due, ...]:
        hearing = (told.sender for told in self._told if told.hears_of(message.feed))
        return tuple(due for sender in hearing if (due := _due(sender, message)))


def _due(sender: Sender[Any], message: Message) -> Due | None:
    first = message.replay_of or message.id
    try:
        return Due(sender.destination, first) if sender.wants(message) else None
    except HubError as error:
        log.warning("destination %s: routing message %d failed: %s", sender.destination, message.id, error)
        return Due(sender.destination, first, fault=_undecided(error.text))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's sender raises must not stop the feed
        kind = type(error).__name__
        log.error("destination %s: routing message %d failed: %s", sender.destination, message.id, kind)  # noqa: TRY400 - a traceback may show a patient's data
        return Due(sender.destination, first, fault=_undecided(kind))


def _undecided(why: Text | str) -> Text:
    return Text("its route could not be decided: {error}", {"error": why})
