"""Appointments, problems, referrals, accounts, staff and places."""

from __future__ import annotations

from plugins.hl7.events.event import Event


def _appointment(name: str, status: str = "booked", *, states: bool = False) -> Event:
    return Event(name, mentions=True, appointment=status, states=states)


_SIU = {
    "S12": _appointment("an appointment is made"),
    "S13": _appointment("an appointment is moved to another time"),
    "S14": _appointment("an appointment is modified"),
    "S15": _appointment("an appointment is cancelled", "cancelled", states=True),
    "S16": _appointment("the rest of an appointment that recurs is cancelled", "cancelled", states=True),
    "S17": _appointment("an appointment was entered in error", "entered-in-error", states=True),
    "S18": _appointment("a service or resource is added to an appointment"),
    "S19": _appointment("a service or resource of an appointment is modified"),
    "S20": _appointment("a service or resource of an appointment is cancelled"),
    "S21": _appointment("a service or resource of an appointment is discontinued"),
    "S22": _appointment("a service or resource of an appointment was entered in error"),
    "S23": Event("time of staff, places or equipment is blocked", appointment="busy-unavailable", about="slot"),
    "S24": Event("blocked time of staff, places or equipment is free again", appointment="free", about="slot"),
    "S26": _appointment("a patient did not come to an appointment", "noshow", states=True),
}

_PPR = {
    "PC1": Event("problems are added", mentions=True),
    "PC2": Event("problems are updated", mentions=True),
    "PC3": Event("problems were entered in error", mentions=True, deletes="problems"),
}

_REF = {
    "I12": Event("a patient is referred", mentions=True),
    "I13": Event("a referral is modified", mentions=True),
    "I14": Event("a referral is cancelled", mentions=True, referral="revoked"),
    "I15": Event("the status of a referral is asked for", mentions=True),
}

_MONEY = {
    ("DFT", "P03"): Event("charges are posted", mentions=True, charges=True),
    ("DFT", "P11"): Event("charges are posted, with what the visit was billed for", mentions=True, charges=True),
    ("BAR", "P01"): Event("an account is opened", mentions=True, account="active"),
    ("BAR", "P02"): Event("an account is purged", mentions=True, account="inactive"),
    ("BAR", "P05"): Event("an account is updated", mentions=True, account="active"),
    ("BAR", "P06"): Event("an account is closed", mentions=True, account="inactive"),
    ("BAR", "P10"): Event("the groups an ambulatory visit is paid by", mentions=True),
    ("BAR", "P12"): Event("diagnoses and procedures of a visit are updated", mentions=True),
}

ADMINISTRATIVE: dict[tuple[str, str], Event] = {
    **{("SIU", trigger): event for trigger, event in _SIU.items()},
    **{("PPR", trigger): event for trigger, event in _PPR.items()},
    **{("REF", trigger): event for trigger, event in _REF.items()},
    **_MONEY,
    ("MFN", "M02"): Event("staff are added, updated or retired", about="staff"),
    ("MFN", "M05"): Event("places are added, updated or retired", about="places"),
}
