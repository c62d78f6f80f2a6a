"""Who there is: a resident, a household, a world of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from benchmarks.people.places import Address

TODAY = date(2026, 6, 30)
"""When the feeds were written; births of the last ``UNREGISTERED_DAYS`` may not have reached the register."""
UNREGISTERED_DAYS = 60

State = Literal["registered", "unregistered", "gone", "stranger"]


@dataclass(slots=True)
class Household:
    """``registered`` is the address that the police have."""

    home: Address
    former: Address | None
    registered: Address
    landline: str
    state: State = "registered"
    """Gone and stranger hold for everybody in it; the others are each resident's own."""
    people: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Resident:
    """Numbers of other residents are their place in ``World.residents``; empty strings are what there is not."""

    number: int
    name: str
    sex: str
    born: date
    household: int
    state: State = "registered"
    minute: int = 0
    """Of the day of birth."""
    order: int = 0
    """Among twins, from 1."""
    twin: int | None = None
    mother: int | None = None
    father: int | None = None
    spouse: int | None = None
    former_name: str = ""
    id_number: str = ""
    former_id: str = ""
    shares_id: bool = False
    passport: str = ""
    mobile: str = ""
    former_mobile: str = ""
    certificate: str = ""
    card: str = ""
    record: str = ""

    @property
    def age(self) -> int:
        return (TODAY - self.born).days * 100 // 36525

    @property
    def newborn(self) -> bool:
        """Born so lately that no feed has an ID number yet."""
        return (TODAY - self.born).days < UNREGISTERED_DAYS


@dataclass
class World:
    seed: int
    residents: list[Resident] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)

    def parents(self, resident: Resident) -> list[Resident]:
        return [self.residents[one] for one in (resident.mother, resident.father) if one is not None]

    def relatives(self, resident: Resident) -> list[Resident]:
        """Of the household, the nearest first: whose card or number is at hand."""
        near = [one for one in (resident.mother, resident.spouse, resident.father, resident.twin) if one is not None]
        others = [one for one in self.households[resident.household].people if one != resident.number]
        return [self.residents[one] for one in dict.fromkeys([*near, *others])]

    @property
    def registered(self) -> list[Resident]:
        return [resident for resident in self.residents if resident.state == "registered"]
