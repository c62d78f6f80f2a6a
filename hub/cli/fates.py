"""Where the fields of a message went, as JSON and as a table."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from hub.cli.tables import put_heading, put_table
from hub.language import _
from hub.model import FieldFate, Json

LONGEST_VALUE = 60


def as_json(fates: Iterable[FieldFate]) -> list[Json]:
    return [dataclasses.asdict(fate) for fate in fates]


def put_fates(fates: Sequence[Json]) -> None:
    """A row for each non-empty field, and how many there are of each fate."""
    if not fates:
        return
    words = {"mapped": _("mapped"), "kept": _("kept"), "ignored": _("ignored")}
    counts = Counter(fate["fate"] for fate in fates)
    put_heading(_("fields: {counts}", counts=", ".join(f"{words[fate]} {counts[fate]}" for fate in words)))
    rows = [
        [fate["place"], fate["name"], shortened(fate["value"]), words[fate["fate"]], fate["detail"]] for fate in fates
    ]
    put_table([_("place"), _("name"), _("value"), _("fate"), _("where, or why not")], rows)


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
