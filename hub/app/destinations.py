"""The destinations of one process: who is told of what, and by which sender; also after a reload."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.adapter import Sender
from hub.config import DestinationConfig, HubConfig
from hub.deliver import Deliver
from hub.errors import ConfigError, HubError
from hub.loader import SenderType
from hub.outbox import Routing, Told


class Destinations:
    """Raises ``ConfigError`` when a sender cannot be made from settings that passed its model."""

    def __init__(self, kinds: Mapping[str, SenderType], config: HubConfig) -> None:
        self.routing = Routing(self._heard)
        self._kinds = kinds
        self._configured: Mapping[str, DestinationConfig] = {}
        self._senders: dict[str, Sender[Any]] = {}
        self._deliver: Deliver | None = None
        self.inside: Callable[[], Mapping[str, Sender[Any]]] = dict
        """Feeds of this hub that are told like destinations outside."""
        self.follow(config)

    def follow(self, config: HubConfig) -> tuple[str, ...]:
        """Takes over a configuration; the names of the destinations it changed."""
        before, now = self._configured, config.destinations
        changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        made = {name: self._sender(now[name]) for name in changed & now.keys()}
        self._senders = {name: made.get(name) or self._senders[name] for name in now}
        self._configured = now
        self.routing.serve(Told(self._senders[name], each.feeds, each.persons) for name, each in now.items())
        if self._deliver is not None:
            self._deliver.serve(self.enabled)
        return tuple(sorted(changed))

    @property
    def enabled(self) -> dict[str, Sender[Any]]:
        outside = {name: sender for name, sender in self._senders.items() if self._configured[name].enabled}
        return outside | dict(self.inside())

    def events(self) -> dict[str, dict[str, int]]:
        """What happened on the lines of this process; none where it does not deliver."""
        return self._deliver.counters if self._deliver else {}

    def served_by(self, deliver: Callable[[Mapping[str, Sender[Any]]], Deliver]) -> Deliver:
        """The part that delivers; it hears at once of what this process queues."""
        self._deliver = deliver(self.enabled)
        return self._deliver

    def _heard(self, names: Iterable[str]) -> None:
        if self._deliver is not None:
            self._deliver.heard(names)

    def _sender(self, told: DestinationConfig) -> Sender[Any]:
        try:
            return self._kinds[told.sender](told.name, told.settings, told.routes)
        except HubError:
            raise
        except Exception as error:  # a stranger's sender may raise anything
            reason = f"{type(error).__name__}: {error}"
            raise ConfigError(
                "destination {destination}: its sender {sender} cannot start: {reason}",
                destination=told.name,
                sender=told.sender,
                reason=reason,
            ) from error
