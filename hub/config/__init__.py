"""Reads hub.toml and the feeds, destinations and alarms beside it; explains mistakes in the user's words."""

from hub.config.absent import absent, assert_secrets
from hub.config.doubts import doubts, overlooked
from hub.config.mistakes import Mistake, Mistakes
from hub.config.models import (
    AlarmConfig,
    DestinationConfig,
    FeedConfig,
    HubConfig,
    IdentityConfig,
    LogConfig,
    WatchConfig,
    WebConfig,
    WorkConfig,
)
from hub.config.reading import load, load_usable
from hub.config.secrets import Secret
from hub.config.survivorship import CRITERIA, Survival, SurvivorshipFile

__all__ = [
    "CRITERIA",
    "AlarmConfig",
    "DestinationConfig",
    "FeedConfig",
    "HubConfig",
    "IdentityConfig",
    "LogConfig",
    "Mistake",
    "Mistakes",
    "Secret",
    "Survival",
    "SurvivorshipFile",
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
