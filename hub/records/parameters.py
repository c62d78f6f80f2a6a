"""The search parameters of FHIR R4 that the record answers: kind, name, where it looks.

Where it looks is the specification's own expression without the type's name; several places are divided by ``|``. The
names on one line look at the element they are called after: ``based-on`` at ``basedOn``.
The kind ``person`` is answered by the resource's person, whichever of a person's ids is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from hub.records.searchable import TABLE

Kind = Literal["token", "string", "date", "reference", "person"]


@dataclass(frozen=True, slots=True)
class Parameter:
    type: str
    name: str
    kind: Kind
    expression: str
    """FHIRPath, as the specification has it: ``Observation.code``, ``Patient.telecom.where(system='phone')``."""

    @property
    def row(self) -> str:
        """Its name in the search index: ``Observation.code``."""
        return f"{self.type}.{self.name}"


def _read(type_: str, lines: str) -> dict[str, Parameter]:
    found = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        kind, rest = line.split(" ", 1)
        for name, places in _named(rest):
            expression = " | ".join(f"{type_}.{place.strip()}" for place in places.split("|"))
            found[name] = Parameter(type_, name, cast("Kind", kind), expression)
    return found


def _named(rest: str) -> list[tuple[str, str]]:
    """One name with where it looks, or names that look at the element they are called after."""
    name, equals, places = rest.partition(" = ")
    return [(name, places)] if equals else [(each, _camel(each)) for each in rest.split()]


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(map(str.capitalize, others))


PARAMETERS = {type_: _read(type_, lines) for type_, lines in TABLE.items()}
"""By type, then by name. ``_id`` and ``_lastUpdated`` are columns of every resource and stand in no table."""

BOOLEAN_DECEASED = Parameter("Patient", "deceased", "token", "Patient.deceased.exists() and Patient.deceased != false")
PARAMETERS["Patient"]["deceased"] = BOOLEAN_DECEASED
