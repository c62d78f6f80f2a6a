"""Where the fields of a message went, as JSON and as a table."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hub.adapter import Adapter, Message
from hub.cli.tables import put_heading, put_table, say
from hub.errors import HubError
from hub.language import _, preferred
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


def put_explained(found: Json) -> None:
    if found.get("not_explained"):
        say(_("its fields cannot be explained: {reason}", reason=found["not_explained"]))
    elif found["fields"]:
        put_fates(found["fields"])


def put_fates(fates: Sequence[Json]) -> None:
    """A row for each non-empty field, and how many there are of each fate."""
    words = {"mapped": _("mapped"), "kept": _("kept"), "ignored": _("ignored")}
    counts = Counter(fate["fate"] for fate in fates)
    put_heading(_("fields: {counts}", counts=", ".join(f"{words[fate]} {counts[fate]}" for fate in words)))
    rows = [
        [fate["place"], fate["name"], shortened(fate["value"]), words[fate["fate"]], _(fate["detail"])]
        for fate in fates[:SHOWN]
    ]
    put_table([_("place"), _("name"), _("value"), _("fate"), _("where, or why not")], rows)
    if len(fates) > SHOWN:
        say(_("the first {count} fields; --json has all of them", count=SHOWN))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
