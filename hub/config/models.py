"""The keys of hub.toml and of a feed file, with their help texts, limits and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from hub.adapter import Settings
from hub.alarm import Kind
from hub.config.mistakes import Mistakes, at
from hub.config.secrets import Secret
from hub.config.survivorship import SurvivorshipFile
from hub.errors import ConfigError
from hub.language import Text


def _address(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise ValueError(Text("must be HOST:PORT, such as {example}", {"example": "127.0.0.1:8080"}))
    return value


def _url(value: Any, info: ValidationInfo, schemes: tuple[str, ...], example: str) -> str | Secret:
    if isinstance(value, dict | Secret):
        return Secret.read(value, info)
    if isinstance(value, str) and value.startswith(schemes):
        return value
    raise ValueError(Text("must be a URL such as {example}", {"example": example}))


def _database(value: Any, info: ValidationInfo) -> str | Secret:
    schemes = ("sqlite:///", "postgresql+psycopg://", "postgresql://")
    return _url(value, info, schemes, "sqlite:///hub.db, postgresql+psycopg://user@host/database")


def _bus(value: Any, info: ValidationInfo) -> str | Secret:
    return _url(value, info, ("memory://", "amqp://", "amqps://"), "memory://, amqp://user@host//")


Address = Annotated[str, AfterValidator(_address)]
"""HOST:PORT"""
DatabaseUrl = Annotated[str | Secret, BeforeValidator(_database)]
BusUrl = Annotated[str | Secret, BeforeValidator(_bus)]


class WebConfig(Settings):
    """The web part: health, metrics, and what plugins serve."""

    listen: Address = "127.0.0.1:8080"
    """Where the web part listens, HOST:PORT."""
    base_url: str = ""
    """What clients write before /fhir when a proxy stands in front, such as https://hub.example.org."""


class WorkConfig(Settings):
    """How messages are applied."""

    batch: int = Field(default=200, ge=1, le=10_000)
    """How many messages may share one transaction."""
    parse_seconds: float = Field(default=30, gt=0, le=600)
    """A message whose adapter takes longer is parked."""
    sweep_seconds: float = Field(default=2, gt=0, le=600)
    """How often the worker looks for messages whose bell it did not hear."""


class LogConfig(Settings):
    """What the hub says about itself, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important event that is written."""
    format: Literal["auto", "json", "text"] = "auto"
    """One JSON object a line, or a readable line; auto is text on a terminal."""


class WatchConfig(Settings):
    """When a feed is unusual, and how often that is looked at."""

    every_seconds: float = Field(default=30, ge=1, le=3600)
    """How often the feeds are looked at."""
    refused: int = Field(default=10, ge=1, le=100)
    """An alert begins when so many messages of a feed were refused in a row."""
    parked: int = Field(default=10, ge=1, le=100)
    """An alert begins when so many messages of a feed were parked in a row."""
    oldest_seconds: int = Field(default=300, ge=1)
    """An alert begins when a message has waited this long to be applied."""


def _bits(value: Any) -> Any:
    if value == MODEL:
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and -100 <= value <= 100:  # nan is neither
        return float(value)
    raise ValueError(Text('must be "model" or a number of bits between -100 and 100'))


def _margin(value: Any) -> Any:
    found = _bits(value)
    if found != MODEL and found < 0:
        raise ValueError(Text("must not be less than 0"))
    return found


def _residents(value: Any) -> Any:
    if value == MODEL or (type(value) is int and value > 1):
        return value
    raise ValueError(Text('must be "model" or a number of people, at least 2'))


MODEL: Final = "model"
Residents = Annotated[int | Literal["model"], BeforeValidator(_residents)]
Bits = Annotated[float | str, BeforeValidator(_bits)]
Margin = Annotated[float | str, BeforeValidator(_margin)]


class IdentityConfig(Settings):
    """From how much agreement on claims are one person, or asked about, in bits; "model" is what the model says."""

    link_bits: Bits = MODEL
    """Joined by rule from here on, unless something forbids it."""
    ask_bits: Bits = MODEL
    """Asked about from here on; below it, a person of its own."""
    margin_bits: Margin = MODEL
    """So much more than the next best person, or it is asked about."""
    residents: Residents = MODEL
    """Of how many people the feeds speak, roughly: the more, the more strangers are alike by chance."""

    @model_validator(mode="after")
    def _ordered(self) -> IdentityConfig:
        if isinstance(self.link_bits, float) and isinstance(self.ask_bits, float) and self.ask_bits > self.link_bits:
            raise ValueError(Text("must not be more than {other}", {"other": "link_bits"}), "ask_bits")
        return self


class HubFile(Settings):
    """hub.toml"""

    database: DatabaseUrl = "sqlite:///hub.db"
    """SQLite file, or postgresql+psycopg://user@host/database; or { file = "…" }, { env = "…" }."""
    bus: BusUrl = "memory://"
    """memory:// in one process, amqp://user@host// between several; or { file = "…" }, { env = "…" }."""
    web: WebConfig = WebConfig()
    work: WorkConfig = WorkConfig()
    log: LogConfig = LogConfig()
    watch: WatchConfig = WatchConfig()
    identity: IdentityConfig = IdentityConfig()


