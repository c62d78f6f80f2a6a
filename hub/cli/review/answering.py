"""``hub review decide`` and ``undo``: of a code, and of persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.questions import status_word
from hub.cli.tables import put_json, say
from hub.codes.files import RELATIONS
from hub.codes.gaps import KIND
from hub.errors import Refused
from hub.language import _
from hub.model import Json
from hub.review import Reviews

OF_CODES = ("code", "system", "display", "relation")
VERDICTS = ("same", "not_same", "later")


@click.command(
    "decide",
    short_help=_("Answer a question."),
    help=_(
        "Answer a question. An unmapped code: what it is; it is mapped, and what waited goes through again. Persons: "
        "whether they are the same, not the same, or later; of a question among several, name the CLAIMs meant."
    ),
)
@click.argument("review", metavar="ID", type=int)
@click.argument("claims", metavar="[CLAIM...]", nargs=-1)
@click.option("--same", is_flag=True, help=_("They are one person."))
@click.option(
    "--overrule",
    is_flag=True,
    help=_("With --same: also where a person decided otherwise, or each has an ID number of their own."),
)
@click.option("--not-same", is_flag=True, help=_("They are not; no rule will ever join them."))
@click.option("--later", is_flag=True, help=_("Ask again later; it is listed last until then."))
@click.option("--until", default="", metavar="DATE", help=_("When to ask again; left out, in a week."))
@click.option("--why", default="", help=_("The reason, for whoever reads it later. No names or numbers of persons."))
@click.option("--code", default="", help=_("The standard code."))
@click.option("--system", default="", metavar="URI", help=_("Its system; left out, that of the map's other codes."))
@click.option("--display", default="", help=_("What the standard calls it."))
@click.option("--relation", type=click.Choice(RELATIONS), help=_("How the two stand, if not equivalent."))
@click.option("--ignore", "keep", default="", metavar="WHY",
              help=_("Keep the sender's code, or the number, as it is, for good."))  # fmt: skip
@with_config
@with_json
def decide(review: int, directory: Path, as_json: bool, **said: Any) -> None:
    given = [name for name in VERDICTS if said.pop(name)]
    if len(given) > 1:
        raise click.UsageError(_("one of --same, --not-same and --later, not several"))
    said["verdict"] = "".join(given)
    with performing(directory) as perform:
        of_code = kind_of(directory, review) == KIND
        operation, arguments = _of_code(said) if of_code else _of_persons(said)
        done = perform(operation, review=review, **arguments)
    answered(done, as_json)


@click.command("undo", help=_("Take back an answer: what followed from it is as if it had never been given."))
@click.argument("review", metavar="ID", type=int)
@click.option("--why", required=True, help=_("The reason, for whoever reads it later."))
@with_config
@with_json
def undo(review: int, why: str, directory: Path, as_json: bool) -> None:
    with performing(directory) as perform:
        operation = "undo_code" if kind_of(directory, review) == KIND else "undo_identity"
        done = perform(operation, review=review, why=why)
    answered(done, as_json)


def kind_of(directory: Path, review: int) -> str:
    """Raises ``NotFound``."""
    with reading(directory) as (_config, database):
        return Reviews(database).show(review).kind


def _of_code(said: Json) -> tuple[str, Json]:
    if said["verdict"] or said["claims"]:
        raise Refused("this question is about a code: say what it is, or why it is kept as it came")
    return "decide_code", {name: said[name] or "" for name in (*OF_CODES, "keep")}


def _of_persons(said: Json) -> tuple[str, Json]:
    if any(said[name] for name in OF_CODES) or bool(said["verdict"]) == bool(said["keep"].strip()):
        raise Refused("say one of --same, --not-same and --later, or why it is left as it is")
    if said["keep"]:
        return "decide_identity", {"verdict": "keep", "why": said["keep"]}
    if said["until"] and said["verdict"] != "later":
        raise Refused("a date is for --later alone")
    if said["overrule"] and said["verdict"] != "same":
        raise Refused("--overrule is for --same alone")
    return "decide_identity", {name: said[name] for name in ("verdict", "why", "until", "overrule")} | {
        "claims": list(said["claims"])
    }


def answered(done: Json, as_json: bool) -> None:
    if as_json:
        put_json(done)
        return
    status = status_word(done["status"])
    if "messages" in done:
        say(_("review {id} is {status}; {count} messages go through again", id=done["review"], status=status,
              count=done["messages"]))  # fmt: skip
    elif done["persons"]:
        say(_("review {id} is {status}; {count} claims belong to another person now", id=done["review"],
              status=status, count=len(done["persons"])))  # fmt: skip
    else:
        say(_("review {id} is {status}", id=done["review"], status=status))
