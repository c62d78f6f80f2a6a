"""The alarms of one process, as the configuration has them; also after a reload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.alarm import Alarm
from hub.config import AlarmConfig, HubConfig
from hub.errors import ConfigError, HubError
from hub.loader import AlarmType
from hub.watch import Teller


class Alarms:
    """Raises ``ConfigError`` when an alarm cannot be made from settings that passed its model."""

    def __init__(self, kinds: Mapping[str, AlarmType], config: HubConfig) -> None:
        self._kinds = kinds
        self._configured: Mapping[str, AlarmConfig] = {}
        self._tellers: dict[str, Teller] = {}
        self.follow(config)

    @property
    def tellers(self) -> list[Teller]:
        """Of those that are switched on; the same ones as long as their files say the same."""
        return list(self._tellers.values())

    def follow(self, config: HubConfig) -> tuple[str, ...]:
        """Takes over a configuration; the names of the alarms it changed."""
        before, now = self._configured, config.alarms
        changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        made = {name: Teller(self._alarm(now[name]), now[name].kinds) for name in changed & now.keys()}
        tellers = self._tellers | made
        self._tellers = {name: tellers[name] for name, one in now.items() if one.enabled}
        self._configured = now
        return tuple(sorted(changed))

    def _alarm(self, told: AlarmConfig) -> Alarm[Any]:
        try:
            return self._kinds[told.alarm](told.name, told.settings)
        except HubError:
            raise
        except Exception as error:  # a stranger's alarm may raise anything
            reason = f"{type(error).__name__}: {error}"
            raise ConfigError(
                "alarm {alarm}: its kind {kind} cannot start: {reason}",
                alarm=told.name,
                kind=told.alarm,
                reason=reason,
            ) from error
