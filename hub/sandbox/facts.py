"""What an invented message says, and what should be in the record once all that was accepted is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from hub.demo.district import Resident


class Seen(NamedTuple):
    """A person as this message describes them."""

    number: str
    resident: Resident


class State(NamedTuple):
    """What is so of a thing of a person's from now on; ``kind`` is what FHIR calls it."""

    kind: Literal[
        "Encounter",
        "Observation",
        "MedicationRequest",
        "Appointment",
        "Immunization",
        "DocumentReference",
        "ChargeItem",
    ]
    key: str
    of: str
    """The person's number."""
    value: str = ""


class Join(NamedTuple):
    """Two numbers are one person, or (``apart``) are not after all."""

    one: str
    other: str
    apart: bool = False


Fact = Seen | State | Join


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the hospital, before anything goes wrong with it."""

    control_id: str
    payload: bytes
    at: datetime
    kind: str
    person: str
    """Whose story it belongs to: letters of one story keep their order."""
    facts: tuple[Fact, ...]

    @property
    def joins(self) -> bool:
        return any(isinstance(fact, Join) for fact in self.facts)


@dataclass
class Truth:
    """What the hub should know. Whatever comes late or in another order, the sender's own times decide."""

    people: dict[str, tuple[datetime, Resident]] = field(default_factory=dict)
    states: dict[tuple[str, str], tuple[datetime, State]] = field(default_factory=dict)
    joins: dict[tuple[str, str], tuple[datetime, bool]] = field(default_factory=dict)

    def learn(self, letter: Letter) -> None:
        for fact in letter.facts:
            match fact:
                case Seen(number, resident):
                    _newest(self.people, number, letter.at, resident)
                case State(kind, key):
                    _newest(self.states, (kind, key), letter.at, fact)
                case Join(one, other, apart):
                    _newest(self.joins, (one, other), letter.at, apart)

    def persons(self) -> list[list[str]]:
        """The numbers of each, the first the one in use."""
        leads = {other: one for (one, other), (_, apart) in self.joins.items() if not apart}
        groups: dict[str, list[str]] = {number: [] for number in self.people if number not in leads}
        for number in sorted(leads):
            groups.setdefault(leads[number], []).append(number)
        return [[lead, *others] for lead, others in groups.items()]

    def summary(self) -> dict[str, int]:
        """How many there are of each, by the name FHIR has for it."""
        kinds = Counter(kind for kind, _ in self.states)
        return {"Patient": len(self.persons()), **dict(sorted(kinds.items()))}

    def told(self) -> Iterator[dict[str, Any]]:
        """Person by person, as a record should read."""
        by_person: dict[str, list[State]] = {}
        for _, state in self.states.values():
            by_person.setdefault(state.of, []).append(state)
        for numbers in self.persons():
            _, resident = self.people[numbers[0]]
            has: dict[str, dict[str, str]] = {}
            for state in (state for number in numbers for state in by_person.get(number, ())):
                has.setdefault(state.kind, {})[state.key] = state.value
            yield {
                "numbers": numbers,
                "name": resident.name,
                "born": f"{resident.born}",
                "phone": resident.phone,
                "has": has,
            }


def _newest(known: dict[Any, tuple[datetime, Any]], key: Any, at: datetime, value: Any) -> None:
    if key not in known or known[key][0] <= at:
        known[key] = (at, value)
