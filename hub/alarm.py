"""Whoever is told when something unusual begins and when it is over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar

from hub.adapter import Settings
from hub.language import Text

Change = Literal["began", "ended"]
Kind = Literal["silent", "refusing", "parking", "backlog", "unmapped", "destination"]
S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something unusual, from its beginning to its end; holds no personal data."""

    id: int
    kind: str
    """One of ``Kind``."""
    subject: str
    """The feed or destination."""
    text: Text
    """What was seen when it began."""
    began_at: datetime
    ended_at: datetime | None = None


class Alarm(ABC, Generic[S]):
    """One way to tell people of alerts. An instance serves one file in ``alarms/``."""

    name: ClassVar[str]
    """What an alarm's file writes: ``alarm = "webhook"``."""
    Settings: ClassVar[type[Settings]] = Settings

    def __init__(self, alarm: str, settings: S) -> None:
        self.alarm = alarm
        self.settings = settings

    @abstractmethod
    def tell(self, alert: Alert, change: Change) -> None:
        """Once for each beginning and each end, in their order; may take seconds.

        What it raises has it told again later, so a beginning or an end can come twice after a failure: by the alert's
        id and ``change`` the other side knows it.
        """

    def close(self) -> None:
        """Lets go of its connection."""
