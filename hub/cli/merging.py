"""``hub identity merge``, ``split``, ``correct``, ``undo`` and ``restore``: what a person decides about persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.cli.opening import performing
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_json, put_table, say
from hub.language import _
from hub.model import Json

with_why = click.option(
    "--why", required=True, help=_("The reason, for whoever reads it later. No names or numbers of persons.")
)
with_preview = click.option("--dry-run", "preview", is_flag=True, help=_("Only say what would happen."))


@click.command(
    "merge",
    short_help=_("Two persons are one."),
    help=_(
        "Two persons are one: from now on OTHER_ID leads to SURVIVOR_ID. Both are any Patient ids of theirs. "
        "Nothing is lost, and undo brings everything back."
    ),
)
@click.argument("survivor", metavar="SURVIVOR_ID")
@click.argument("other", metavar="OTHER_ID")
@with_why
@click.option("--overrule", is_flag=True, help=_("Also where a person decided that they are not the same."))
@with_preview
@with_config
@with_json
def merge(survivor: str, other: str, directory: Path, as_json: bool, **how: Any) -> None:
    _perform(directory, as_json, "merge", one=survivor, other=other, **how)


@click.command(
    "split",
    short_help=_("Some claims of a person are somebody else's."),
    help=_(
        "These claims of a person are somebody else's: they become a person of their own, the rest stays one, and no "
        "automatic rule joins the two again."
    ),
)
@click.argument("claims", metavar="PATIENT_ID...", nargs=-1, required=True)
@with_why
@with_preview
@with_config
@with_json
def split(claims: tuple[str, ...], directory: Path, as_json: bool, **how: Any) -> None:
    _perform(directory, as_json, "split", claims=list(claims), **how)


@click.command(
    "correct",
    short_help=_("Put right a number or the name of a claim."),
    help=_(
        "Put right a number or the name of a claim, whatever its sender goes on to say. KIND is wrong (a mistake: the "
        "old number was nobody else's and still leads to the person), reissued (it is somebody else's number, and "
        "leads away from this person, together with whoever was joined by it) or name. PATIENT_ID is the claim's own: "
        "hub identity show lists them. Values that are not given are asked for, and so stay out of the shell's history."
    ),
)
@click.argument("claim", metavar="PATIENT_ID")
@click.argument("kind", type=click.Choice(["wrong", "reissued", "name"]), metavar="KIND")
@click.option("--new", help=_("What is right; empty where somebody else's number goes and the own one is not known."))
@click.option("--old", default="", help=_("What is wrong, where the claim has several."))
@click.option("--system", default="", help=_("The number's system; the resident's ID number where it is missing."))
@with_why
@with_preview
@with_config
@with_json
def correct(kind: str, new: str | None, directory: Path, as_json: bool, **how: Any) -> None:
    if new is None:
        new = click.prompt(_("what is right"), default="" if kind == "reissued" else None, show_default=False, err=True)
    _perform(directory, as_json, "correct", kind=kind, new=new, **how)


@click.command(
    "undo",
    short_help=_("Take back a decision."),
    help=_(
        "Take back a decision, as if it had never been, with those that were made together with it. Claims that it "
        "joined become persons of their own again, and no automatic rule will join them; what they wrote returns to "
        "each."
    ),
)
@click.argument("decision", type=int)
@with_why
@with_preview
@with_config
@with_json
def undo(decision: int, directory: Path, as_json: bool, **how: Any) -> None:
    _perform(directory, as_json, "undo", decision=decision, **how)


@click.command("restore", help=_("Put a decision in force again that was undone."))
@click.argument("decision", type=int)
@with_why
@with_preview
@with_config
@with_json
def restore(decision: int, directory: Path, as_json: bool, **how: Any) -> None:
    _perform(directory, as_json, "restore", decision=decision, **how)


COMMANDS = (merge, split, correct, undo, restore)


def _perform(directory: Path, as_json: bool, operation: str, **arguments: Any) -> None:
    with performing(directory) as perform:
        done = perform(operation, **arguments)
    if as_json:
        put_json(done)
    else:
        _tell(operation, done)


def _tell(operation: str, done: Json) -> None:
    if done["persons"]:
        rows = [[claim, each["before"], each["after"]] for claim, each in done["persons"].items()]
        put_table([_("claim"), _("person before"), _("person now")], rows)
    else:
        say(_("no claim moves to another person"))
    if done["overruled"]:
        say(_("decisions that gave way: {decisions}", decisions=", ".join(map(str, done["overruled"]))))
    if done["preview"]:
        say(_("nothing was done"))
    elif operation == "undo":
        say(_("decision {decision} is taken back; hub identity restore {decision} puts it in force again",
              decision=done["decision"]))  # fmt: skip
    else:
        say(_("decision {decision}; hub identity undo {decision} takes it back", decision=done["decision"]))