def _silence(value: Any) -> Any:
    if value in ("auto", "off") or (type(value) is int and value > 0):
        return value
    raise ValueError(Text('must be "auto", "off" or a number of seconds'))


class FeedFile(Settings):
    """feeds/<feed>.toml"""

    adapter: str
    """What kind of source system it is; hub plugins lists them."""
    enabled: bool = True
    """Off: its door stays closed, and what it has sent waits."""
    reused_key: Literal["accept", "refuse"] = "accept"
    """What to do when the sender gives a new message the key of another one; either way it is counted."""
    duplicate_window: int = Field(default=7, ge=0, le=3650)
    """For how many days the same message again is answered as a resend."""
    silence: Annotated[int | str, BeforeValidator(_silence)] = "auto"
    """When no message is an alert: "auto" (three times what is usual at that hour), seconds, or "off"."""
    verified: bool = False
    """Names, birth dates and numbers were checked against the person's papers there; they win over other feeds'."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Settings of the adapter."""


def _kinds(value: Any) -> Any:
    if value == "*" or (isinstance(value, list) and all(one in get_args(Kind) for one in value)):
        return value
    raise ValueError(Text('must be "*" or a list of {kinds}', {"kinds": ", ".join(get_args(Kind))}))


class AlarmFile(Settings):
    """alarms/<alarm>.toml"""

    alarm: str
    """What kind of alarm it is; hub plugins lists them."""
    enabled: bool = True
    """Off: it is told of nothing."""
    kinds: Annotated[list[str] | str, BeforeValidator(_kinds)] = "*"
    """Which alerts it is told of: a list of their kinds, or "*" for all of them."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Settings of the alarm."""


@dataclass(frozen=True, slots=True)
class AlarmConfig:
    """``kinds`` is none for all of them."""

    name: str
    alarm: str
    settings: Settings
    kinds: frozenset[str] | None = None
    enabled: bool = True


def _feeds(value: Any) -> Any:
    if value == "*" or (isinstance(value, list) and all(isinstance(name, str) for name in value)):
        return value
    raise ValueError(Text('must be a list of feeds such as ["central-hospital"], or "*" for all of them'))


class DestinationFile(Settings):
    """destinations/<destination>.toml"""

    sender: str
    """What kind of system it is; hub plugins lists them."""
    enabled: bool = True
    """Off: nothing is sent; what it is to be told of waits."""
    feeds: Annotated[list[str] | str, BeforeValidator(_feeds)] = "*"
    """Of which feeds' messages it is told: a list of their names, or "*" for all of them."""
    route: list[dict[str, Any]] = Field(default_factory=list)
    """Which of those messages: [[route]] tables, any of which lets a message through; none lets all through."""
    persons: bool = False
    """Also tell it which persons became one, or no longer are: who merged and parted them does not matter."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Settings of the sender."""


@dataclass(frozen=True, slots=True)
class DestinationConfig:
    """``feeds`` is none for all of them; the routes are of the sender's own type."""

    name: str
    sender: str
    settings: Settings
    routes: tuple[Any, ...] = ()
    feeds: frozenset[str] | None = None
    enabled: bool = True
    persons: bool = False

    def is_told_of(self, feed: str) -> bool:
        return self.feeds is None or feed in self.feeds


@dataclass(frozen=True, slots=True)
class FeedConfig:
    name: str
    adapter: str
    settings: Settings
    enabled: bool = True
    reused_key: Literal["accept", "refuse"] = "accept"
    duplicate_window: timedelta = timedelta(days=7)
    verified: bool = False
    silence: int | str = "auto"
    """Seconds, ``auto`` or ``off``."""


@dataclass(frozen=True, slots=True)
class HubConfig:
    """Everything IT staff have written. Relative paths are relative to ``directory``."""

    directory: Path
    database: str | Secret
    bus: str | Secret
    web: WebConfig
    work: WorkConfig
    log: LogConfig
    feeds: Mapping[str, FeedConfig]
    destinations: Mapping[str, DestinationConfig] = field(default_factory=dict)
    alarms: Mapping[str, AlarmConfig] = field(default_factory=dict)
    watch: WatchConfig = field(default_factory=WatchConfig)
    identity: IdentityConfig = field(default_factory=IdentityConfig)
    survivorship: SurvivorshipFile = field(default_factory=SurvivorshipFile)

    @property
    def served(self) -> frozenset[str]:
        """Feeds whose doors are open and whose messages are applied."""
        return frozenset(feed.name for feed in self.feeds.values() if feed.enabled)

    @property
    def verified(self) -> frozenset[str]:
        return frozenset(feed.name for feed in self.feeds.values() if feed.verified)

    @property
    def database_url(self) -> str:
        """Raises ``Mistakes`` when it is a secret that is not there."""
        return self._url("database", self.database)

    @property
    def bus_url(self) -> str:
        """Raises ``Mistakes`` when it is a secret that is not there."""
        return self._url("bus", self.bus)

    def _url(self, key: str, value: str | Secret) -> str:
        try:
            return value.reveal() if isinstance(value, Secret) else value
        except ConfigError as error:
            raise Mistakes([at(self.directory / "hub.toml", (key,), error.text)]) from error
