"""How an update changes what was known: pure functions on FHIR JSON."""

from __future__ import annotations

import re
from typing import Any

from hub.model import Json

_CHOICE = re.compile(
    r"_?(abatement|age|allowed|asNeeded|born|collected|deceased|dose|effective|fastingStatus|item|medication"
    r"|multipleBirth|occurrence|onset|performed|product|rate|reported|serviced|time|timing|value)[A-Z]"
)
_VALUE_KEYS = frozenset(("coding", "code", "display", "div", "reference", "text", "value"))
"""What has one of these is one value (a code, a quantity, a reference): replaced whole, never mixed with another."""


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
    """``known`` with what it lacks from an older update."""
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
    return new


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
