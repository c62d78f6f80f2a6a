"""Corrections as they are kept with the claim they are about, so that what was so before can be had back.

They stand in the ``meta`` of the claim's Patient, beside the hub's flags: the decision, and all numbers (or names) as
they were before and after. What a person corrects holds for what the sender tells later, too, and so does a sender's
correction that a person took back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from hub.database import Connection, Statement, any_of
from hub.errors import Refused
from hub.identity.normalise import Patient
from hub.identity.normalise.names import whole_text
from hub.model import Claim, Correct, Json
from hub.model.person import ID_NUMBER_SYSTEM, normal_id_number
from hub.schema import decision

KEY = "corrections"
"""In a claim's ``meta``."""
OLD = "old"
_IN_FORCE = Statement(select(decision.c.id).where(any_of(decision.c.id, "decisions"), decision.c.active))


def in_force(connection: Connection, decisions: Collection[int]) -> frozenset[int]:
    if not decisions:
        return frozenset()
    return frozenset(number for (number,) in connection.rows(_IN_FORCE, decisions=sorted(decisions)))


def kept(patient: Patient) -> list[Json]:
    """The corrections of a claim, the oldest first."""
    found: list[Json] = patient.get("meta", {}).get(KEY, [])
    return found


def record(made: int, correction: Correct, before: Patient, after: Json, entry: int | None = None) -> Json:
    """The claim's Patient with the correction kept in it; ``entry`` is the message that made it, none by hand."""
    element = element_of(correction.kind)
    one = {
        "decision": made,
        "entry": entry,
        "kind": correction.kind,
        "system": system_of(correction),
        "old": correction.old,
        "new": correction.new,
        "before": list(before.get(element) or ()),
        "after": list(after.get(element) or ()),
        "flags": [flags(before), flags(after)],
        "brought": [],
        "taken": [],
    }
    return with_records(after, [*kept(after), one])


def bringing(patient: Patient, made: int, decisions: Sequence[int]) -> Json:
    """The rules' decisions that the correction brought about are kept with it."""
    found = [one | {"brought": list(decisions)} if one["decision"] == made else one for one in kept(patient)]
    return with_records(dict(patient), found)


def with_records(patient: Json, records: Sequence[Json]) -> Json:
    return patient | {"meta": patient.get("meta", {}) | {KEY: list(records)}}


def of_decision(patient: Patient, made: int) -> Json | None:
    return next((one for one in kept(patient) if one["decision"] == made), None)


def of_message(patient: Patient, correction: Correct, entry: int) -> int | None:
    """The decision that this message made of it; None where it only said so again."""
    return next((one["decision"] for one in kept(patient) if one["entry"] == entry and _says(one, correction)), None)


def is_said_again(connection: Connection, patient: Patient, correction: Correct) -> bool:
    """It was said before, and still holds, or a person took it back."""
    said = [one for one in kept(patient) if _says(one, correction)]
    active = in_force(connection, [one["decision"] for one in said])
    element, new = element_of(correction.kind), _value(correction.kind, correction.new)
    now = {key[1] for key in map(_key, patient.get(element) or ()) if not key[2]}
    return any(one["decision"] not in active or not new or new in now for one in said)


def as_decided(connection: Connection, known: Patient, claim: Claim) -> Claim:
    """What a sender tells, with what people have decided of its numbers and names."""
    records = kept(known)
    active = in_force(connection, [one["decision"] for one in records])
    patient = claim.patient
    for one in records:
        stands, by_hand, element = one["decision"] in active, one["entry"] is None, element_of(one["kind"])
        told = patient.get(element)
        if told and stands == by_hand:
            gone, back = (one["before"], one["after"]) if stands else (one["after"], one["before"])
            if any(not _key(each)[2] for each in _only(told, gone, back)):
                patient = telling(patient, element, exchanged(told, gone, back, one["system"]))
    return claim if patient is claim.patient else replace(claim, patient=patient)


