"""``hub identity``: why claims are one person, and taking a decision back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_heading, put_json, put_table, say
from hub.database import Database
from hub.language import _
from hub.model import Claim, Json
from hub.records import json


@click.group(help=_("Show why numbers belong to one person; undo a decision."))
def command() -> None:
    pass


@command.command(
    "show",
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


@command.command(
    "undo",
    help=_(
        "Take back the decision that joined two claims. They become persons of their own again, and no automatic rule "
        "will join them; what they wrote returns to each."
    ),
)
@click.argument("decision", type=int)
@click.option("--why", required=True, help=_("The reason, for whoever reads it later. No names or numbers of persons."))
@with_config
@with_json
def undo(decision: int, why: str, directory: Path, as_json: bool) -> None:
    with performing(directory) as perform:
        done = perform("undo", decision=decision, why=why)
    if as_json:
        put_json(done)
    else:
        say(_("decision {decision} is taken back", decision=decision))


def collected(database: Database, patient: str) -> Json:
    from hub.cli import traces

    with database.read() as connection:
        person = traces.person_of(connection, patient)
        claims = traces.known_as(connection, person)
        decisions = traces.decisions_about(connection, [claim["claim"] for claim in claims])
    return {"person": person, "claims": claims, "decisions": decisions}


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


def described(patient: Json) -> tuple[str, str, str]:
    claim = Claim("", patient)
    return ", ".join(name.text for name in claim.names), claim.sex, claim.birth_date


def decided(each: Json) -> list[object]:
    kinds = {"same": _("same"), "not_same": _("not the same")}
    state = _("active") if each["active"] else _("taken back by {who}", who=each["withdrawn_by"])
    claims = f"{each['one']} {each['other']}"
    evidence = json.encode(each["evidence"]).decode()
    return [each["id"], kinds[each["kind"]], claims, state, each["decided_by"], each["decided_at"], evidence]
