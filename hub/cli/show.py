"""``hub show``: one message, from its bytes to what it wrote."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hub.adapter import Message
from hub.cli import fates, questions, traces
from hub.cli.messages import row as state_row
from hub.cli.messages import status_word
from hub.cli.opening import feed_adapter, performing, reading
from hub.cli.options import with_config, with_json, with_lang
from hub.cli.tables import put_heading, put_json, put_table, say, shown
from hub.database import Database
from hub.errors import ConfigError, NotFound
from hub.language import _, preferred
from hub.model import Json
from hub.settlement import Settlements

RAW_SHOWN = 256 * 1024
ENCODINGS = ("utf-8", "gb18030")
LINE_END = re.compile("\r\n|\r|\n")
LINE_ENDS = {"\r": "␍", "\n": "␊"}


@click.command(
    help=_(
        "Show one message: its bytes as text, the name and fate of every field, the resources it wrote, its reviews, "
        "replays and deliveries. That it was shown, and to whom, is noted in the audit log."
    )
)
@click.argument("message", metavar="ID", type=int)
@click.option("--raw", "only_raw", is_flag=True, help=_("Only the bytes as they came, to standard output."))
@click.option("--resources", "whole", is_flag=True, help=_("Also what it wrote, as FHIR JSON."))
@with_lang
@with_config
@with_json
def command(message: int, directory: Path, lang: str | None, as_json: bool, **also: bool) -> None:
    with reading(directory) as (_config, database):
        found = collected(database, message)
        with performing(directory) as perform:
            perform("note", action="show", message=message, persons=persons(found), resources=len(found["resources"]))
        body = found.pop("body")
        if also["only_raw"]:
            click.echo(body, nl=False)
            return
        found |= decoded(body, found["notes"]) | explained(directory, found, body)
    if as_json:
        put_json(found)
    else:
        tell(found, lang or "", whole=also["whole"])


def collected(database: Database, message: int) -> Json:
    """All that the database knows of a message. Raises ``NotFound``."""
    state = Settlements(database).message(message)
    if state is None:
        raise NotFound("there is no message {id}", id=message)
    with database.read() as connection:
        body, notes = traces.bytes_and_notes(connection, message)
        return state_row(state) | {
            "notes": notes,
            "body": body,
            "resources": traces.written(connection, message),
            "reviews": traces.reviews(connection, message),
            "replays": traces.replays(connection, message),
            "deliveries": traces.deliveries(connection, message),
        }


def persons(found: Json) -> list[str]:
    return sorted({resource["person"] for resource in found["resources"] if resource["person"]})


def decoded(body: bytes, notes: Mapping[str, str]) -> Json:
    """The text and the encoding it was read with: the one noted at the door, else the first that fits; or base64."""
    for encoding in dict.fromkeys((notes.get("encoding") or ENCODINGS[0], *ENCODINGS)):
        try:
            return {"encoding": encoding, "raw": body.decode(encoding)}
        except (UnicodeDecodeError, LookupError):
            continue
    return {"encoding": None, "raw": None, "raw_base64": base64.b64encode(body).decode()}


def explained(directory: Path, found: Json, body: bytes) -> Json:
    """Where every field goes by the plugins and settings of today; none, and why, when they cannot say."""
    try:
        adapter = feed_adapter(directory, found["feed"])
    except NotFound:
        return {"fields": [], "not_explained": _("the feed is no longer in the configuration")}
    except ConfigError as error:
        return {"fields": [], "not_explained": error.text.render(preferred())}
    message = Message(
        found["id"], found["feed"], found["key"], body, found["received_at"], found["sender"] or "", found["notes"]
    )
    return fates.explained(adapter, message)


def tell(found: Json, language: str = "", *, whole: bool = False) -> None:
    put_heading(_("message {id}: {status}", id=found["id"], status=status_word(found["status"])))
    for name, value in facts(found):
        click.echo(f"  {name}: {shown(value)}")
    put_heading(_("as it came ({encoding}, {size} bytes)", encoding=found["encoding"] or "base64", size=found["size"]))
    put_raw(found)
    fates.put_explained(found, language)
    put_resources(found["resources"], whole=whole)


def facts(found: Json) -> list[tuple[str, Any]]:
    """What stands above the text, as far as there is something to say."""
    place = f" ({found['place']})" if found["place"] else ""
    every = [
        (_("feed"), found["feed"]),
        (_("key"), found["key"]),
        (_("sender"), found["sender"]),
        (_("received"), found["received_at"]),
        (_("settled"), found["settled_at"]),
        (_("reason"), found["reason"] and f"{found['reason']}{place}"),
        (_("replays message"), found["replay_of"]),
        (_("replayed as"), ", ".join(map(str, found["replays"]))),
        (_("told to"), told_to(found["deliveries"])),
        (_("reviews"), ", ".join(map(review_words, found["reviews"]))),
        *((note_word(name), value) for name, value in found["notes"].items() if name != "encoding"),
    ]
    return [(name, value) for name, value in every if value not in (None, "")]


def note_word(name: str) -> str:
    """What a door noted; of what only one kind of door knows, its own word."""
    known = {
        "type": _("type"),
        "version": _("version"),
        "event": _("taken for"),
        "encoding_declared": _("declared encoding"),
        "encoding_faults": _("places with another encoding"),
    }
    return known.get(name, name)


def review_words(review: Json) -> str:
    return f"{review['id']} ({questions.kind_word(review['kind'])}, {questions.status_word(review['status'])})"


def told_to(deliveries: list[Json]) -> str:
    from hub.cli.deliveries import status_word

    return ", ".join(f"{each['destination']} ({status_word(each['status'])})" for each in deliveries)


def put_raw(found: Json) -> None:
    text = found["raw"] if found["raw"] is not None else found["raw_base64"]
    click.echo(printable(text[:RAW_SHOWN]))
    if len(text) > RAW_SHOWN:
        say(_("only the beginning; --raw writes all of it"))


def printable(text: str) -> str:
    """Line ends as signs, each with a new line behind it; so is whatever else could steer a terminal."""
    return LINE_END.sub(_ended, "".join(sign if sign in "\r\n" else _visible(sign) for sign in text))


def _ended(found: re.Match[str]) -> str:
    return "".join(LINE_ENDS[sign] for sign in found[0]) + "\n"


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else f"\\x{ord(sign):02x}"


def put_resources(resources: list[Json], *, whole: bool) -> None:
    if resources:
        put_heading(_("wrote {count} versions of resources", count=len(resources)))
        rows = [[f"{each['type']}/{each['id']}", each["version"], each["updated_at"]] for each in resources]
        put_table([_("resource"), _("version"), _("written")], rows)
    for each in resources if whole else ():
        put_heading(f"{each['type']}/{each['id']} ({_('version')} {each['version']})")
        put_json(each["body"])
