"""Runs the demo: three hospitals push over MLLP, the hub applies, and the story is told from what it then knows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.demo.district import District, invent
from hub.demo.hospitals import ALL_HABITS, Habits, Sending, day_of
from hub.demo.people import by_id_number, cases
from hub.demo.running import Running, running_hub
from hub.demo.sending import Tally, send_everything
from hub.errors import HubError
from hub.language import _, preferred

FAMILIES = 60
SEED = 7


def tell(directory: Path, console: Console, *, stay: bool, kept: bool) -> dict[str, Any]:
    """Plays the whole demo in a directory; returns its counts.

    With ``stay`` the hub runs on until Ctrl-C; ``kept`` says whether the directory outlives the demo.
    """
    district = invent(FAMILIES, SEED)
    days = {habits: day_of(district, habits, SEED) for habits in ALL_HABITS}
    console.print(
        _("[bold]Huitong[/bold]: three hospitals, {people} invented residents", people=len(district.residents))
    )
    with running_hub(directory, ALL_HABITS) as hub:
        begin = time.monotonic()
        tallies = send_everything(hub.ports, days, console)
        hub.wait_until_applied()
        counts = _counts(hub, days, tallies, time.monotonic() - begin)
        _tell_what_arrived(hub, tallies, console)
        _tell_what_was_not_applied(hub, console)
        _tell_what_is_asked(hub, console)
        _tell_who_is_who(hub, district, console)
        counts["resources_of_one_resident"] = _tell_one_record(hub, district, console)
        if stay or kept:
            _tell_where_to_go_on(hub, district, console, stay=stay)
        if stay and hub.process.wait():
            raise HubError("the hub ended by itself; its log is {file}", file=str(directory / "hub.log"))
    return counts


def _counts(
    hub: Running, days: Mapping[Habits, list[Sending]], tallies: Mapping[str, Tally], seconds: float
) -> dict[str, Any]:
    states = hub.feeds()
    return {
        "hospitals": len(days),
        "sent": sum(len(day) for day in days.values()),
        "accepted": sum(tally.answers["AA"] for tally in tallies.values()),
        "resent_same_answer": sum(tally.resends_alike for tally in tallies.values()),
        **{
            name: sum(getattr(state, name) for state in states)
            for name in ("received", "waiting", "applied", "skipped", "parked", "refused")
        },
        "questions": len(hub.reviews()),
        "seconds": round(seconds, 2),
    }


def _tell_what_arrived(hub: Running, tallies: Mapping[str, Tally], console: Console) -> None:
    titles = {habits.feed: habits.title for habits in ALL_HABITS}
    columns = [_("hospital"), _("accepted"), _("refused"), _("sent again"), _("applied"), _("parked")]
    rows = []
    for state in hub.feeds():
        answers = tallies[state.feed].answers
        figures = (answers["AA"], answers["AE"] + answers["AR"], state.resent, state.applied, state.parked)
        rows.append((titles[state.feed], *map(str, figures)))
    _put(console, _("What arrived"), columns, rows, numbers=True)


def _tell_what_was_not_applied(hub: Running, console: Console) -> None:
    words = {"refused": _("refused"), "parked": _("parked")}
    rows = [
        (str(message.id), message.feed, word, message.reason.render(preferred()) if message.reason else "")
        for status, word in words.items()
        for message in hub.messages(status)
    ]
    columns = [_("message"), _("feed"), _("status"), _("reason")]
    _put(console, _("What was not applied, and why (all bytes are kept)"), columns, rows)


def _tell_what_is_asked(hub: Running, console: Console) -> None:
    words = {"identity_contradiction": _("one ID number, but another name or birth date: whose is it?")}
    rows = [
        (str(review.id), words.get(review.kind, review.kind), f"{review.feed}#{review.entry}")
        for review in hub.reviews()
    ]
    _put(console, _("Questions for a person"), [_("review"), _("question"), _("from")], rows)


def _tell_who_is_who(hub: Running, district: District, console: Console) -> None:
    columns = [_("who"), _("what the hospitals sent"), _("what the hub made of it")]
    _put(console, _("Who is who"), columns, cases(hub, district))


def _tell_one_record(hub: Running, district: District, console: Console) -> int:
    (patient,) = by_id_number(hub, district.hero)
    resources = list(hub.everything(patient["id"]))
    columns = [_("when"), _("what"), _("details"), _("from")]
    rows = sorted(filter(None, map(_line, resources)))
    _put(console, _("One resident's joined record: {name}", name=district.hero.name), columns, rows)
    return len(resources)


def _line(resource: dict[str, Any]) -> tuple[str, str, str, str] | None:
    """One row of the record; none for what only supports another."""
    source = resource.get("meta", {}).get("source", "").removeprefix("urn:hub:")
    match resource["resourceType"]:
        case "Encounter":
            period = resource.get("period", {})
            words = {"AMB": _("outpatient"), "IMP": _("inpatient")}
            code = resource["class"].get("code", "")
            left = period.get("end", "")[:10]
            details = " ".join(filter(None, (words.get(code, code), left and _("until {day}", day=left))))
            return _minute(period.get("start", "")), _("visit"), details, source
        case "Observation":
            quantity = resource.get("valueQuantity", {})
            details = f"{_coded(resource['code'])} {quantity.get('value', '')} {quantity.get('unit', '')}"
            return _minute(resource.get("effectiveDateTime", "")), _("result"), details, source
        case "Immunization":
            given = _minute(resource.get("occurrenceDateTime", ""))
            return given, _("vaccination"), _coded(resource["vaccineCode"]), source
    return None


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _coded(concept: dict[str, Any]) -> str:
    coding = (concept.get("coding") or [{}])[0]
    return str(concept.get("text") or coding.get("display") or coding.get("code", ""))


def _tell_where_to_go_on(hub: Running, district: District, console: Console, *, stay: bool) -> None:
    (patient,) = by_id_number(hub, district.hero)
    base = f"http://{hub.web}/fhir"
    console.print(_("Go on with:"))
    questions = (
        "metadata",
        f"Patient/{patient['id']}",
        f"Patient/{patient['id']}/$everything",
        "Encounter?_sort=-date",
    )
    commands = [
        *([] if stay else [f"hub run --config {hub.directory}"]),
        f"TOKEN={hub.token}",
        *(f"curl -sH \"Authorization: Bearer $TOKEN\" '{base}/{question}'" for question in questions),
        f"hub messages --status parked --config {hub.directory}",
        f"hub review list --config {hub.directory}",
    ]
    for command in commands:  # out, unlike print, never breaks a line
        console.out(f"  {command}", highlight=False)
    if stay:
        console.print(_("The hub goes on running. Ctrl-C ends it."))


def _put(
    console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = False
) -> None:
    """A table; with ``numbers`` every column but the first is set to the right."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if numbers and table.columns else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
