"""Tells a URL when something unusual begins and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub import hookimpl

if TYPE_CHECKING:
    from hub import Alarm


@hookimpl
def register_alarms() -> list[type[Alarm[Any]]]:
    # Here, because naming a plugin must not load its HTTP client.
    from plugins.webhook.alarm import Webhook

    return [Webhook]
