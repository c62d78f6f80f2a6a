"""Which visits a question describes (PV1 parameters of ZV1), and the search of the record that means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub import SEARCH_PARAMETERS, BadQuery, Query, Text, condition, escaped
from plugins.hl7.codes import table
from plugins.hl7.queries.faults import MISSING, QueryFault
from plugins.hl7.queries.parameters import unsearchable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub import Condition, View
    from plugins.hl7.draft import Draft
    from plugins.hl7.queries.domains import Domains, Number
    from plugins.hl7.queries.parameters import Parameter

_LEVELS = 3
"""A bed is in a room, a room in a ward, a ward in a house."""
MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class VisitAsked:
    """What a question says of a visit; empty where it says nothing."""

    numbers: tuple[Number, ...] = ()
    kind: str = ""
    place: str = ""
    doctor: str = ""
    doctor_name: str = ""

    @property
    def empty(self) -> bool:
        return self == VisitAsked()


def visit(found: Sequence[Parameter], domains: Domains, draft: Draft) -> VisitAsked:
    """What is asked of PV1. Raises ``QueryFault`` for what cannot be searched by."""
    kind = place = doctor = doctor_name = number = ""
    issuer, where = ["", "", ""], ""
    for one in found:
        match one.field, one.component, one.subcomponent:
            case (2, 1, 1) if not kind:
                kind = one.value
            case (3, 1 | 2 | 3 | 4, 1) if not place:
                place = one.value
            case (7 | 8 | 9 | 17, 1, 1) if not doctor:
                doctor = one.value
            case (7 | 8 | 9 | 17, 2, 1) if not doctor_name:
                doctor_name = one.value
            case (19, 1, 1) if not number:
                number, where = one.value, f"{one.place}.2"
            case (19, 4, 1 | 2 | 3) if not issuer[one.subcomponent - 1]:
                issuer[one.subcomponent - 1] = one.value
                where = where or f"{one.place}.2"
            case _:
                raise unsearchable(one)
    if any(issuer) and not number:
        raise QueryFault(MISSING, Text("an issuer without a number would ask for everybody"), where)
    name, universal, type_ = issuer
    numbers = domains.numbered(number, (name, universal, type_), "", draft, where) if number else ()
    return VisitAsked(numbers, kind, place, doctor, doctor_name)


def visit_conditions(view: View, asked: VisitAsked) -> tuple[Condition, ...] | None:
    """What the Encounters must be like; none when no place or doctor is known by what was said."""
    found: list[tuple[str, str]] = []
    if asked.numbers:
        found.append(
            ("identifier", ",".join(f"{escaped(s)}|{escaped(v)}" if s else escaped(v) for s, v in asked.numbers))
        )
    if asked.kind:
        standard = table("visit_class").get(asked.kind)
        found.append(("class", f"{standard.system}|{standard.code}" if standard else escaped(asked.kind)))
    if asked.place:
        found.append(("location", ",".join(_places(view, asked.place))))
    if asked.doctor or asked.doctor_name:
        found.append(("participant", ",".join(_doctors(view, asked))))
    if not all(value for _, value in found):
        return None
    return tuple(condition(SEARCH_PARAMETERS["Encounter"][name], "", value) for name, value in found)


def _places(view: View, name: str) -> list[str]:
    """A place of that name, and all that is in it."""
    known = _found(view, "Location", [("name", "exact", escaped(name))])
    layer = known
    for _ in range(_LEVELS):
        if not layer:
            break
        layer = _found(view, "Location", [("partof", "", ",".join(layer))])
        known += layer
    return _few(dict.fromkeys(known))


def _doctors(view: View, asked: VisitAsked) -> list[str]:
    wanted = [("identifier", "", escaped(asked.doctor))] if asked.doctor else []
    wanted += [("name", "", escaped(asked.doctor_name))] if asked.doctor_name else []
    return _few(_found(view, "Practitioner", wanted))


def _found(view: View, type_: str, wanted: Sequence[tuple[str, str, str]]) -> list[str]:
    conditions = tuple(condition(SEARCH_PARAMETERS[type_][name], modifier, raw) for name, modifier, raw in wanted)
    return [row.reference for row in view.search(Query(type_, conditions), MOST_PLACES + 1).rows]


def _few(found: Iterable[str]) -> list[str]:
    references = list(found)
    if len(references) > MOST_PLACES:
        raise BadQuery("more than {most} places or doctors have this name: say more", place="QPD-3", most=MOST_PLACES)
    return references
