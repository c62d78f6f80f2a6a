"""Appointments, problems, referrals, accounts, staff and places."""

from __future__ import annotations

from plugins.hl7.events.event import Event

ADMINISTRATIVE: dict[tuple[str, str], Event] = {}
