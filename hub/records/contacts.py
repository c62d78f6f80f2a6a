"""Phones and addresses of the net as dated contacts of a claim: what was said when, and until when. Pure.

They stand in the ``meta`` of a claim's Patient, beside the hub's flags, so that the Patient reads back as it was given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.model import Json
from hub.records.indexing import normal_phone
from hub.records.merging import retold, retold_late
from hub.records.times import day

KEY = "contacts"
MOST = 20
"""Contacts that ended and are kept, of one claim."""
SAID = "said"
"""Of a contact: the day on which its feed last said it."""


def contacts(patient: Json, on: str) -> list[Json]:
    """Telecoms as the sender wrote them, each with its ``period``, and the day it was said last.

    ``on`` is the day of the claim's newest message: all that is known of the dates until a second one comes.
    """
    kept: list[Json] | None = patient.get("meta", {}).get(KEY)
    if kept is not None:
        return kept
    return [_new(one, on) for one in patient.get("telecom") or ()]


def retold_contacts(patient: Json, update: Json, before: str, on: str) -> list[Json]:
    """After a message of the day ``on`` to a claim whose newest was of ``before``.

    A contact that is said again is renewed, and has no end any more; of one whose system, and use where both have one,
    the message names with another, that day is the end. What it says nothing about stays.
    """
    known = contacts(patient, before)
    if "telecom" not in update:
        return known
    told = [one for one in update["telecom"] or () if one.get("value")]
    if not told:
        return [_ended(one, on) for one in known]
    said = {likeness(one) for one in told}
    renewed = [_renewed(one, known, on) for one in told]
    others = [one for one in known if likeness(one) not in said]
    return renewed + [_ended(one, on) if any(_takes_place(new, one) for new in told) else one for one in others]


def retold_contacts_late(patient: Json, older: Json, before: str, on: str) -> list[Json]:
    """After an older message: what it said began then; what is no longer said had ended when another was said."""
    known = contacts(patient, before)
    found = [_earlier(one, older.get("telecom") or (), on) for one in known]
    said = {likeness(one) for one in known}
    for one in older.get("telecom") or ():
        if one.get("value") and likeness(one) not in said:
            since = [start for new in known if _takes_place(new, one) and (start := _start(new)) >= on]
            found.append(_ended(_new(one, on), min(since)) if since else _new(one, on))
    return found


def retell(patient: Json, update: Json, before: int, at: int, *, newer: bool) -> Json:
    """A claim's Patient after a message recorded ``at``, its newest so far being of ``before``, in microseconds."""
    after = (retold if newer else retold_late)(patient, update)
    dates = (retold_contacts if newer else retold_contacts_late)(patient, update, day(before), day(at))
    return _with_contacts(after, dates)


def _with_contacts(patient: Json, kept: Sequence[Json]) -> Json:
    """Without any, the Patient as it is."""
    meta = patient.get("meta", {})
    if not kept and KEY not in meta:
        return patient
    return patient | {"meta": meta | {KEY: _newest(kept)}}


def _newest(kept: Sequence[Json]) -> list[Json]:
    """All that are in use, and of those that ended the last ones."""
    past = sorted((one for one in kept if ended(one)), key=lambda one: str(one["period"]["end"]))
    return [one for one in kept if not ended(one)] + past[-MOST:]


def likeness(telecom: Json) -> Any:
    """What is one contact, however it is written."""
    value = telecom.get("value", "")
    return telecom.get("system"), normal_phone(value) or value


def ended(contact: Json) -> bool:
    return bool(contact.get("period", {}).get("end"))


def _new(telecom: Json, on: str) -> Json:
    return telecom | {"period": {"start": on} | telecom.get("period", {}), SAID: on}


def _renewed(told: Json, known: Sequence[Json], on: str) -> Json:
    starts = [start for one in known if likeness(one) == likeness(told) and (start := _start(one))]
    return _new(told, on) | {"period": {"start": min([*starts, on])} | told.get("period", {})}


def _ended(contact: Json, on: str) -> Json:
    return contact if ended(contact) else contact | {"period": contact.get("period", {}) | {"end": on}}


def _earlier(contact: Json, told: Sequence[Json], on: str) -> Json:
    if likeness(contact) not in map(likeness, told):
        return contact
    return contact | {"period": contact["period"] | {"start": min(_start(contact) or on, on)}}


def _start(contact: Json) -> str:
    return str(contact.get("period", {}).get("start", ""))[:10]


def _takes_place(told: Json, known: Json) -> bool:
    one, other = told.get("use"), known.get("use")
    return told.get("system") == known.get("system") and (not (one and other) or one == other)
