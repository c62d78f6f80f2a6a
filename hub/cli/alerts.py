"""``hub alerts``: what is unusual just now, and what was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.alarm import Alert
from hub.alerts import Alerts
from hub.cli.opening import reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.language import _, preferred

SHOWN = 50


@click.command(help=_("List the alerts that last, the oldest first, then those that are over, the newest first."))
@click.option("--lasting", is_flag=True, help=_("Only those that last."))
@click.option("--limit", type=click.IntRange(1), default=SHOWN, help=_("At most so many that are over; 50 by default."))
@with_config
@with_json
def command(lasting: bool, limit: int, directory: Path, as_json: bool) -> None:
    with reading(directory) as (_config, database):
        alerts = Alerts(database)
        found = [*alerts.lasting(), *([] if lasting else alerts.history(limit))]
    if as_json:
        put_json([row(alert) for alert in found])
    elif found:
        put_table(
            [_("alert"), _("kind"), _("of"), _("began"), _("ended"), _("what was seen")],
            [
                [
                    alert.id,
                    words(alert.kind),
                    alert.subject,
                    alert.began_at,
                    alert.ended_at or _("lasts"),
                    alert.text.render(preferred()),
                ]
                for alert in found
            ],
            numbers=[_("alert")],
        )
    else:
        say(_("nothing is unusual, nor was"))


def row(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "text": alert.text.render(preferred()),
        "began_at": alert.began_at,
        "ended_at": alert.ended_at,
    }


def words(kind: str) -> str:
    known = {
        "silent": _("silent"),
        "refusing": _("refused in a row"),
        "parking": _("parked in a row"),
        "backlog": _("messages wait"),
        "unmapped": _("unmapped codes"),
        "destination": _("cannot be told"),
    }
    return known.get(kind, kind)
