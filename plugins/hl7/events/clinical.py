"""Orders, results, medicines, vaccinations and documents."""

from __future__ import annotations

from plugins.hl7.events.event import Event

CLINICAL: dict[tuple[str, str], Event] = {
    ("ORU", "R01"): Event("results", mentions=True),
    ("VXU", "V04"): Event("vaccinations", mentions=True),
}
