"""The register and the feeds of one world: who is spoken of where, with which fields, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from benchmarks.people.errors import Spoiler
from benchmarks.people.profiles import ORDINARY, Profile
from benchmarks.people.residents import Resident, World
from benchmarks.people.said import Mother, Said

REGISTER, VACCINATION, MCH, RECORDS = "police", "vaccination", "mch", "records"
HOSPITALS = {"hospital-1": 0.48, "hospital-2": 0.30, "hospital-3": 0.24}
"""Share of residents each knows."""
FEEDS = (*HOSPITALS, VACCINATION, MCH, RECORDS)
TWO_NUMBERS = 0.04
_UNDER = ("{}之子", "{}之女")
_OTHERWISE_UNDER = ("{}BB", "{}之婴")


def register(world: World) -> Iterator[Said]:
    """What the police have of everybody registered."""
    random = Random(f"register {world.seed}")
    for at, resident in enumerate(world.registered):
        yield _registered(world, resident, f"P{at:08}", random)


def feeds(world: World, profile: Profile = ORDINARY) -> Iterator[Said]:
    """Everything else, feed by feed mixed as time mixes them; a newborn after its mother."""
    random = Random(f"feeds {world.seed} {profile.name}")
    plan = _Plan(world, random)
    spoiler, teller = Spoiler(world, profile, random), _Teller(world, plan, profile, random)
    for visit in plan.in_order():
        said = teller.said(visit)
        resident = world.residents[visit.person]
        if said.mother is not None and resident.mother is not None:
            spoiler.spoil_mother(said.mother, world.residents[resident.mother])
        yield spoiler.spoil(said, resident)


@dataclass(slots=True)
class _Visit:
    feed: str
    person: int
    number: str
    when: float
    newborn: bool = False


@dataclass
class _Plan:
    """Who is known where, under which number."""

    world: World
    random: Random
    numbers: dict[tuple[str, int], str] = field(default_factory=dict)
    """Of each person, the first one in a feed."""
    _visits: list[_Visit] = field(default_factory=list)
    _handed_out: Counter[str] = field(default_factory=Counter)

    def in_order(self) -> list[_Visit]:
        for resident in self.world.residents:
            self._everyday(resident)
        for resident in self.world.residents:
            self._birth(resident)
        return sorted(self._visits, key=lambda visit: visit.when)

    def _add(self, feed: str, person: int, when: float, *, newborn: bool = False) -> None:
        self._handed_out[feed] += 1
        at = self._handed_out[feed]
        number = {VACCINATION: f"99{at:016}", MCH: f"M{at:07}", RECORDS: f"R{at:07}"}.get(feed, f"{at:08}")
        if not newborn:
            self.numbers.setdefault((feed, person), number)
        self._visits.append(_Visit(feed, person, number, when, newborn))

    def _everyday(self, resident: Resident) -> None:
        random, number = self.random, resident.number
        for feed, share in HOSPITALS.items():
            chance = random.random()
            if chance < share and not (resident.newborn and random.random() < 0.5):
                self._add(feed, number, random.random())
                if chance < share * TWO_NUMBERS:
                    self._add(feed, number, random.random())
        if resident.age < 15 and random.random() < 0.95:
            self._add(VACCINATION, number, random.random())
        gone = resident.state == "gone"
        if resident.age > 10 and random.random() < (0.7 if gone else 0.1 if resident.state == "stranger" else 0.5):
            self._add(RECORDS, number, random.random())

    def _birth(self, resident: Resident) -> None:
        """Of the last seven years: at the hospital, in the books of mother and child, or both."""
        mother, random = resident.mother, self.random
        if mother is None or resident.age >= 7:
            return
        for feed, share in (("hospital-1", 0.2), ("hospital-2", 0.12), (MCH, 0.85)):
            if random.random() < share:
                when = random.random()
                if (feed, mother) not in self.numbers:
                    self._add(feed, mother, when * 0.999)
                self._add(feed, resident.number, 1.0 + when, newborn=True)


class _Teller:
    """What a feed asks for, as it is true, or was when the feed asked."""

    def __init__(self, world: World, plan: _Plan, profile: Profile, random: Random) -> None:
        self._world, self._plan, self._random = world, plan, random
        self._under = _OTHERWISE_UNDER if profile.other_ways else ()

    def said(self, visit: _Visit) -> Said:
        of, random = self._world.residents[visit.person], self._random
        said = Said(visit.feed, visit.number, of.number, _lasting(of))
        said.sex, said.birth = of.sex, of.born.isoformat()
        household = self._world.households[of.household]
        said.address, said.mother = household.home.written(), self._mother(of, visit)
        if visit.newborn:
            self._newborn(said, of)
        else:
            self._named(said, of)
        if visit.feed in {VACCINATION, MCH}:
            said.certificate = of.certificate if random.random() < (0.6 if visit.newborn else 0.8) else ""
        if visit.feed == RECORDS:
            said.record = of.record
            if household.former and random.random() < 0.5:
                said.address = household.former.written()
        return said

    def _named(self, said: Said, of: Resident) -> None:
        random, then = self._random, said.feed == RECORDS
        said.name, said.passport = of.name, of.passport
        said.id_number = "" if of.newborn else of.id_number
        if of.former_name and random.random() < (0.8 if then else 0.4):
            said.name = of.former_name
            said.classes.add("N_OLD")
        if of.former_id and random.random() < (0.8 if then else 0.5):
            said.id_number = of.former_id
            said.classes.add("I_OLD")
        said.phone, said.card = of.mobile, of.card
        if not of.mobile and (lent := [one.mobile for one in self._world.relatives(of) if one.mobile]):
            said.phone = lent[0]
            said.classes.add("T_KIN")
        elif then and of.former_mobile and random.random() < 0.4:
            said.phone = of.former_mobile
            said.classes.add("T_OLD")

    def _newborn(self, said: Said, of: Resident) -> None:
        random, mother = self._random, self._world.residents[of.mother or 0]
        under = random.choice(self._under) if self._under and random.random() < 0.4 else _UNDER[of.sex == "female"]
        said.classes.add("N_BABY")
        said.name, said.phone = under.format(mother.name), mother.mobile
        if of.order and random.random() < 0.85:
            said.order = of.order
        if random.random() < 0.9:
            said.birth_time = f"{of.minute // 60:02}:{of.minute % 60:02}"

    def _mother(self, of: Resident, visit: _Visit) -> Mother | None:
        random = self._random
        if of.mother is None or not (visit.newborn or visit.feed == VACCINATION):
            return None
        mother = self._world.residents[of.mother]
        known = random.random() < (0.9 if visit.feed == MCH else 0.8 if visit.feed == VACCINATION else 0.6)
        return Mother(
            self._plan.numbers.get((visit.feed, mother.number), "") if visit.newborn else "",
            mother.id_number if known else "",
            mother.name,
            mother.mobile,
        )


def _registered(world: World, resident: Resident, number: str, random: Random) -> Said:
    said = Said(REGISTER, number, resident.number, _lasting(resident), name=resident.name)
    said.id_number, said.sex, said.birth = resident.id_number, resident.sex, resident.born.isoformat()
    said.address = world.households[resident.household].registered.written()
    if resident.former_name and random.random() < 0.7:
        said.former_name = resident.former_name
    if random.random() < 0.08:
        said.phone = resident.former_mobile or resident.mobile
    if resident.age < 7 and random.random() < 0.6:
        said.certificate = resident.certificate
    if resident.mother is not None and resident.age < 18 and random.random() < (0.9 if resident.age < 7 else 0.6):
        mother = world.residents[resident.mother]
        said.mother = Mother(id_number=mother.id_number, name=mother.name)
    return said


def _lasting(of: Resident) -> set[str]:
    """Classes of the person, whatever the feed."""
    found = {
        "TWIN": of.twin is not None,
        "NEWBORN": of.newborn,
        "I_TWICE": of.shares_id,
        "GONE": of.state == "gone",
        "STRANGER": of.state == "stranger",
    }
    return {name for name, there in found.items() if there}
