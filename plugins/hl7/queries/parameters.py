"""QPD-3 of a search: ``@PID.3.1^51010719900307001X`` and its like (QIP), gathered into what they ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hub import Text
from plugins.hl7.datatypes.identified import NATIONAL_TYPES
from plugins.hl7.queries import demographics
from plugins.hl7.queries.demographics import ADDRESS, Demographics
from plugins.hl7.queries.faults import DATA, MISSING, VALUE, QueryFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition
    from plugins.hl7.queries.domains import Domains, Number

_NAMED = re.compile(r"@?([A-Z][A-Z0-9]{2})[.-]([0-9]{1,2})(?:\.([0-9]{1,2}))?(?:\.([0-9]{1,2}))?")
_NUMBERS = (2, 3, 4)
_NAME, _BORN, _SEX, _ADDRESS, _ACCOUNT, _NATIONAL, _DEAD = 5, 7, 8, 11, 18, 19, 30
_PHONES = (13, 14, 40)
_VALUE, _KIND = (1, 1), (5, 1)
_ISSUER = ((4, 1), (4, 2), (4, 3))
_ASKED = {
    **dict.fromkeys((*_NUMBERS, _ACCOUNT), frozenset({_VALUE, *_ISSUER, _KIND})),
    _NAME: frozenset({_VALUE, (2, 1)}),
    _ADDRESS: frozenset((at, 1) for at in ADDRESS),
    **dict.fromkeys(_PHONES, frozenset({_VALUE, (12, 1)})),
    **dict.fromkeys((_BORN, _SEX, _NATIONAL, _DEAD), frozenset({_VALUE})),
}
"""Components and subcomponents that are searched by; any other is a fault."""


class Parameter(NamedTuple):
    """One value that is asked for."""

    segment: str
    field: int
    component: int
    subcomponent: int
    value: str
    place: str


def read_parameters(reads: Sequence[Repetition], field: str) -> list[Parameter]:
    """Those with a value. Raises ``QueryFault`` for one that cannot be read."""
    found = [one for at, read in enumerate(reads, 1) for one in _parameters(read, f"{field}[{at}]")]
    if not found:
        raise QueryFault(MISSING, Text("the question names nobody: it needs at least one parameter"), field)
    return found


def _parameters(read: Repetition, place: str) -> Iterable[Parameter]:
    named = _NAMED.fullmatch(read.get().strip().upper())
    if named is None:
        raise QueryFault(DATA, Text("a parameter is written such as @PID.3.1^number"), f"{place}.1")
    segment, field, component, subcomponent = named[1], int(named[2]), int(named[3] or 0), int(named[4] or 1)
    leaves = read.leaves()[1:]
    if component and sum(len(levels) for levels in leaves) > 1:
        raise QueryFault(DATA, Text("a parameter has one value"), f"{place}.2")
    for at, levels in enumerate(leaves, component or 1):
        for level, value in enumerate(levels, subcomponent):
            if value.strip().strip("*"):
                yield Parameter(segment, field, at, level, value.strip(), place)


def person(found: Sequence[Parameter], domains: Domains, draft: Draft) -> Demographics:
    """What is asked of PID."""
    asked = _gathered(one for one in found if one.segment == "PID")
    for (field, _), parts in asked.items():
        for at, one in parts.items():
            of_another_kind = field != _ADDRESS and at == _KIND and one.value not in NATIONAL_TYPES
            if at not in _ASKED.get(field, ()) or of_another_kind:
                raise unsearchable(one)

    def said(field: int, component: int = 1) -> tuple[str, str]:
        one = next(
            (parts[component, 1] for (at, _), parts in asked.items() if at == field and (component, 1) in parts), None
        )
        return (one.value, f"{one.place}.2") if one else ("", "")

    return Demographics(
        numbers=tuple(_numbers(asked, _NUMBERS, domains, draft)) + tuple(_national(asked, domains, draft)),
        accounts=tuple(_numbers(asked, (_ACCOUNT,), domains, draft)),
        family=said(_NAME)[0],
        given=said(_NAME, 2)[0],
        born=demographics.birth_date(*said(_BORN)),
        sex=demographics.sex(*said(_SEX)),
        phones=tuple(text for field in _PHONES for at in (1, 12) if (text := said(field, at)[0])),
        dead=demographics.death(*said(_DEAD)),
        address=tuple((name, text) for at, name in ADDRESS.items() if (text := said(_ADDRESS, at)[0])),
    )


Parts = dict[tuple[int, int], Parameter]
"""By component and subcomponent."""


def _gathered(found: Iterable[Parameter]) -> dict[tuple[int, int], Parts]:
    """By field, and by how often it is asked for: a part that stands there twice begins another value."""
    gathered: dict[tuple[int, int], Parts] = {}
    counts: dict[int, int] = {}
    for one in found:
        at = (one.component, one.subcomponent)
        number = counts.setdefault(one.field, 0)
        if at in gathered.get((one.field, number), {}):
            if one.field not in (*_NUMBERS, _ACCOUNT):
                raise QueryFault(DATA, Text("a parameter has one value"), f"{one.place}.1")
            number = counts[one.field] = number + 1
        gathered.setdefault((one.field, number), {})[at] = one
    return gathered


def _numbers(
    asked: dict[tuple[int, int], Parts], fields: tuple[int, ...], domains: Domains, draft: Draft
) -> Iterable[Number]:
    for (field, _), parts in asked.items():
        if field not in fields:
            continue
        value, kind = parts.get((1, 1)), parts.get((5, 1))
        issuer = [parts.get((4, level)) for level in (1, 2, 3)]
        place = next((f"{one.place}.2" for one in (*issuer, value, *parts.values()) if one), "")
        if value is None:
            raise QueryFault(MISSING, Text("an issuer without a number would ask for everybody"), place)
        names = (one.value if one else "" for one in issuer)
        name, universal, type_ = names
        yield from domains.numbered(value.value, (name, universal, type_), kind.value if kind else "", draft, place)


def _national(asked: dict[tuple[int, int], Parts], domains: Domains, draft: Draft) -> Iterable[Number]:
    for (field, _), parts in asked.items():
        if field == _NATIONAL and (one := parts.get((1, 1))):
            yield from domains.numbered(one.value, ("", "", ""), "NNCHN", draft, f"{one.place}.2")


def unsearchable(one: Parameter) -> QueryFault:
    """Better than an answer that leaves out what was asked."""
    field = f"{one.segment}.{one.field}"
    if (one.component, one.subcomponent) != _VALUE:
        field += f".{one.component}" + (f".{one.subcomponent}" if one.subcomponent > 1 else "")
    return QueryFault(VALUE, Text("{field} cannot be searched by here", {"field": field}), f"{one.place}.1")
