"""Reads hub.toml and the feeds, destinations and alarms beside it; explains mistakes in the user's words."""

from hub.config.absent import absent, assert_secrets
from hub.config.doubts import doubts, overlooked
from hub.config.mistakes import Mistake, Mistakes
from hub.config.models import (
    AlarmConfig,
    DestinationConfig,
    FeedConfig,
    HubConfig,
    LogConfig,
    WatchConfig,
    WebConfig,
    WorkConfig,
)
from hub.config.reading import load, load_usable
from hub.config.secrets import Secret

__all__ = [
    "AlarmConfig",
    "DestinationConfig",
    "FeedConfig",
    "HubConfig",
    "LogConfig",
    "Mistake",
    "Mistakes",
    "Secret",
    "WatchConfig",
    "WebConfig",
    "WorkConfig",
    "absent",
    "assert_secrets",
    "doubts",
    "load",
    "load_usable",
    "overlooked",
]
