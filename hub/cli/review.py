"""``hub review``: the questions that only a person can answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click

from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.questions import detail_word, kind_word, status_word, value_word
from hub.cli.tables import put_heading, put_json, put_json_list, put_table, say, shown
from hub.codes.files import RELATIONS
from hub.codes.gaps import KIND
from hub.language import _
from hub.model import Json
from hub.records import times
from hub.review import Review, Reviews

SHOWN, PAGE = 50, 500
STATUSES = ("open", "in work", "to check", "closed")


@click.group(help=_("List the questions that only a person can answer, and show one."))
def command() -> None:
    pass


@command.command("list", help=_("List reviews, the newest first."))
@click.option("--status", type=click.Choice(STATUSES), help=_("In this state only."))
@click.option("--kind", default="", help=_("Of this kind only."))
@click.option("--limit", type=click.IntRange(1), help=_("At most so many; 50 in a table, all of them with --json."))
@with_config
@with_json
def list_(status: str | None, kind: str, limit: int | None, directory: Path, as_json: bool) -> None:
    most = limit or (None if as_json else SHOWN)
    with reading(directory) as (_config, database):
        found = paged(Reviews(database), status or "", kind, most)
        if as_json:
            put_json_list(map(row, found))
        elif kind == KIND:
            put_codes(Reviews(database), list(found))
        else:
            put_table(
                [_("review"), _("kind"), _("status"), _("feed"), _("message"), _("opened")],
                [
                    [
                        each.id,
                        kind_word(each.kind),
                        status_word(each.status),
                        each.feed,
                        each.entry,
                        times.moment(each.opened_at),
                    ]
                    for each in found
                ],
                numbers=[_("review")],
            )


def put_codes(reviews: Reviews, found: list[Review]) -> None:
    """The codes nobody has mapped yet, with how many messages used each."""
    used = reviews.used_by([each.id for each in found])
    columns = [_("review"), _("status"), _("feed"), _("field"), _("map"), _("code"), _("meaning"), _("messages")]
    rows = [
        [each.id, status_word(each.status), each.feed,
         *(each.detail[name] for name in ("place", "map", "code", "display")),
         used.get(each.id, 0), each.entry]
        for each in found
    ]  # fmt: skip
    put_table([*columns, _("example")], rows, numbers=[_("review"), _("messages")])


@command.command("decide", help=_("Say what an unmapped code is: it is mapped, and what waited goes through again."))
@click.argument("review", metavar="ID", type=int)
@click.option("--code", default="", help=_("The standard code."))
@click.option("--system", default="", metavar="URI", help=_("Its system; left out, that of the map's other codes."))
@click.option("--display", default="", help=_("What the standard calls it."))
@click.option("--relation", type=click.Choice(RELATIONS), help=_("How the two stand, if not equivalent."))
@click.option("--ignore", "keep", default="", metavar="WHY", help=_("Keep the sender's code as it is, for good."))
@with_config
@with_json
def decide(review: int, directory: Path, as_json: bool, **said: str | None) -> None:
    with performing(directory) as perform:
        done = perform("decide_code", review=review, **{name: value or "" for name, value in said.items()})
    answered(done, as_json)


@command.command("undo", help=_("Take back an answer about a code; what was read by it goes through again."))
@click.argument("review", metavar="ID", type=int)
@click.option("--why", required=True, help=_("The reason, for whoever reads it later."))
@with_config
@with_json
def undo(review: int, why: str, directory: Path, as_json: bool) -> None:
    with performing(directory) as perform:
        done = perform("undo_code", review=review, why=why)
    answered(done, as_json)


def answered(done: Json, as_json: bool) -> None:
    if as_json:
        put_json(done)
    else:
        status = status_word(done["status"])
        say(_("review {id} is {status}; {count} messages go through again", id=done["review"], status=status,
              count=done["messages"]))  # fmt: skip


@command.command("show", help=_("Show one review: what it is about, and what was found."))
@click.argument("review", metavar="ID", type=int)
@with_config
@with_json
def show(review: int, directory: Path, as_json: bool) -> None:
    with reading(directory) as (_config, database):
        reviews = Reviews(database)
        found = row(reviews.show(review)) | {"messages": reviews.used_by([review]).get(review, 0)}
        found["answers"] = [dataclasses.asdict(each) for each in reviews.answers(review)]
    if as_json:
        put_json(found)
    else:
        put_heading(_("review {id}: {kind}, {status}", id=review, kind=kind_word(found["kind"]),
                       status=status_word(found["status"])))  # fmt: skip
        tell(found)


def paged(reviews: Reviews, status: str, kind: str, most: int | None) -> Iterator[Review]:
    before, left = None, most
    while page := reviews.list(status=status, kind=kind, before=before, limit=min(PAGE, left or PAGE)):
        yield from page
        before, left = page[-1].id, left and left - len(page)
        if left == 0:
            return


def row(review: Review) -> Json:
    found = dataclasses.asdict(review) | {"opened_at": times.moment(review.opened_at)}
    return found | {"message": found.pop("entry")}


def tell(found: Json) -> None:
    click.echo(f"  {_('feed')}: {found['feed']}")
    click.echo(f"  {_('message')}: {found['message']}")
    click.echo(f"  {_('opened')}: {shown(found['opened_at'])}")
    for claim in found["claims"]:
        click.echo(f"  {_('claim')}: Patient/{claim}")
    for name, value in found["detail"].items():
        click.echo(f"  {detail_word(name)}: {value_word(value)}")
    if found["message"]:
        say(_("hub show {message} shows the message; hub identity show ID a person", message=found["message"]))
