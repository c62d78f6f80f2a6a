"""Runs the demo: three hospitals push over MLLP, the hub applies, and the story is told from what it then knows."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hub.review import Reviews
from hub.settlement import Settlements
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from hub.database import open_database
from hub.demo.district import District, invent
from hub.demo.hospitals import ALL_HABITS, Habits, Sending, day_of
from hub.errors import HubError
from hub.language import _, preferred
from hub.model.person import ID_NUMBER_SYSTEM

FAMILIES = 60
SEED = 7
START_S, DRAIN_S, ANSWER_S = 60.0, 120.0, 30.0
START_BLOCK, END_BLOCK = b"\x0b", b"\x1c\r"

FEED = """adapter = "hl7"

[settings]
listen = "127.0.0.1:{port}"

[settings.systems]
HOSP = "urn:hub:demo:{feed}:patient"
VISIT = "urn:hub:demo:{feed}:visit"
"""


@dataclass
class Tally:
    """What one hospital was answered."""

    answers: Counter[str] = field(default_factory=Counter)
    resends_alike: int = 0


@dataclass(frozen=True)
class Running:
    """A hub that is up, and where it answers."""

    directory: Path
    web: str
    ports: dict[str, int]
    process: subprocess.Popen[bytes]


def tell(directory: Path, console: Console, *, stay: bool) -> dict[str, Any]:
    """Plays the whole demo in a directory; returns its counts. With ``stay`` the hub runs on until Ctrl-C."""
    district = invent(FAMILIES, SEED)
    days = {habits: day_of(district, habits, SEED) for habits in ALL_HABITS}
    console.print(
        _("[bold]Huitong[/bold]: three hospitals, {people} invented residents", people=len(district.residents))
    )
    with running_hub(directory) as hub:
        begin = time.monotonic()
        tallies = asyncio.run(_send_everything(hub, days, console))
        _wait_until_applied(hub)
        seconds = time.monotonic() - begin
        token = _hub("token", "demo", "--scope", "system/*.rs", "--config", str(directory))
        counts = _counts(hub, days, tallies, seconds)
        _tell_what_arrived(hub, tallies, console)
        _tell_what_waits(hub, console)
        counts["resources_of_one_resident"] = _tell_one_record(hub, token, district, console)
        _tell_where_to_go_on(hub, token, district, console)
        if stay:
            console.print(_("The hub goes on running. Ctrl-C ends it."))
            hub.process.wait()
    return counts


# --- the hub ---------------------------------------------------------------------------------------------------------


@contextmanager
def running_hub(directory: Path) -> Iterator[Running]:
    """A hub of its own process on the embedded default; stopped with SIGTERM at the end."""
    ports = {habits.feed: _free_port() for habits in ALL_HABITS}
    web = f"127.0.0.1:{_free_port()}"
    (directory / "feeds").mkdir(parents=True, exist_ok=True)
    (directory / "hub.toml").write_text(
        f'database = "sqlite:///hub.db"\nbus = "memory://"\n\n[web]\nlisten = "{web}"\n', encoding="utf-8"
    )
    for feed, port in ports.items():
        (directory / "feeds" / f"{feed}.toml").write_text(FEED.format(port=port, feed=feed), encoding="utf-8")
    log = directory / "hub.log"
    with log.open("wb") as output:
        process = subprocess.Popen([*HUB, "run", "--config", str(directory)], stdout=output, stderr=output)  # noqa: S603 - ourselves
    try:
        _wait_until_ready(process, web, log)
        yield Running(directory, web, ports, process)
    finally:
        process.terminate()
        process.wait(ANSWER_S)


HUB = (sys.executable, "-m", "hub")


def _hub(*words: str) -> str:
    return subprocess.run([*HUB, *words], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - ourselves


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], web: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{web}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise HubError("the hub did not start; its log is {file}", file=str(log))


def _settlements(hub: Running) -> Settlements:
    return Settlements(open_database("sqlite:///hub.db", base=hub.directory, writable=False))


def _wait_until_applied(hub: Running) -> None:
    settlements, end = _settlements(hub), time.monotonic() + DRAIN_S
    while any(state.waiting for state in settlements.feeds()):
        if time.monotonic() > end:
            raise HubError("messages still wait after {seconds} seconds", seconds=DRAIN_S)
        time.sleep(0.05)


# --- the hospitals ---------------------------------------------------------------------------------------------------


async def _send_everything(hub: Running, days: dict[Habits, list[Sending]], console: Console) -> dict[str, Tally]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        tallies = {habits.feed: Tally() for habits in days}
        async with asyncio.TaskGroup() as hospitals:
            for habits, day in days.items():
                bar = progress.add_task(f"{habits.title} ({habits.encoding})", total=len(day))
                port, tally = hub.ports[habits.feed], tallies[habits.feed]
                hospitals.create_task(_send_day(port, day, tally, lambda bar=bar: progress.advance(bar)))  # type: ignore[misc]
    return tallies


async def _send_day(port: int, day: list[Sending], tally: Tally, sent: Any) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    first_answers: dict[str, bytes] = {}
    for message in day:
        writer.write(START_BLOCK + message.payload + END_BLOCK)
        async with asyncio.timeout(ANSWER_S):
            answer = await reader.readuntil(END_BLOCK)
        code = answer.partition(b"MSA")[2][1:3].decode()
        tally.answers[code] += 1
        tally.resends_alike += (
            first_answers.setdefault(message.control_id, answer) == answer and message.role == "resend"
        )
        sent()
    writer.close()
    await writer.wait_closed()


# --- the story -------------------------------------------------------------------------------------------------------


def _counts(
    hub: Running, days: dict[Habits, list[Sending]], tallies: dict[str, Tally], seconds: float
) -> dict[str, Any]:
    states = _settlements(hub).feeds()
    return {
        "hospitals": len(days),
        "sent": sum(len(day) for day in days.values()),
        "accepted": sum(tally.answers["AA"] for tally in tallies.values()),
        "resent_same_answer": sum(tally.resends_alike for tally in tallies.values()),
        **{
            name: sum(getattr(state, name) for state in states)
            for name in ("received", "waiting", "applied", "skipped", "parked", "refused")
        },
        "seconds": round(seconds, 2),
    }


def _tell_what_arrived(hub: Running, tallies: dict[str, Tally], console: Console) -> None:
    table = Table(title=_("What arrived"))
    for title in (_("hospital"), _("accepted"), _("refused"), _("sent again"), _("applied"), _("parked")):
        table.add_column(title, justify="left" if not table.columns else "right")
    titles = {habits.feed: habits.title for habits in ALL_HABITS}
    for state in _settlements(hub).feeds():
        tally = tallies[state.feed]
        figures = (
            tally.answers["AA"],
            tally.answers["AE"] + tally.answers["AR"],
            state.resent,
            state.applied,
            state.parked,
        )
        table.add_row(titles[state.feed], *map(str, figures))
    console.print(table)


def _tell_what_waits(hub: Running, console: Console) -> None:
    table = Table(title=_("What was not applied, and why"))
    for title in (_("message"), _("feed"), _("status"), _("reason")):
        table.add_column(title)
    for status in ("refused", "parked"):
        for message in _settlements(hub).messages(status=status):
            reason = message.reason.render(preferred()) if message.reason else ""
            table.add_row(str(message.id), message.feed, status, reason)
    console.print(table)
    database = open_database("sqlite:///hub.db", base=hub.directory, writable=False)
    questions = Counter(review.kind for review in Reviews(database).list())
    for kind, number in questions.items():
        console.print(_("Questions for a person: {number} × {kind} (hub review list)", number=number, kind=kind))


def _tell_one_record(hub: Running, token: str, district: District, console: Console) -> int:
    patient = _resident(hub, token, district)
    resources = [entry["resource"] for entry in _pages(hub, token, f"Patient/{patient['id']}/$everything")]
    table = Table(title=_("One resident's joined record: {name}", name=district.hero.name))
    for title in (_("when"), _("what"), _("details"), _("from")):
        table.add_column(title)
    for row in sorted(filter(None, map(_line, resources))):
        table.add_row(*row)
    console.print(table)
    return len(resources)


def _line(resource: dict[str, Any]) -> tuple[str, str, str, str] | None:
    """One row of the record; none for what only supports another."""
    source = resource.get("meta", {}).get("source", "").removeprefix("urn:hub:")
    match resource["resourceType"]:
        case "Encounter":
            period = resource.get("period", {})
            details = f"{resource['class'].get('code', '')} {period.get('end', '')[:10]}"
            return (period.get("start", "")[:16], _("visit"), details, source)
        case "Observation":
            quantity = resource.get("valueQuantity", {})
            details = f"{_coded(resource['code'])} {quantity.get('value', '')} {quantity.get('unit', '')}"
            return (resource.get("effectiveDateTime", "")[:16], _("result"), details, source)
        case "Immunization":
            return (
                resource.get("occurrenceDateTime", "")[:16],
                _("vaccination"),
                _coded(resource["vaccineCode"]),
                source,
            )
    return None


def _coded(concept: dict[str, Any]) -> str:
    coding = (concept.get("coding") or [{}])[0]
    return str(concept.get("text") or coding.get("display") or coding.get("code", ""))


def _tell_where_to_go_on(hub: Running, token: str, district: District, console: Console) -> None:
    patient = _resident(hub, token, district)
    base = f"http://{hub.web}/fhir"
    console.print(_("Go on with:"))
    for url in (
        "metadata",
        f"Patient/{patient['id']}",
        f"Patient/{patient['id']}/$everything",
        "Encounter?_sort=-date",
    ):
        console.print(f"  curl -H 'Authorization: Bearer {token}' '{base}/{url}'", soft_wrap=True, highlight=False)
    console.print(f"  hub messages --status parked --config {hub.directory}", soft_wrap=True, highlight=False)


def _resident(hub: Running, token: str, district: District) -> dict[str, Any]:
    form = f"identifier={quote(f'{ID_NUMBER_SYSTEM}|{district.hero.id_number}')}"
    bundle = _fhir(hub, token, "Patient/_search", form.encode())
    return dict(bundle["entry"][0]["resource"])


def _pages(hub: Running, token: str, path: str) -> Iterator[dict[str, Any]]:
    while path:
        bundle = _fhir(hub, token, path)
        yield from bundle.get("entry", ())
        path = next((link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"), "")


def _fhir(hub: Running, token: str, path: str, form: bytes | None = None) -> dict[str, Any]:
    url = path if "://" in path else f"http://{hub.web}/fhir/{path}"
    request = urllib.request.Request(url, form, {"Authorization": f"Bearer {token}"})  # noqa: S310 - our own hub
    with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310 - our own hub
        return dict(json.load(answer))
