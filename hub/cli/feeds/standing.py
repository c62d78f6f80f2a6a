"""What is unusual about each feed just now, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.alerts import Alerts
from hub.cli.alerts import words
from hub.config import HubConfig
from hub.database import Database
from hub.language import _
from hub.records import times
from hub.watch.figures import Figures, figures

ADDED = ("alerts", "oldest_waiting", "unmapped_codes")
"""Columns of JSON that a table says in words."""


def standing(feeds: Iterable[str], database: Database) -> dict[str, dict[str, Any]]:
    """By feed: the alerts that last, when the oldest that waits came, how many codes wait to be mapped."""
    lasting: dict[str, list[str]] = {}
    for alert in Alerts(database).lasting():
        if alert.kind != "destination":
            lasting.setdefault(alert.subject, []).append(alert.kind)
    with database.read() as connection:
        found = figures(connection, sorted(feeds))
    return {one.feed: _standing(one, lasting.get(one.feed, [])) for one in found}


def _standing(one: Figures, kinds: list[str]) -> dict[str, Any]:
    oldest = None if one.oldest is None else times.moment(one.oldest)
    return dict(zip(ADDED, (kinds, oldest, one.unmapped), strict=True))


def state(row: dict[str, Any], config: HubConfig) -> str:
    """In a word or two: what lasts, else whether it is on."""
    configured = config.feeds.get(row["feed"])
    if row["feed"] in unreadable(config):
        return ", ".join([*(words(kind) for kind in row["alerts"]), _("its file has mistakes")])
    if configured is None or not configured.enabled:
        return _("off")
    return ", ".join(words(kind) for kind in row["alerts"]) or _("well")


def unreadable(config: HubConfig) -> set[str]:
    """Feeds whose files have mistakes: a hub that runs goes on with what it has read of them."""
    return {path.stem for path in (config.directory / "feeds").glob("*.toml")} - config.feeds.keys()
