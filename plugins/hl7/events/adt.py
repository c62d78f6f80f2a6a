"""ADT: admissions, transfers, discharges, and who is who."""

from __future__ import annotations

from plugins.hl7.events.event import Event

ADT: dict[tuple[str, str], Event] = {
    ("ADT", "A01"): Event("admit", "in-progress"),
    ("ADT", "A02"): Event("transfer", "in-progress"),
    ("ADT", "A03"): Event("discharge", "finished", "in-progress", ends=True),
    ("ADT", "A04"): Event("register"),
    ("ADT", "A05"): Event("pre-admit", "planned"),
    ("ADT", "A08"): Event("update"),
    ("ADT", "A11"): Event("cancel admit", "cancelled", "in-progress"),
    ("ADT", "A12"): Event("cancel transfer", "in-progress"),
    ("ADT", "A13"): Event("cancel discharge", "in-progress", "finished", ends=False),
    ("ADT", "A28"): Event("add person"),
    ("ADT", "A31"): Event("update person"),
    ("ADT", "A40"): Event("merge", merges=True),
}
