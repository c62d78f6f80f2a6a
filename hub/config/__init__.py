"""Reads hub.toml, feeds/*.toml and destinations/*.toml into frozen settings; explains mistakes in the user's words."""

from hub.config.absent import absent, assert_secrets
from hub.config.doubts import doubts, overlooked
from hub.config.mistakes import Mistake, Mistakes
from hub.config.models import DestinationConfig, FeedConfig, HubConfig, LogConfig, WebConfig, WorkConfig
from hub.config.reading import load
from hub.config.secrets import Secret

__all__ = [
    "DestinationConfig",
    "FeedConfig",
    "HubConfig",
    "LogConfig",
    "Mistake",
    "Mistakes",
    "Secret",
    "WebConfig",
    "WorkConfig",
    "absent",
    "assert_secrets",
    "doubts",
    "load",
    "overlooked",
]
