"""Claims side by side on a terminal: a column for each, a row for each field, and how far they agree."""

from __future__ import annotations

from collections.abc import Callable

import click

from hub.cli.findings import field_word, level_word, sex_word, why_word
from hub.cli.tables import put_table, shown
from hub.language import _
from hub.model import Json


def put_columns(found: Json) -> None:
    """``found`` is of ``hub.identity.columns``."""
    claims = found["claims"]
    heads = [_head(claim) for claim in claims]
    rows: list[list[object]] = [
        [_("claim"), *(claim["claim"] for claim in claims), *[""] * (len(claims) - 1)],
        [_("recorded"), *(shown(claim["recorded_at"]) for claim in claims), *[""] * (len(claims) - 1)],
    ]
    for row in found["fields"]:
        word = sex_word if row["field"] == "sex" else str
        values = [", ".join(_value(one, word) for one in said) for said in row["values"]]
        rows.append([field_word(row["field"]), *values, *map(_finding, row["findings"])])
    agreement = [_("agreement")] if len(claims) == 2 else [f"1 ↔ {at}" for at in range(2, len(claims) + 1)]
    put_table([_("field"), *heads, *agreement], rows)


def put_sum(found: Json) -> None:
    """How much it comes to, and from how much on what follows."""
    limits, compared = found["thresholds"], found["compared"]
    said = _("joined from {link} bits on, asked about from {ask}", link=limits["link"], ask=limits["ask"])
    for one in [compared] if isinstance(compared, dict) else compared:
        total = _("{bits} bits together, {prior} of them before anything is compared", bits=one["bits"],
                  prior=one["prior"])  # fmt: skip
        click.echo(f"  {total}; {said}")
        for veto in one["vetoes"]:
            click.echo("  " + _("forbids joining: {why}", why=why_word(veto)))


def _head(claim: Json) -> str:
    return f"{claim['feed']} ✓" if claim["verified"] else str(claim["feed"])


def _value(said: Json, word: Callable[[str], str]) -> str:
    """With the dates that it has of its own."""
    dates = "–".join(filter(None, [said.get("start", ""), said.get("end", "")])) if "end" in said else said.get("start")
    value = word(said["value"])
    return f"{value} ({dates})" if dates else value


def _finding(found: Json | None) -> str:
    return "" if found is None else f"{level_word(found['level'])} ({found['bits']:+g})"
