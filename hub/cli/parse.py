"""``hub parse``: what a file would mean. Nothing is written, no hub and no database are needed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from hub.adapter import Adapter, Message
from hub.cli import fates
from hub.cli.exits import FAILED, OK, REFUSED
from hub.cli.opening import feed_adapter
from hub.cli.options import GivenFile, with_config, with_json
from hub.cli.tables import put_heading, put_json
from hub.errors import NotFound
from hub.language import _, preferred
from hub.model import Document, Json, Link, Merge, Move, RecordUpdate, Unlink
from hub.model.update import Event
from hub.pipeline.verdicts import of_parsing, sound

FEED = "parse"
CODES = {"applied": OK, "skipped": OK, "parked": FAILED, "refused": REFUSED}


@click.command(
    help=_(
        "Show what the bytes of FILE ('-' is standard input) would mean to ADAPTER: what the door would say, the "
        "record updates as FHIR JSON, and where each field went. Ends with 1 when it would be parked, 7 when refused."
    )
)
@click.argument("adapter")
@click.argument("file", type=GivenFile())
@click.option("--feed", help=_("With the settings of this feed of the configuration, instead of the defaults."))
@with_config
@with_json
def command(adapter: str, file: IO[bytes], feed: str | None, directory: Path, as_json: bool) -> int:
    reader = feed_adapter(directory, feed) if feed else plain_adapter(adapter)
    found = meaning(reader, file.read())
    if as_json:
        put_json(found)
    else:
        tell(found)
    return CODES[found["outcome"]]


def plain_adapter(name: str) -> Adapter[Any]:
    """An adapter by its name, with default settings; what a setting has no default for is left out."""
    from hub.loader import load_plugins

    kinds = load_plugins().adapters()
    if name not in kinds:
        known = ", ".join(sorted(kinds))
        raise NotFound("there is no adapter {given}; the plugins here offer {known}", given=name, known=known)
    return kinds[name](FEED, kinds[name].Settings.model_construct())


def meaning(adapter: Adapter[Any], body: bytes) -> Json:
    """What the door, and then ``parse``, make of a payload; ``outcome`` is what its status would be."""
    payload = adapter.admit(body)
    found: Json = {"key": payload.key, "sender": payload.sender, "notes": dict(payload.notes)}
    if payload.refusal is not None:
        refusal = payload.refusal
        return found | ended("refused", refusal.code, refusal.text.render(preferred()), refusal.place)
    message = Message(0, adapter.feed, payload.key, body, datetime.now(UTC), payload.sender, payload.notes)
    return found | applied(adapter, message)


def applied(adapter: Adapter[Any], message: Message) -> Json:
    fields = fates.explained(adapter, message)
    try:
        updates = sound(adapter.parse(message))
    except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything; the worker would park it
        outcome = of_parsing(error)
        reason = outcome.reason.render(preferred()) if outcome.reason else None
        return ended(outcome.status, outcome.code, reason, outcome.place) | fields
    return ended("applied") | fields | {"updates": [update_as_json(update) for update in updates]}


def ended(outcome: str, code: str = "", reason: str | None = None, place: str = "") -> Json:
    return {
        "outcome": outcome,
        "code": code or None,
        "reason": reason,
        "place": place or None,
        "updates": [],
        "fields": [],
    }


def update_as_json(update: RecordUpdate) -> Json:
    claim = update.claim
    return {
        "claim": claim and {"source_id": claim.source_id, "patient": claim.patient},
        "resources": [{"source_id": resource.source_id, "body": resource.body} for resource in update.resources],
        "merges": [
            {"retired": event.retired.source_id, "patient": event.retired.patient}
            for event in update.events
            if isinstance(event, Merge)
        ],
        "events": [event_as_json(event) for event in update.events],
        "documents": [document_as_json(document) for document in update.documents],
        "unmapped": [asdict(code) for code in update.unmapped],
        "recorded_at": update.recorded_at,
    }


def event_as_json(event: Event) -> Json:
    kind = type(event).__name__.lower()
    match event:
        case Merge(retired=claim) | Link(other=claim) | Unlink(other=claim):
            return {"event": kind, "source_id": claim.source_id, "patient": claim.patient}
        case Move(key=(of_type, source_id), since=before):
            return {"event": kind, "type": of_type, "source_id": source_id, "since": before and before.source_id}
    return {"event": kind, **asdict(event)}


def document_as_json(document: Document) -> Json:
    return {"source_id": document.source_id, "media_type": document.media_type, "bytes": len(document.body)}


def tell(found: Json) -> None:
    words = {
        "applied": _("would be applied"),
        "skipped": _("would be skipped"),
        "parked": _("would be parked"),
        "refused": _("would be refused"),
    }
    place = f" ({found['place']})" if found["place"] else ""
    reason = f": {found['reason']}" if found["reason"] else ""
    put_heading(f"{_('key')} {found['key']}: {words[found['outcome']]}{reason}{place}")
    for name, value in found["notes"].items():
        click.echo(f"  {name}: {value}")
    for number, update in enumerate(found["updates"], 1):
        put_heading(_("update {number}", number=number))
        put_json(update)
    fates.put_explained(found)
