"""How an update changes what was known: pure functions on FHIR JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM

_CHOICE = re.compile(
    r"_?(abatement|age|allowed|asNeeded|born|collected|deceased|dose|effective|fastingStatus|item|medication"
    r"|multipleBirth|occurrence|onset|performed|product|rate|reported|serviced|time|timing|value)[A-Z]"
)
_VALUE_KEYS = frozenset(("coding", "code", "display", "div", "reference", "text", "value"))
"""What has one of these is one value (a code, a quantity, a reference): replaced whole, never mixed with another."""

OLD = "old"


def merged(old: Json, update: Json) -> Json:
    """``old`` with ``update`` laid over it: objects by key, lists and values whole, None deletes, absent says nothing.

    An element with a choice of types takes the place of its siblings: ``valueString`` ends ``valueQuantity``.
    """
    new = dict(old)
    for key, value in update.items():
        _drop_siblings(new, key)
        if value is None:
            new.pop(key, None)
        elif isinstance(value, dict):
            before = new.get(key)
            mixes = isinstance(before, dict) and _VALUE_KEYS.isdisjoint(value)
            if found := merged(before if mixes and before else {}, value):
                new[key] = found
        else:
            new[key] = value
    return new


def filled(known: Json, older: Json) -> Json:
    """``known`` with what it lacks from an older update: that is also how the sender's code is read by today's maps."""
    beneath = merged({}, older)
    for key in known:
        _drop_siblings(beneath, key)
    new = dict(known)
    for key, value in beneath.items():
        before = new.get(key)
        if before is None:
            new[key] = value
        elif isinstance(before, dict) and isinstance(value, dict) and _VALUE_KEYS.isdisjoint(before):
            new[key] = filled(before, value)
        else:
            new[key] = _read_again(before, value)
    return new


def _read_again(known: Any, older: Any) -> Any:
    """Concepts whose last code, the sender's, is the same in both: with the codes the older was read as."""
    if isinstance(known, list) and isinstance(older, list) and len(known) == len(older):
        return [_read_again(*pair) for pair in zip(known, older, strict=True)]
    if not (isinstance(known, dict) and isinstance(older, dict) and known.get("coding") and older.get("coding")):
        return known
    same = known["coding"][-1].get("code") == older["coding"][-1].get("code") is not None
    return known | {"coding": older["coding"]} if same else known


def retold(patient: Json, update: Json) -> Json:
    """As ``merged``, of a claim's Patient: a number once told stays known until its system is named with another."""
    new = merged(patient, update)
    before, told = patient.get("identifier"), update.get("identifier")
    if before and told is not None:
        new["identifier"] = _renamed(before, told)
    if former := [one for one in patient.get("name") or () if one.get("use") == OLD]:
        names = new.get("name") or ()
        new["name"] = [*names, *(one for one in former if one not in names)]
    return new


def retold_late(patient: Json, older: Json) -> Json:
    """As ``filled``, of a claim's Patient: numbers of systems that it does not name are added."""
    new = filled(patient, older)
    known, lacked = patient.get("identifier"), older.get("identifier")
    if known and lacked:
        new["identifier"] = [*known, *(one for one in lacked if not any(_takes_place(other, one) for other in known))]
    return new


def _renamed(before: Sequence[Json], told: Sequence[Json]) -> list[Json]:
    """Each number in the place of the one it replaces, so that order alone changes nothing."""
    found: list[Json] = []
    for one in before:
        instead = [other for other in told if _takes_place(other, one)]
        found += [other for other in instead if other not in found] if instead else [one]
    return found + [other for other in told if other not in found]


def _takes_place(told: Json, known: Json) -> bool:
    """The same system, and the same type where both have one; a resident has one number, whatever its type is called.

    A number without a value is none.
    """
    if told.get("system") != known.get("system") or not told.get("value"):
        return False
    if known.get("use") == OLD != told.get("use") and told["value"] != known.get("value"):
        return False
    if told["value"] == known.get("value") or told.get("system") == ID_NUMBER_SYSTEM:
        return True
    one, other = _type(told), _type(known)
    return not (one and other) or one == other


def _type(identifier: Json) -> str:
    type_ = identifier.get("type") or {}
    return next((code for one in type_.get("coding") or () if (code := one.get("code"))), type_.get("text") or "")


def _drop_siblings(body: dict[str, Any], key: str) -> None:
    """Removes the other types of the choice that ``key`` is one of."""
    choice = _CHOICE.match(key)
    if choice is None:
        return
    stem, own = choice[1], key.lstrip("_")
    for other in [other for other in body if other.lstrip("_") != own]:
        found = _CHOICE.match(other)
        if found and found[1] == stem:
            del body[other]
