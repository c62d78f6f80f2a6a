"""``hub deliveries``: what destinations are to hear, what became of it, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import click

from hub.cli.exits import OK, UNREACHABLE, code_of, code_of_many
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.show import printable
from hub.cli.tables import put_heading, put_json, put_json_list, put_table, say, shown
from hub.errors import HubError, NotFound
from hub.language import _, preferred
from hub.model import Json
from hub.outbox import STATUSES, Deliveries, Entry
from hub.records import times

SHOWN = 50


def status_word(status: str) -> str:
    words = {
        "waiting": _("waiting"),
        "sending": _("being sent"),
        "sent": _("sent"),
        "failed": _("failed"),
        "unknown": _("unknown whether it arrived"),
        "dropped": _("given up"),
    }
    return words[status]


@click.group(
    invoke_without_command=True,
    subcommand_metavar="[VERB [ARGS]...]",
    help=_("List what destinations are told, the newest first; send again, give up, or try a destination."),
)
@click.option("--destination", default="", help=_("Of this destination only."))
@click.option("--status", type=click.Choice(STATUSES), help=_("In this state only."))
@click.option("--limit", type=click.IntRange(1), help=_("At most so many; 50 in a table, all of them with --json."))
@with_config
@with_json
@click.pass_context
def command(ctx: click.Context, /, limit: int | None, directory: Path, as_json: bool, **asked: Any) -> None:
    if ctx.invoked_subcommand is not None:
        return
    with reading(directory) as (_config, database):
        found = Deliveries(database).listed(asked["destination"], asked["status"] or "", limit=limit)
        if as_json:
            put_json_list(map(row, found))
        else:
            put(islice(found, limit or SHOWN))


@command.command("show", help=_("Show one delivery, with what the receiver answered; that is noted in the audit log."))
@click.argument("delivery", metavar="ID", type=int)
@with_config
@with_json
def show(delivery: int, directory: Path, as_json: bool) -> None:
    with reading(directory) as (_config, database):
        entry = Deliveries(database).one(delivery)
    with performing(directory) as perform:
        perform("note", action="show delivery", message=entry.message or None)
    found = row(entry) | {"answer": entry.answer.decode(errors="replace") if entry.answer else None}
    if as_json:
        put_json(found)
        return
    put_heading(_("delivery {id}: {status}", id=entry.id, status=status_word(entry.status)))
    for name, value in facts(found):
        click.echo(f"  {name}: {shown(value)}")


@command.command("resend", help=_("Send again what was set aside, each at its old place in the line."))
@click.argument("deliveries", metavar="ID...", type=int, nargs=-1, required=True)
@with_config
@with_json
def resend(deliveries: tuple[int, ...], directory: Path, as_json: bool) -> int:
    return decided("resend_delivery", deliveries, directory, as_json)


@command.command("drop", help=_("Give up what waits or was set aside: the destination will not hear of it."))
@click.argument("deliveries", metavar="ID...", type=int, nargs=-1, required=True)
@with_config
@with_json
def drop(deliveries: tuple[int, ...], directory: Path, as_json: bool) -> int:
    return decided("drop_delivery", deliveries, directory, as_json)


@command.command("check", help=_("Try a destination's connection, step by step. Ends with 5 when a step fails."))
@click.argument("destination")
@click.option("--answer", is_flag=True, help=_("Also have it answer a test message (NMQ^N01, processing id T)."))
@with_config
@with_json
def check(destination: str, answer: bool, directory: Path, as_json: bool) -> int:
    from hub.config import load
    from hub.loader import load_plugins

    plugins = load_plugins()
    config = load(directory, plugins.adapters(), plugins.broken, plugins.senders())
    if (told := config.destinations.get(destination)) is None:
        raise NotFound("there is no destination {destination} in this configuration", destination=destination)
    sender = plugins.senders()[told.sender](told.name, told.settings, told.routes)
    found = list(sender.check_answer() if answer else sender.check())
    language = preferred()
    steps = [
        {
            "step": each.step.render(language),
            "ok": each.ok,
            "detail": each.detail.render(language) if each.detail else None,
        }
        for each in found
    ]
    well = all(each.ok for each in found)
    if as_json:
        put_json({"destination": destination, "ok": well, "steps": steps})
    else:
        put_heading(_("destination {destination} ({sender})", destination=destination, sender=told.sender))
        for step in steps:
            detail = f": {step['detail']}" if step["detail"] else ""
            click.echo(f"  {_('ok') if step['ok'] else _('WRONG')}  {step['step']}{detail}")
    return OK if well else UNREACHABLE


def decided(operation: str, deliveries: Iterable[int], directory: Path, as_json: bool) -> int:
    with performing(directory) as perform:
        rows = [_decided(perform, operation, delivery) for delivery in deliveries]
    if as_json:
        put_json([{name: value for name, value in each.items() if name != "code"} for each in rows])
    else:
        columns = [_("delivery"), _("destination"), _("status"), _("reason")]
        put_table(columns, [[each["id"], each["destination"], each["status"], each["reason"]] for each in rows])
    return code_of_many(each["code"] for each in rows)


def _decided(perform: Any, operation: str, delivery: int) -> Json:
    try:
        return {**perform(operation, delivery=delivery), "reason": None, "code": OK}
    except HubError as error:
        reason = error.text.render(preferred())
        return {"id": delivery, "destination": None, "status": None, "reason": reason, "code": code_of(error)}


def row(entry: Entry) -> Json:
    """Without the answer, which may name a patient."""
    return {
        "id": entry.id,
        "destination": entry.destination,
        "message": entry.message or None,
        "change": entry.change,
        "part": 0 if entry.change else entry.part,
        "status": entry.status,
        "attempts": entry.attempts,
        "queued_at": times.moment(entry.queued_at),
        "settled_at": times.moment(entry.settled_at) if entry.settled_at is not None else None,
        "code": entry.code,
        "reason": entry.reason.render(preferred()) if entry.reason else None,
        "place": entry.place,
    }


def facts(found: Json) -> list[tuple[str, Any]]:
    """As far as there is something to say."""
    place = f" ({found['place']})" if found["place"] else ""
    every = [
        (_("destination"), found["destination"]),
        (_("message"), found["message"]),
        (_("document"), found["part"] or None),
        (_("identity change"), found["change"]),
        (_("attempts"), found["attempts"]),
        (_("queued"), found["queued_at"]),
        (_("settled"), found["settled_at"]),
        (_("reason"), found["reason"] and f"{found['reason']}{place}"),
        (_("answer"), found["answer"] and printable(found["answer"])),
    ]
    return [(name, value) for name, value in every if value is not None]


def put(entries: Iterable[Entry]) -> None:
    rows = [row(entry) for entry in entries]
    if not rows:
        say(_("nothing was ever queued for a destination"))
        return
    columns = [_("delivery"), _("destination"), _("message"), _("status"), _("attempts"), _("queued"), _("reason")]
    cells = [
        [
            *(each["id"], each["destination"], each["message"], status_word(each["status"]), each["attempts"]),
            *(each["queued_at"], each["reason"]),
        ]
        for each in rows
    ]
    put_table(columns, cells, numbers=[_("delivery"), _("attempts")])
