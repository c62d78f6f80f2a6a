"""``hub feeds check``: a feed's connection, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import bindparam, select

from hub import control
from hub.adapter import Finding
from hub.cli.exits import CONFIGURATION, FAILED, OK, UNREACHABLE
from hub.cli.opening import configured, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_heading, put_json, shown
from hub.config import Mistakes
from hub.database import Connection, Database, Statement
from hub.errors import HubError
from hub.language import Text, _, preferred
from hub.model import Json
from hub.records import json
from hub.schema import entry
from hub.settlement import Settlements

LOOKED_AT = 200
MINUTE, HOUR, DAY = 60, 3_600, 86_400

_NOTES = Statement(
    select(entry.c.notes).where(entry.c.feed == bindparam("feed")).order_by(entry.c.id.desc()).limit(bindparam("most"))
)


class Step(NamedTuple):
    finding: Finding
    code: int = FAILED
    """What the command ends with when it went wrong."""


@click.command(
    help=_(
        "Try the connection of FEED, step by step: its configuration, whether a hub runs and its address answers, "
        "what came last and what is parked. No message is sent. Ends with 5 when something does not answer, with 1 "
        "when something else is wrong."
    )
)
@click.argument("feed")
@with_config
@with_json
def command(feed: str, directory: Path, as_json: bool) -> int:
    steps = list(looked_at(directory, feed))
    rows = [described(step.finding) for step in steps]
    if as_json:
        put_json({"feed": feed, "ok": all(row["ok"] for row in rows), "steps": rows})
    else:
        put_heading(_("feed {feed}", feed=feed))
        for row in rows:
            click.echo(f"  {_('ok') if row['ok'] else _('WRONG')}  {row['step']}" + told(row["detail"]))
    wrong = [step.code for step in steps if not step.finding.ok]
    return max(wrong, default=OK)


def looked_at(directory: Path, feed: str) -> Iterator[Step]:
    """Raises ``NotFound`` for a feed that is none. Where its file cannot be used, what came is told all the same."""
    adapter = None
    try:
        found, adapter = configured(directory, feed)
    except Mistakes as error:
        yield Step(Finding(Text("the configuration can be used"), False, error.text), CONFIGURATION)
    else:
        yield Step(Finding(Text("the configuration can be used"), True, Text(found.adapter)))
        off = None if found.enabled else Text("enabled = false")
        yield Step(Finding(Text("the feed is enabled"), found.enabled, off))
    yield Step(Finding(Text("a hub runs with this configuration"), _runs(directory)), UNREACHABLE)
    for finding in adapter.check() if adapter else ():
        yield Step(finding, UNREACHABLE)
    try:
        with reading(directory) as (_config, database):
            yield from map(Step, what_came(database, feed))
    except HubError as error:
        yield Step(Finding(Text("the database answers"), False, error.text), UNREACHABLE)


def what_came(database: Database, feed: str) -> Iterator[Finding]:
    state = next((state for state in Settlements(database).feeds() if state.feed == feed), None)
    if state is None or not state.received:
        yield Finding(Text("messages have come"), True, Text("none yet"))
        return
    silent = (datetime.now(UTC) - state.last_received).total_seconds()
    yield Finding(
        Text("messages have come"),
        True,
        Text(
            "{count}, the last at {at}, {ago} ago",
            {"count": state.received, "at": shown(state.last_received), "ago": span(silent)},
        ),
    )
    with database.read() as connection:
        yield Finding(Text("encodings of the last {count}", {"count": LOOKED_AT}), True, encodings(connection, feed))
    yield Finding(Text("nothing waits"), not state.waiting, _count(state.waiting))
    yield Finding(Text("nothing is parked"), not state.parked, _count(state.parked))
    yield Finding(Text("refused"), True, _count(state.refused) or Text("none yet"))


def encodings(connection: Connection, feed: str) -> Text:
    rows = connection.rows(_NOTES, feed=feed, most=LOOKED_AT)
    seen = Counter(json.decode(notes).get("encoding") or "?" for (notes,) in rows)
    return Text("{encodings}", {"encodings": ", ".join(f"{name} {count}" for name, count in seen.most_common())})


def span(seconds: float) -> Text:
    for size, text in (
        (DAY, Text("{count} days", {"count": int(seconds // DAY)})),
        (HOUR, Text("{count} hours", {"count": int(seconds // HOUR)})),
        (MINUTE, Text("{count} minutes", {"count": int(seconds // MINUTE)})),
    ):
        if seconds >= 2 * size:
            return text
    return Text("{count} seconds", {"count": int(seconds)})


def described(finding: Finding) -> Json:
    language = preferred()
    return {
        "step": finding.step.render(language),
        "ok": finding.ok,
        "detail": finding.detail.render(language) if finding.detail else None,
    }


def told(detail: str | None) -> str:
    return f": {detail}" if detail else ""


def _count(count: int) -> Text | None:
    return Text("{count} messages", {"count": count}) if count else None


def _runs(directory: Path) -> bool:
    connection = control.connect(directory)
    if connection is not None:
        connection.close()
    return connection is not None
