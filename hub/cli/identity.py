"""``hub identity``: why claims are one person, and what people decide about it."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.auditing import audit
from hub.cli.explain import explain
from hub.cli.findings import evidence_words, sex_word
from hub.cli.merging import COMMANDS
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.rebuilding import rebuild
from hub.cli.tables import put_heading, put_json, put_table
from hub.cli.tuning import tune
from hub.database import Database
from hub.language import _
from hub.model import Claim, Json


@click.group(help=_("Show why numbers belong to one person; merge, split, correct, undo."))
def command() -> None:
    pass


for each in COMMANDS:
    command.add_command(each)


for each in (explain, tune, audit, rebuild):
    command.add_command(each)


@command.command(
    "show",
    short_help=_("Show a person: claims, decisions, and what became of them."),
    help=_(
        "Show the claims of a person, as each feed describes them, and every decision about them with its evidence. "
        "PATIENT_ID is any Patient id of the person. That it was shown, and to whom, is noted in the audit log."
    ),
)
@click.argument("patient", metavar="PATIENT_ID")
@with_config
@with_json
def show(patient: str, directory: Path, as_json: bool) -> None:
    with reading(directory) as (_config, database):
        found = collected(database, patient)
        with performing(directory) as perform:
            perform("note", action="identity", persons=[found["person"]], resources=len(found["claims"]))
    if as_json:
        put_json(found)
    else:
        tell(found)


def collected(database: Database, patient: str) -> Json:
    from hub.cli import traces

    with database.read() as connection:
        person = traces.person_of(connection, patient)
        claims = traces.known_as(connection, person)
        ids = [claim["claim"] for claim in claims]
        decisions = traces.decisions_about(connection, ids)
        changes = traces.changes_about(connection, ids)
    return {"person": person, "claims": claims, "decisions": decisions, "changes": changes}


def tell(found: Json) -> None:
    put_heading(_("Patient/{id}: {count} claims", id=found["person"], count=len(found["claims"])))
    rows = [
        [each["claim"], each["feed"], *described(each["patient"]), each["recorded_at"], each["message"]]
        for each in found["claims"]
    ]
    put_table([_("claim"), _("feed"), _("name"), _("sex"), _("birth date"), _("recorded"), _("message")], rows)
    if found["decisions"]:
        put_heading(_("decisions"))
        put_table(
            [_("decision"), _("kind"), _("claims"), _("state"), _("by"), _("decided"), _("evidence")],
            [decided(each) for each in found["decisions"]],
        )

    if found["changes"]:
        put_heading(_("what became of its claims"))
        rows = [
            [each["at"], change_word(each["kind"]), each["by"], each["decision"], each["message"],
             claim, moved["before"], moved["after"]]
            for each in found["changes"] for claim, moved in each["persons"].items()
        ]  # fmt: skip
        columns = [_("when"), _("kind"), _("by"), _("decision"), _("message"), _("claim")]
        put_table([*columns, _("person before"), _("person now")], rows)


def change_word(kind: str) -> str:
    words = {
        "join": _("joined"),
        "part": _("parted"),
        "merge": _("merged"),
        "split": _("split"),
        "correct": _("corrected"),
        "undo": _("undone"),
        "restore": _("put in force again"),
    }
    return words.get(kind, kind)


def described(patient: Json) -> tuple[str, str, str]:
    claim = Claim("", patient)
    return ", ".join(name.text for name in claim.names), sex_word(claim.sex), claim.birth_date


def decided(each: Json) -> list[object]:
    kinds = {"same": _("same"), "not_same": _("not the same"), "mother_of": _("mother of"),
             "correct": _("correction")}  # fmt: skip
    state = _("active") if each["active"] else _("taken back by {who}", who=each["withdrawn_by"])
    claims = f"{each['one']} {each['other']}"
    kind = kinds.get(each["kind"], each["kind"])
    return [each["id"], kind, claims, state, each["decided_by"], each["decided_at"],
            evidence_words(each["evidence"])]  # fmt: skip
