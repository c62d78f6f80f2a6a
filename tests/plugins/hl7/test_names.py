"""Whoever reads Chinese reads what every field is called."""

from __future__ import annotations

import pytest

from plugins.hl7.events import EVENTS
from plugins.hl7.names import event_name, field_name, segment_name
from plugins.hl7.segments import ROOMS


@pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))
def test_every_segment_and_field_has_a_chinese_name(room: object) -> None:
    found = ROOMS[getattr(room, "segment")]  # noqa: B009 - a room of whichever kind
    nameless = [row.field for row in found.rows if not field_name(found.segment, row.field, row.name).chinese]
    assert nameless == [], "name them in plugins/hl7/names/fields.csv"
    assert segment_name(found.segment, found.name).chinese


def test_every_event_has_a_chinese_name() -> None:
    nameless = ["^".join(event) for event in EVENTS if not event_name(*event, "").chinese]
    assert nameless == [], "name them in plugins/hl7/names/events.csv"


def test_a_name_is_said_in_the_readers_language() -> None:
    name = field_name("PID", 5, "Patient Name")
    assert (name.render("zh_CN"), name.render("en")) == ("患者姓名", "Patient Name")
    assert field_name("ZZ1", 1, "").render("zh_CN") == ""
