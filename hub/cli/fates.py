"""Where the fields of a message went, as JSON and as a table."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import click

from hub.adapter import Adapter, Message
from hub.cli.tables import put_heading, say
from hub.errors import HubError
from hub.language import CHINESE, _, preferred
from hub.model import Json
from hub.pipeline.verdicts import where

SHOWN, LONGEST_VALUE = 1_000, 60


def explained(adapter: Adapter[Any], message: Message) -> Json:
    """``fields``, a row each; and ``not_explained``, why not, when the adapter cannot say."""
    try:
        return {"fields": [dataclasses.asdict(fate) for fate in adapter.explain(message)]}
    except HubError as error:
        reason = error.text.render(preferred())
    except Exception as error:  # noqa: BLE001 - what makes an adapter fail is why somebody looks at the message
        reason = _("the adapter failed with {error} at {place}", error=type(error).__name__, place=where(error))
    return {"fields": [], "not_explained": reason}


def put_explained(found: Json, language: str = "") -> None:
    if found.get("not_explained"):
        say(_("its fields cannot be explained: {reason}", reason=found["not_explained"]))
    elif found["fields"]:
        put_fates(found["fields"], language or usual_language())


def usual_language() -> str:
    """Who reads Chinese also reads what the sender's manual calls it."""
    return "both" if preferred() == CHINESE else "en"


def put_fates(fates: Sequence[Json], language: str = "en") -> None:
    """How many fields there are of each fate, then each with its name and value, and below where it went."""
    words = {"mapped": _("mapped"), "kept": _("kept"), "ignored": _("ignored")}
    counts = Counter(fate["fate"] for fate in fates)
    put_heading(_("fields: {counts}", counts=", ".join(f"{words[fate]} {counts[fate]}" for fate in words)))
    group = ""
    for together in folded(fates[:SHOWN]):
        fate = together[0]
        if fate.get("group", "") != group:
            group = fate["group"]
            names = called(fate["group_name"], fate["group_chinese"], language)
            click.echo(click.style(f"{group} {names}", bold=True))
        if len(together) == 1:
            name = called(fate["name"], fate.get("chinese", ""), language)
            click.echo(f"  {fate['place']:<9} {name}: {shortened(fate['value'])}")
        else:
            click.echo("  " + ", ".join(one["place"] for one in together))
        click.echo(f"  {'':<9} {words[fate['fate']]}: {_said(fate)}")
    if len(fates) > SHOWN:
        say(_("the first {count} fields; --json has all of them", count=SHOWN))


def folded(fates: Iterable[Json]) -> list[list[Json]]:
    """Each alone, but neighbours in one group that are ignored for one reason together: these bury what matters."""

    def alike(of: tuple[int, Json]) -> object:
        at, fate = of
        return (fate.get("group", ""), fate["detail"]) if fate["fate"] == "ignored" else at

    return [[fate for _at, fate in same] for _key, same in groupby(enumerate(fates), alike)]


def _said(fate: Json) -> str:
    """Where it went, and behind a colon what is wrong with it; or why it was not used."""
    if fate["fate"] == "ignored":
        return _(fate["detail"])
    place, colon, remark = fate["detail"].rpartition(": ")
    return f"{place}{colon}{_(remark)}"


def called(english: str, chinese: str, language: str) -> str:
    """A name in the languages asked for."""
    given = {"zh": (chinese or english,), "en": (english,)}.get(language, (chinese, english))
    return " ".join(dict.fromkeys(filter(None, given)))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
