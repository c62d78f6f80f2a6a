"""A configuration read without the plugins its feeds need: enough for whoever only counts and lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict

from hub.adapter import Adapter, Delivery, Message, Route, Sender, Settings
from hub.alarm import Alarm, Alert, Change
from hub.config import HubConfig, Mistake, load, load_usable
from hub.model import RecordUpdate


class AnySettings(Settings):
    model_config = ConfigDict(extra="allow")


class AnyAdapter(Adapter[AnySettings]):
    """Stands for the adapter of a feed; no message ever comes to it."""

    name: ClassVar[str] = ""
    Settings = AnySettings

    def parse(self, message: Message) -> list[RecordUpdate]:
        raise AssertionError(message.id)


class AnyRoute(Route):
    model_config = ConfigDict(extra="allow")


class AnySender(Sender[AnySettings]):
    """Stands for the sender of a destination; it is told nothing."""

    name: ClassVar[str] = ""
    Settings = AnySettings
    Route = AnyRoute

    def send(self, delivery: Delivery) -> bytes:
        raise AssertionError(delivery.id)


class AnyAlarm(Alarm[AnySettings]):
    """Stands for an alarm; it is told nothing."""

    name: ClassVar[str] = ""
    Settings = AnySettings

    def tell(self, alert: Alert, change: Change) -> None:
        raise AssertionError(alert.id, change)


class AllAdapters(dict[str, type[Adapter[Any]]]):
    def get(self, _name: str, _default: Any = None) -> type[Adapter[Any]]:
        return AnyAdapter


class AllSenders(dict[str, type[Sender[Any]]]):
    def get(self, _name: str, _default: Any = None) -> type[Sender[Any]]:
        return AnySender


class AllAlarms(dict[str, type[Alarm[Any]]]):
    def get(self, _name: str, _default: Any = None) -> type[Alarm[Any]]:
        return AnyAlarm


def outline(directory: Path) -> HubConfig:
    """The settings of feeds and destinations are as written, unchecked."""
    return load(directory, AllAdapters(), senders=AllSenders(), alarms=AllAlarms())


def outlined(directory: Path) -> tuple[HubConfig, list[Mistake]]:
    """The same without the files that have mistakes; and these. Raises ``Mistakes`` where hub.toml has some."""
    return load_usable(directory, AllAdapters(), senders=AllSenders(), alarms=AllAlarms())
