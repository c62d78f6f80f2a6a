"""``hub review show``: what is asked, what was found, and of persons each side beside the other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from hub.cli.columns import put_columns, put_sum
from hub.cli.findings import element_word, rule_word, why_word
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.questions import detail_word, kind_word, status_word, value_word
from hub.cli.review.listing import row
from hub.cli.tables import put_heading, put_json, put_table, say, shown
from hub.config import HubConfig
from hub.database import Database
from hub.identity.claims import Claims
from hub.identity.columns import side_by_side
from hub.identity.rules import rules_of
from hub.identity.settled import KINDS
from hub.language import _
from hub.model import Json
from hub.records import times
from hub.review import Answer, Review, Reviews

HIDDEN = {"findings", "bits", "model", "version"}
"""Of the details, what is shown anew, by today's rules."""


@click.command(
    "show",
    help=_(
        "Show one review: what it is about, and what was found. Of persons, what each feed says of them stands side "
        "by side; that it was shown, and to whom, is noted in the audit log."
    ),
)
@click.argument("review", metavar="ID", type=int)
@with_config
@with_json
def show(review: int, directory: Path, as_json: bool) -> None:
    with reading(directory) as (config, database):
        reviews = Reviews(database)
        asked = reviews.show(review)
        found = row(asked, reviews.until([review]).get(review))
        found["messages"] = reviews.used_by([review]).get(review, 0)
        found["answers"] = [dataclasses.asdict(each) for each in reviews.answers(review)]
        found["beside"] = _beside(config, database, asked) if asked.kind in KINDS and asked.claims else None
    if beside := found["beside"]:
        persons = sorted({claim["person"] for claim in beside["claims"]})
        with performing(directory) as perform:
            perform("note", action="review", persons=persons, resources=len(beside["claims"]))
    if as_json:
        put_json(found)
    else:
        put_heading(_("review {id}: {kind}, {status}", id=review, kind=kind_word(found["kind"]),
                       status=status_word(found["status"])))  # fmt: skip
        tell(found)


def _beside(config: HubConfig, database: Database, asked: Review) -> Json | None:
    """None where none of the claims is there."""
    with database.read() as connection:
        there = [known.id for known in Claims(connection).each(asked.claims)]
        ordered = [claim for claim in asked.claims if claim in there]
        return side_by_side(connection, ordered, rules_of(config)) if ordered else None


def tell(found: Json) -> None:
    click.echo(f"  {_('feed')}: {found['feed']}")
    click.echo(f"  {_('message')}: {found['message']}")
    click.echo(f"  {_('opened')}: {shown(found['opened_at'])}")
    if found["until"]:
        click.echo(f"  {_('waits for')}: {found['until'].date()}")
    for claim in found["claims"]:
        click.echo(f"  {_('claim')}: Patient/{claim}")
    for name, value in found["detail"].items():
        if name not in HIDDEN and value not in ("", []):
            click.echo(f"  {detail_word(name)}: {_in_words(name, value)}")
    if beside := found["beside"]:
        put_columns(beside)
        put_sum(beside)
    if found["answers"]:
        put_answers([Answer(**each) for each in found["answers"]])
    if found["message"]:
        say(_("hub show {message} shows the message; hub identity show ID a person", message=found["message"]))


def put_answers(given: list[Answer]) -> None:
    put_heading(_("answers"))
    rows = [
        [times.moment(each.given_at), each.given_by, said_word(each.said), each.said.get("why", "")] for each in given
    ]
    put_table([_("answered"), _("by"), _("answer"), _("why")], rows)


def said_word(said: Json) -> str:
    if verdict := said.get("verdict"):
        verdicts = {"same": _("same"), "not_same": _("not the same"), "later": _("later"), "keep": _("kept as it is")}
        return verdicts.get(verdict, str(verdict))
    if settled := said.get("settled"):
        reasons = {
            "joined": _("settled: they are one person now"),
            "parted": _("settled: they were taken apart"),
            "corrected": _("settled: it was corrected"),
            "told apart": _("settled: each has an ID number of their own"),
            "taken back": _("settled: what raised it was taken back"),
        }
        return reasons.get(settled, str(settled))
    if "undone" in said:
        return _("taken back: {why}", why=said["undone"])
    if "reopened" in said or "asked" in said:
        return _("asked again")
    return str(said.get("keep") or " ".join(filter(None, [said.get("code", ""), said.get("display", "")])))


def _in_words(name: str, value: object) -> str:
    if name == "rule" and isinstance(value, str):
        return rule_word(why_word(value)) if " " not in value else rule_word(value)
    if name == "why" and isinstance(value, str):
        return why_word(value)
    if name == "vetoes" and isinstance(value, list):
        return ", ".join(map(why_word, value))
    if name in ("agreed", "contradicted") and isinstance(value, list):
        return ", ".join(map(element_word, value))
    return value_word(value)
