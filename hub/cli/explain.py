"""``hub identity explain``: why two Patient ids are one person or two, and where each value of one comes from."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.columns import put_columns, put_sum
from hub.cli.findings import criterion_word, evidence_words, sex_word, verdict_word, why_word
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_heading, put_json, put_table
from hub.language import _
from hub.model import Json


@click.command(
    "explain",
    short_help=_("Say why two Patient ids are one person or two."),
    help=_(
        "Of two Patient ids: whether they are one person, by which decisions; else how far they agree field by field, "
        "and what the rules would make of that today. Of one: where each value of the person's common view comes from. "
        "That it was shown, and to whom, is noted in the audit log."
    ),
)
@click.argument("one", metavar="PATIENT_ID")
@click.argument("other", metavar="[OTHER_ID]", required=False)
@with_config
@with_json
def explain(one: str, other: str | None, directory: Path, as_json: bool) -> None:
    from hub.identity import explaining
    from hub.identity.rules import rules_of

    with reading(directory) as (config, database), database.read() as connection:
        rules = rules_of(config)
        if other:
            found = explaining.explain(connection, one, other, rules)
        else:
            found = explaining.origins(connection, one, rules)
    persons = sorted(set(found["persons"])) if other else [found["person"]]
    with performing(directory) as perform:
        perform("note", action="identity", persons=persons, resources=len(found["claims"]))
    if as_json:
        put_json(found)
    elif other:
        tell(found)
    else:
        tell_origins(found)


def tell(found: Json) -> None:
    heading = _("{one} and {other} are one person") if found["same"] else _("{one} and {other} are two persons")
    put_heading(heading.format(one=found["one"], other=found["other"]))
    for title, decisions in ((_("joined by"), found["path"]), (_("kept apart by"), found["against"])):
        if decisions:
            click.echo(f"{title}:")
            columns = [_("decision"), _("claims"), _("by"), _("decided"), _("message"), _("evidence")]
            put_table(columns, [decided(one) for one in decisions], numbers=[_("decision")])
    put_columns({**found, "fields": found["fields"]})
    put_sum(found)
    today = found["today"]
    click.echo("  " + _("today: {verdict} ({why}); model {model}", verdict=verdict_word(today["verdict"]),
                        why=why_word(today["why"]), model=found["model"]))  # fmt: skip


def decided(one: Json) -> list[object]:
    return [one["decision"], " ".join(one["claims"]), one["by"], one["decided_at"], one["message"],
            evidence_words(one["evidence"])]  # fmt: skip


def tell_origins(found: Json) -> None:
    put_heading(_("Patient/{id}: {count} claims", id=found["person"], count=len(found["claims"])))
    rows = [
        [each["element"] if each["place"] == 0 else "", _shown(each["value"]), each["feed"], each["claim"],
         each["recorded_at"], each["message"], criterion_word(each["before"]) if each["before"] else ""]
        for each in found["elements"]
    ]  # fmt: skip
    columns = [
        _("element"),
        _("value"),
        _("feed"),
        _("claim"),
        _("recorded"),
        _("message"),
        _("before the next, since"),
    ]
    put_table(columns, rows)


def _shown(value: object) -> str:
    """The heart of a value: what a person would read out."""
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if not isinstance(value, dict):
        return str(value)
    for name in ("text", "value", "display", "code"):
        if name in value:
            return str(value[name])
    if "gender" in value:
        return sex_word(str(value["gender"]))
    if "family" in value:
        return str(value["family"]) + "".join(value.get("given") or ())
    return ", ".join(_shown(inner) for name, inner in value.items() if name not in ("extension", "period", "system"))