def exchanged(told: Sequence[Json], gone: Sequence[Json], back: Sequence[Json], system: str) -> list[Json]:
    """``told`` with what ``back`` alone has in the place of what ``gone`` alone has, of one system (names have none).

    Just ``back`` where ``told`` was ``gone``. What the sender has told otherwise since stays: then only what is marked
    as old comes and goes.
    """

    def of_system(items: Iterable[Json], *, same: bool = True) -> list[Json]:
        return [one for one in items if (one.get("system", "") == system) == same]

    if list(told) == list(gone) and of_system(gone, same=False) == of_system(back, same=False):
        return list(back)
    out = _only(of_system(told), of_system(gone), back)
    place = min((at for at, one in enumerate(told) if one in out), default=len(told))
    rest = [one for one in told if one not in out]
    into = [one for one in _only(of_system(back), of_system(back), gone) if one not in rest]
    told_since = any(not _key(one)[2] for one in of_system(rest)) and all(_key(one)[2] for one in out)
    if told_since:
        into = [one for one in into if _key(one)[2]]
    return [*rest[:place], *into, *rest[place:]]


def put_right(patient: Json, correction: Correct) -> Json:
    """The claim's Patient as somebody corrects it by hand. Raises ``Refused`` where it has no such number or name."""
    element, old = element_of(correction.kind), _value(correction.kind, correction.old)
    items = patient.get(element) or ()
    wrong = [one for one in items if _key(one) == (system_of(correction), old, False)]
    if not wrong:
        raise Refused("the claim has no such number or name; hub identity show tells what it has")
    made = [_renewed(wrong[0], correction)] if correction.new else []
    if correction.kind != "reissued":
        made.append(wrong[0] | {"use": OLD})
    new = {_key(one)[:2] for one in made}
    rest = [one for one in items if one not in wrong and _key(one)[:2] not in new]
    place = next(at for at, one in enumerate(items) if one in wrong)
    before = sum(one in rest for one in items[:place])
    return telling(patient, element, [*rest[:before], *made, *rest[before:]])


def telling(patient: Patient, element: str, items: Sequence[Json]) -> Json:
    """With these; without the element where there are none."""
    return {key: value for key, value in patient.items() if key != element} | ({element: list(items)} if items else {})


def current(patient: Patient, system: str) -> list[str]:
    """Numbers of the system that are not old; names of the system ``""``."""
    items = patient.get("identifier" if system else "name") or ()
    return [_written(one) for one in items if one.get("system", "") == system and one.get("use") != OLD]


def flags(patient: Patient) -> list[Json]:
    """The hub's own."""
    found: list[Json] = patient.get("meta", {}).get("tag", [])
    return found


def system_of(correction: Correct) -> str:
    """Names have none."""
    return "" if correction.kind == "name" else correction.system or ID_NUMBER_SYSTEM


def element_of(kind: str) -> str:
    return "name" if kind == "name" else "identifier"


def _renewed(one: Json, correction: Correct) -> Json:
    return {"text": correction.new} if correction.kind == "name" else one | {"value": correction.new}


def _says(one: Json, correction: Correct) -> bool:
    said = (correction.kind, system_of(correction), correction.old, correction.new)
    return tuple(one[name] for name in ("kind", "system", "old", "new")) == said


def _only(items: Iterable[Json], these: Iterable[Json], not_those: Iterable[Json]) -> list[Json]:
    keys = set(map(_key, these)) - set(map(_key, not_those))
    return [one for one in items if _key(one) in keys]


def _key(one: Json) -> tuple[str, str, bool]:
    """The same for one number or name, however it is dressed."""
    kind = "identifier" if "value" in one or "system" in one else "name"
    return str(one.get("system", "")), _value(kind, _written(one)), one.get("use") == OLD


def _written(one: Json) -> str:
    return str(one.get("value") or whole_text(one))


def _value(kind: str, written: str) -> str:
    return written.strip() if kind == "name" else normal_id_number(written)
