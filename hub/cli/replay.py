"""``hub replay``: messages go through again, by the rules of today."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.exits import FAILED, OK, code_of, code_of_many
from hub.cli.opening import Perform, performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.control import connect
from hub.errors import HubError
from hub.language import _, preferred

if TYPE_CHECKING:
    from hub.settlement import Settlements

LOOK_S = 0.1
Row = dict[str, Any]


@click.command(
    help=_(
        "Send messages through again that were parked, skipped or refused: from the stored bytes, by the settings and "
        "plugins of today. Each replay is a message of its own that names the first, and applies by the time the first "
        "was recorded. Ends with 6 when only some went well."
    )
)
@click.argument("messages", metavar="ID...", type=int, nargs=-1, required=True)
@click.option("--again", is_flag=True, help=_("Also messages that were applied already."))
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help=_("How long to wait for the outcome while a hub runs."),
)
@with_config
@with_json
def command(messages: tuple[int, ...], again: bool, wait: float, directory: Path, as_json: bool) -> int:
    with performing(directory) as perform:
        rows = [sent_again(perform, message, again) for message in messages]
    if running(directory):
        follow(directory, rows, wait)
    if as_json:
        put_json([{name: value for name, value in row.items() if name != "code"} for row in rows])
    else:
        columns = [_("message"), _("replayed as"), _("status"), _("reason")]
        put_table(columns, [[row["id"], row["replay"], row["status"], row["reason"]] for row in rows])
        if any(row["status"] == "received" for row in rows):
            say(_("what is received is applied when the hub runs and gets to it"))
    return code_of_many(row["code"] for row in rows)


def sent_again(perform: Perform, message: int, again: bool) -> Row:
    """One row of the answer; ``code`` is the exit code it alone would mean."""
    try:
        receipt = perform("replay", message=message, again=again)
    except HubError as error:
        reason = error.text.render(preferred())
        return {"id": message, "replay": None, "status": None, "reason": reason, "code": code_of(error)}
    return {"id": message, "replay": receipt["id"], "status": "received", "reason": None, "code": OK}


def running(directory: Path) -> bool:
    if connection := connect(directory):
        connection.close()
    return connection is not None


def follow(directory: Path, rows: list[Row], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
    """Fills in what became of the replays, as far as that is known in time."""
    from hub.settlement import Settlements

    deadline = clock() + seconds
    with reading(directory) as (_config, database):
        settlements = Settlements(database)
        while waiting := [row for row in rows if row["status"] == "received"]:
            for row in waiting:
                fill_in(row, settlements)
            if clock() > deadline:
                return
            time.sleep(LOOK_S)


def fill_in(row: Row, settlements: Settlements) -> None:
    state = settlements.message(row["replay"])
    if state is not None and state.status != "received":
        row["status"] = state.status
        row["reason"] = state.reason.render(preferred()) if state.reason else None
        row["code"] = FAILED if state.status == "parked" else OK
