"""What a correction changed besides decisions, put back when it is undone, and again when that is undone."""

from __future__ import annotations

from collections.abc import Iterable

from hub.errors import Refused
from hub.identity.acting import Act
from hub.identity.claims import Known
from hub.identity.corrections import element_of, exchanged, flags, in_force, kept, of_decision, telling, with_records
from hub.identity.resolving import Resolver
from hub.model import Json

Made = Iterable[tuple[int, str]]
"""Decisions, each with a claim it is about; those that are no corrections are passed over."""


def brought(act: Act, decisions: Made, *, back: bool) -> list[int]:
    """The rules' decisions that go with these corrections, or that went with them and come back with them."""
    records = [one for _, one in _kept(act, decisions)]
    if not back:
        return [number for one in records for number in one["taken"]]
    return sorted(in_force(act.connection, {number for one in records for number in one["brought"]}))


def exchange(act: Act, decisions: Made, *, back: bool) -> set[str]:
    """Numbers and names as they were before these corrections, or as after them; all claims that this is about.

    Back while what they brought about is still in force, and again when it is so again. Raises ``Refused`` where
    another correction rests on one of them.
    """
    claims = set[str]()
    for known, one in _kept(act, decisions):
        _refuse_if_built_upon(act, known, one)
        taken = sorted(in_force(act.connection, one["brought"])) if back else []
        known.patient = _exchanged(known.patient, one | {"taken": taken}, back=back)
        children, sharing = Resolver(act.connection, act.claims, act.persons, act.rules, act.at).describe_anew(known)
        act.persons.touch(sharing)
        claims |= {known.id} | children
    return claims


def _kept(act: Act, decisions: Made) -> list[tuple[Known, Json]]:
    found = [(known, number) for number, claim in decisions if (known := act.claims.get(claim)) is not None]
    return [(known, one) for known, number in found if (one := of_decision(known.patient, number)) is not None]


def _exchanged(patient: Json, one: Json, *, back: bool) -> Json:
    gone, instead = (one["after"], one["before"]) if back else (one["before"], one["after"])
    element = element_of(one["kind"])
    patient = telling(patient, element, exchanged(patient.get(element) or (), gone, instead, one["system"]))
    patient = with_records(patient, [one if each["decision"] == one["decision"] else each for each in kept(patient)])
    old, new = one["flags"] if not back else reversed(one["flags"])
    if old == new:
        return patient
    tags = [tag for tag in flags(patient) if tag not in old or tag in new]
    return patient | {"meta": patient["meta"] | {"tag": [*tags, *(tag for tag in new if tag not in tags)]}}


def _refuse_if_built_upon(act: Act, known: Known, one: Json) -> None:
    """Two numbers that were corrected one after the other go back one after the other."""
    records = kept(known.patient)
    later = [each for each in records[records.index(one) + 1 :] if each["system"] == one["system"]]
    standing = in_force(act.connection, [each["decision"] for each in later])
    if standing:
        raise Refused(
            "decision {decision} corrects the same number again: take that back first", decision=max(standing)
        )
