"""Everything about a person: their own resources, then the staff and places those refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, Select, and_, bindparam, exists, or_, select

from hub.database import Connection, Statement, any_of
from hub.records import times
from hub.records.rows import TYPED, Page, Stored, named
from hub.records.search import Place
from hub.schema import resource, search_date

DIRECTORY = ("Location", "Medication", "Organization", "Practitioner", "PractitionerRole")
"""Types that belong to no person; ``$everything`` brings those a person's resources refer to."""
CLINICAL_DATES = {
    "Appointment": "date",
    "ChargeItem": "occurrence",
    "Condition": "onset-date",
    "Encounter": "date",
    "MedicationAdministration": "effective-time",
    "MedicationDispense": "whenhandedover",
    "MedicationRequest": "authoredon",
    "MedicationStatement": "effective",
    "ServiceRequest": "authored",
    "Specimen": "collected",
    **dict.fromkeys(("DiagnosticReport", "DocumentReference", "Immunization", "Observation", "Procedure"), "date"),
}
"""The search parameter that says when it happened; types without one are never outside a range of dates."""
_REFERENCE = re.compile(rb'"reference"\s*:\s*"((?:' + "|".join(DIRECTORY).encode() + rb')/[A-Za-z0-9\-.]{1,64})"')


@dataclass(frozen=True, slots=True)
class Span:
    """Narrows ``$everything``; times are microseconds since 1970, ``end`` is the first outside."""

    start: int = times.FIRST
    end: int = times.LAST
    since: int = times.FIRST
    types: tuple[str, ...] = ()
    """None named = all."""

    @property
    def dated(self) -> bool:
        return (self.start, self.end) != (times.FIRST, times.LAST)


def _compartment() -> Select[Any]:
    """A person's own resources; what happened outside a range of dates is left out."""
    dates, inside = search_date.alias(), search_date.alias()
    named = and_(dates.c.rid == resource.c.rid, any_of(dates.c.name, "clinical"))
    overlaps = and_(
        inside.c.rid == resource.c.rid,
        any_of(inside.c.name, "clinical"),
        inside.c.low < bindparam("end"),
        inside.c.high > bindparam("start"),
    )
    return (
        select(*TYPED)
        .where(resource.c.person == bindparam("person"), resource.c.updated_at >= bindparam("since"))
        .where(resource.c.rid > bindparam("after"), resource.c.rid <= bindparam("bound"))
        .where(or_(bindparam("undated", type_=Boolean()), ~exists().where(named), exists().where(overlaps)))
        .order_by(resource.c.rid)
        .limit(bindparam("limit"))
    )


_COMPARTMENT = Statement(_compartment())
_COMPARTMENT_TYPES = Statement(_compartment().where(any_of(resource.c.type, "types")))
_BODIES = Statement(select(resource.c.body).where(resource.c.person == bindparam("person")))


def everything(connection: Connection, person: str, span: Span, limit: int, place: Place) -> Page:
    """Each once. ``place.keys`` are the last ``rid`` seen and, behind the last of them, the last reference."""
    after, directory_after = place.keys
    own = [] if directory_after else _own(connection, person, span, limit + 1, place)
    if len(own) > limit:
        return Page(tuple(own[:limit]), replace(place, keys=(own[limit - 1].rid, "")))
    whole = (after, directory_after, span) == (0, "", Span())
    bodies = [one.body for one in own] if whole else [body for (body,) in connection.rows(_BODIES, person=person)]
    found = _directory(connection, bodies, span, place.rid_bound)
    room = limit - len(own)
    return _page(own, [one for one in found if one.reference > directory_after][: room + 1], room, place)


def _own(connection: Connection, person: str, span: Span, limit: int, place: Place) -> list[Stored]:
    rows = connection.rows(
        _COMPARTMENT_TYPES if span.types else _COMPARTMENT,
        person=person,
        since=span.since,
        after=place.keys[0],
        bound=place.rid_bound,
        limit=limit,
        undated=not span.dated,
        start=span.start,
        end=span.end,
        clinical=[f"{type_}.{name}" for type_, name in CLINICAL_DATES.items()],
        types=list(span.types),
    )
    return [Stored(*row) for row in rows]


def _directory(connection: Connection, bodies: Iterable[bytes], span: Span, bound: int) -> list[Stored]:
    found = named(connection, _referred(bodies))
    known = {one.reference for one in found}
    found += named(connection, _referred(one.body for one in found) - known)
    wanted = (one for one in found if one.updated_at >= span.since and one.rid <= bound)
    return sorted((one for one in wanted if not span.types or one.type in span.types), key=lambda one: one.reference)


def _referred(bodies: Iterable[bytes]) -> set[str]:
    return {match.decode() for body in bodies for match in _REFERENCE.findall(body)}


def _page(own: Sequence[Stored], others: Sequence[Stored], room: int, place: Place) -> Page:
    shown = (*own, *others[:room])
    if len(others) <= room:
        return Page(shown, None)
    last = others[room - 1].reference if room else ""
    return Page(shown, replace(place, keys=(own[-1].rid if own else place.keys[0], last)))
