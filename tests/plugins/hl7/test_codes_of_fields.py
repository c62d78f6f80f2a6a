"""A row names every map that its field's codes are looked up in: the guide and the reference show them from there."""

from __future__ import annotations

import pytest

from hub import Code
from plugins.hl7.draft import Draft
from plugins.hl7.events import EVENTS
from plugins.hl7.guide.samples import sample
from plugins.hl7.segments import ROOMS
from plugins.hl7.settings import HL7Settings
from tests.plugins.hl7.mapping import SAMPLES, updates


def test_a_row_names_the_maps_its_field_is_looked_up_in(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[tuple[str, str]] = set()
    known = Draft.known

    def noted(self: Draft, name: str, code: str, place: str, *written: str) -> Code | None:
        if code:
            asked.add((place, name))
        return known(self, name, code, place, *written)

    monkeypatch.setattr(Draft, "known", noted)
    settings = HL7Settings(listen="127.0.0.1:1")
    for text in (*(path.read_bytes().decode() for path in SAMPLES), *(sample(*event, settings) for event in EVENTS)):
        updates(text)

    found = [(*place.split("-"), name) for place, name in asked if place[:3] in ROOMS]
    assert len(found) > 10
    assert [
        (segment, at, name) for segment, at, name in found if name not in ROOMS[segment].by_field[int(at)].codes.split()
    ] == []


@pytest.mark.parametrize(
    ("place", "maps"),
    [
        ("AL1-2", "allergy_category allergy_type"), ("AL1-4", "criticality severity"),
        ("PV1-2", "visit_class visit_status"), ("OBX-11", "observation_status"),
        ("ORC-1", "order_control medication_control"), ("ORC-5", "order_status medication_status"),
        ("OBR-25", "report_status"), ("RXA-20", "completion"), ("TXA-17", "document_completion"),
        ("SCH-25", "appointment_status"),
    ],
)  # fmt: skip
def test_the_fields_whose_codes_a_vendor_asks_for_first_name_their_maps(place: str, maps: str) -> None:
    segment, at = place.split("-")
    assert ROOMS[segment].by_field[int(at)].codes == maps
