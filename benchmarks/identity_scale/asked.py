"""Who comes: people of the base as other feeds tell of them, newborns, and people whom nobody knows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from benchmarks.identity_scale.people import world_of
from benchmarks.people.feeds import feeds
from benchmarks.people.numbers import check_digit
from benchmarks.people.said import Said
from hub.adapter import Message
from hub.model import RecordUpdate

KINDS = ("with_id", "without_id", "newborn", "unknown")
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
_entries = count(1_000_000)
_RUN = f"{time.time_ns():x}"
"""In every sender's number: in a base that was kept, those of an earlier run are known."""


def incoming(parts: int, size: int, each: int) -> dict[str, list[Said]]:
    """So many of each kind, half of them from the first part and half from the last."""
    found: dict[str, list[Said]] = {kind: [] for kind in KINDS}
    chosen = sorted({0, parts - 1})
    for part in chosen:
        enough = each * (chosen.index(part) + 1) // len(chosen)
        for kind, said in _kinds(part, size):
            if len(found[kind]) < enough:
                found[kind].append(said)
            if all(len(found[kind]) >= enough for kind in KINDS if kind != "unknown"):
                break
    strangers = (said for said in feeds(world_of(parts + 500, max(2_000, each))) if "N_BABY" not in said.classes)
    found["unknown"] = [_elsewhere(said) for _, said in zip(range(each), strangers, strict=False)]
    return found


def _kinds(part: int, size: int) -> Iterator[tuple[str, Said]]:
    for said in feeds(world_of(part, size)):
        said.number = f"{_RUN}.{part:03}{said.number}"
        if "N_BABY" in said.classes:
            yield "newborn", said
        elif not said.classes & {"GONE", "STRANGER"}:
            yield ("with_id" if said.id_number else "without_id"), said


def _elsewhere(said: Said) -> Said:
    """With an ID number of districts that the base has nobody of."""
    body = f"9988{said.id_number[4:17]}"
    sound = len(body) == 17 and body.isdecimal()
    return replace(said, id_number=body + check_digit(body) if sound else "", number=f"{_RUN}.X{said.number}")


def message(said: Said) -> tuple[Message, RecordUpdate]:
    number = next(_entries)
    return Message(number, said.feed, str(number), b"", AT), RecordUpdate(said.claim())
