"""What the hub made of the people who are easily mistaken for each other, read back over FHIR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hub.demo.district import District, Resident
from hub.demo.running import Running, patients_of
from hub.language import _
from hub.model.person import ID_NUMBER_SYSTEM

REVIEW = "urn:hub:review"
Patient = dict[str, Any]


class Case(NamedTuple):
    """Who, what was sent about them, and what became of it."""

    who: str
    sent: str
    made: str


def cases(hub: Running, district: District) -> Iterator[Case]:
    yield _twins(hub, district.twins)
    yield _infant(hub, district.infant)
    yield _namesakes(hub, district.namesakes)
    yield _borrowed_card(hub, district.borrower, district.lender)
    yield _merged(hub, district.hero)


def by_id_number(hub: Running, person: Resident) -> list[Patient]:
    return hub.patients(identifier=f"{ID_NUMBER_SYSTEM}|{person.id_number}")


def _twins(hub: Running, twins: Sequence[Resident]) -> Case:
    made = _("{persons} persons, each with a record of their own", persons=_persons(hub, twins))
    return Case(_names(twins), _("twins: one birthday, one mother, one address"), made)


def _infant(hub: Running, infant: Resident) -> Case:
    found = hub.patients(family=infant.family, given=infant.given, birthdate=f"{infant.born}")
    made = _("{persons} person: one mother, one birthday, one home", persons=len(found))
    return Case(infant.name, _("an infant without an ID number, seen by two hospitals"), made)


def _namesakes(hub: Running, namesakes: Sequence[Resident]) -> Case:
    made = _("{persons} persons, each with a record of their own", persons=_persons(hub, namesakes))
    return Case(_names(namesakes), _("namesakes: one name, two ID numbers"), made)


def _borrowed_card(hub: Running, borrower: Resident, lender: Resident) -> Case:
    found = by_id_number(hub, lender)
    flagged = sum(tag["system"] == REVIEW for patient in found for tag in patient["meta"].get("tag", ()))
    made = _(
        "{persons} persons, nothing mixed; {flagged} of them flagged, and a question for a person",
        persons=len(found),
        flagged=flagged,
    )
    return Case(borrower.name, _("comes with the identity card of {name}", name=lender.name), made)


def _merged(hub: Running, person: Resident) -> Case:
    found = by_id_number(hub, person)
    systems = {patients_of(feed): feed for feed in hub.ports}
    numbers = [one["system"] for patient in found for one in patient["identifier"] if one["system"] in systems]
    made = _(
        "{persons} person with {numbers} numbers of {hospitals} hospitals",
        persons=len(found),
        numbers=len(numbers),
        hospitals=len(set(numbers)),
    )
    return Case(person.name, _("kept twice by one hospital, which then merged the two; known to all three"), made)


def _persons(hub: Running, people: Sequence[Resident]) -> int:
    return len({patient["id"] for person in people for patient in by_id_number(hub, person)})


def _names(people: Sequence[Resident]) -> str:
    return "、".join(dict.fromkeys(person.name for person in people))
