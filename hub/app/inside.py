"""The feeds of this hub that are told of documents inside other feeds' messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hub.adapter import Payload, Receipt, Sender
from hub.deliver.handing import Handing
from hub.journal import Arrival, FeedRules, Journal
from hub.pipeline.documents import readers

if TYPE_CHECKING:
    from hub.app.wiring import Wiring


class Inside:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._handings: dict[str, Handing] = {}

    @property
    def readers(self) -> dict[str, str]:
        """The feed for each type of document, as the configuration is now."""
        return readers(self._wiring.adapters, self._wiring.config.served)

    @property
    def senders(self) -> dict[str, Sender[Any]]:
        """By the name under which deliveries are queued; the same ones as long as the feed is served."""
        served = sorted(set(self.readers.values()))
        self._handings = {feed: self._handings.get(feed) or self._handing(feed) for feed in served}
        return {handing.destination: handing for handing in self._handings.values()}

    def _handing(self, feed: str) -> Handing:
        return Handing(feed, self._wiring.adapters, self._door(feed), self._wiring.config.work.parse_seconds)

    def _door(self, feed: str) -> Callable[[Payload], Receipt]:
        """Straight to the journal: a process that delivers need not be one that listens."""
        journal = Journal(self._wiring.database)

        def receive(payload: Payload) -> Receipt:
            settings = self._wiring.config.feeds[feed]
            rules = FeedRules(settings.reused_key, settings.duplicate_window)
            (receipt,) = journal.append([Arrival(feed, payload, rules)])
            self._wiring.bus.ring(feed)
            return receipt

        return receive
