"""``hub messages``: what came, newest first, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from hub.cli import traces
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json_list, put_table, say
from hub.config import HubConfig
from hub.database import Database
from hub.errors import NotFound
from hub.language import _, preferred
from hub.model import Json
from hub.records import times
from hub.settlement import MessageState, Settlements

SHOWN = 50
STATUSES = ("received", "applied", "skipped", "parked", "refused")
AGO = re.compile(r"(\d+)([mhd])")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType[datetime]):
    """``2026-11-21``, ``2026-11-21T08:30`` (without a zone: Asia/Shanghai), or how long ago: ``30m``, ``7d``."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        if ago := AGO.fullmatch(value):
            return datetime.now(times.SHANGHAI) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(_("write 2026-11-21, 2026-11-21T08:30, or 30m, 2h, 7d for how long ago"), param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=times.SHANGHAI)


@click.command()
@click.option("--feed", help=_("Of this feed only."))
@click.option("--status", type=click.Choice(STATUSES), help=_("In this state only."))
@click.option("--patient", metavar="ID", help=_("About this person: any Patient id of theirs. The search is audited."))
@click.option("--key", help=_("With this key of the sender's; for HL7, MSH-10."))
@click.option("--since", type=Moment(), help=_("Received since then: a date, a time, or 30m, 2h, 7d."))
@click.option("--limit", type=click.IntRange(1), help=_("At most so many; 50 in a table, all of them with --json."))
@with_config
@with_json
def command(directory: Path, as_json: bool, limit: int | None, patient: str | None, **asked: Any) -> None:
    with reading(directory) as (config, database):
        must_be_known(asked["feed"], config, database)
        claims = audited_claims(directory, database, patient, "hub messages --patient") if patient else None
        most = limit or (None if as_json else SHOWN)
        states = Settlements(database).messages(claims=claims, limit=most, **asked)
        if as_json:
            put_json_list(map(row, states))
        else:
            put(states, most)


def must_be_known(feed: str | None, config: HubConfig, database: Database) -> None:
    """Raises ``NotFound`` for a feed that is not configured and never sent anything."""
    if feed is None or feed in config.feeds or any(Settlements(database).messages(feed=feed, limit=1)):
        return
    raise NotFound("there is no feed {feed} in this configuration", feed=feed)


def audited_claims(directory: Path, database: Database, patient: str, query: str) -> list[str]:
    """The claims of a person, once it is noted who asked, and what."""
    with database.read() as connection:
        claims = traces.claims_of(connection, patient)
    with performing(directory) as perform:
        perform("note", action="search", persons=[patient], query=query)
    return claims


def row(state: MessageState) -> Json:
    return {
        "id": state.id,
        "feed": state.feed,
        "key": state.key,
        "status": state.status,
        "reason": reason(state),
        "code": state.code or None,
        "place": state.place or None,
        "received_at": state.received_at,
        "settled_at": state.settled_at,
        "sender": state.sender or None,
        "size": state.size,
        "reused_key": state.reused,
        "replay_of": state.replay_of,
        "replayed_as": state.replayed_as,
    }


def reason(state: MessageState) -> str | None:
    return state.reason.render(preferred()) if state.reason else None


def put(states: Iterator[MessageState], most: int | None) -> None:
    shown = list(states)
    put_table(
        [_("message"), _("received"), _("feed"), _("key"), _("status"), _("reason")],
        [[each.id, each.received_at, each.feed, each.key, status_word(each.status), why(each)] for each in shown],
        numbers=[_("message")],
    )
    if len(shown) == most:
        say(_("the newest {count}; --limit shows more", count=most))


def why(state: MessageState) -> str:
    place = f" ({state.place})" if state.place else ""
    again = " " + _("(replayed as {id})", id=state.replayed_as) if state.replayed_as else ""
    return f"{reason(state) or ''}{place}{again}"


def status_word(status: str) -> str:
    words = {
        "received": _("received"),
        "applied": _("applied"),
        "skipped": _("skipped"),
        "parked": _("parked"),
        "refused": _("refused"),
    }
    return words[status]
