"""The reference page says of every segment exactly what the rooms do."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.hl7.events import EVENTS
from plugins.hl7.rows import Room, Row
from plugins.hl7.segments import ROOMS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "hl7.md").read_text(encoding="utf-8")


def described(room: Room) -> str:
    """A room as a section of the page."""
    mapped = [f"| {row.field} | {row.name} | {_target(row)} |" for row in room.rows if row.fate == "mapped"]
    table = ["| field | name | becomes |", "| --- | --- | --- |", *mapped, ""] if mapped else []
    return "\n".join(
        [f"### {room.segment}: {room.name}", "", *table, *_listed("Kept", room), *_listed("Ignored", room)]
    )


def _target(row: Row) -> str:
    return ", ".join(f"`{path}`" for path in row.detail.replace("*.", "").split())


def _listed(title: str, room: Room) -> list[str]:
    """The other fields, those with one reason together."""
    groups: dict[str, list[str]] = {}
    for row in room.rows:
        if row.fate == title.lower():
            reason = f" ({row.detail})" if row.fate == "ignored" else ""
            groups.setdefault(reason, []).append(f"{row.field} {row.name}")
    return [f"{title}{reason}: {', '.join(fields)}." for reason, fields in groups.items()] + [""] * bool(groups)


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_segments_section_is_what_its_room_does(name: str) -> None:
    assert described(ROOMS[name]).rstrip() in PAGE


@pytest.mark.parametrize(("kind", "trigger"), sorted(EVENTS))
def test_every_message_we_read_is_on_the_page(kind: str, trigger: str) -> None:
    assert f"`{kind}^{trigger}`" in PAGE


def test_the_page_names_no_segment_that_has_no_room() -> None:
    sections = {line.split()[1].rstrip(":") for line in PAGE.splitlines() if line.startswith("### ")}

    assert sections == set(ROOMS)


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_a_room_names_every_field_once(name: str) -> None:
    fields = [row.field for row in ROOMS[name].rows]

    assert fields == sorted(set(fields))
    assert all(row.name for row in ROOMS[name].rows)
