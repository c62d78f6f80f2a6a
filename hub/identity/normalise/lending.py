"""A claim under a number that is not its own: a relative's, or one with a digit wrong that is sound by chance.

The number says nothing of whom the claim is about; a relative's leads to the relative.

That it is so is a flag among the hub's own in the claim's ``meta``; the claim itself stays as its sender wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from hub.identity.normalise.description import Description
from hub.model import Json

LENT, MISTYPED = "relatives_id", "mistyped_id"
FLAGS = "urn:hub:review"
"""System of the hub's flags."""


def is_mistyped(patient: Mapping[str, Any]) -> bool:
    return any(_says(tag, MISTYPED) for tag in patient.get("meta", {}).get("tag", ()))


def is_lent(patient: Mapping[str, Any]) -> bool:
    """Or mistyped: the ID number is not its own."""
    return any(map(_says_so, patient.get("meta", {}).get("tag", ())))


def not_lent(patient: Json) -> Json:
    """Its sender tells another number by now."""
    if not is_lent(patient):
        return patient
    tags = [tag for tag in patient["meta"]["tag"] if not _says_so(tag)]
    return patient | {"meta": patient["meta"] | {"tag": tags}}


def own(description: Description) -> Description:
    """Without the ID number, and without birth date and sex where the number filled them in."""
    told = {f"{number[6:10]}-{number[10:12]}-{number[12:14]}" for number in description.id_numbers}
    filled_in = description.birth in told
    return replace(
        description,
        id_numbers=(),
        birth="" if filled_in else description.birth,
        sex="" if filled_in else description.sex,
    )


def _says_so(tag: Mapping[str, Any]) -> bool:
    return _says(tag, LENT) or _says(tag, MISTYPED)


def _says(tag: Mapping[str, Any], code: str) -> bool:
    return tag.get("code") == code and tag.get("system") == FLAGS
