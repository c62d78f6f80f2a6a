"""Households as they come about: couples, their children and twins, their own parents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.people import numbers
from benchmarks.people.names import GivenNames, dotted, foreign, surname_of, surnames
from benchmarks.people.places import address, places
from benchmarks.people.residents import TODAY, Household, Resident, State, World

KINDS = ("single", "couple", "family", "three", "old", "widowed")
TWINS = 0.03
"""Of deliveries."""
ALIKE = 0.72
"""Twins of one sex with a character in common; brothers and sisters otherwise have one in ``SIBLINGS`` of cases."""
SIBLINGS = 0.25


@dataclass(frozen=True)
class Manner:
    """What differs between two worlds."""

    province: str = "临江省"
    city: str = "汇川市"
    households: tuple[int, ...] = (16, 14, 42, 15, 9, 4)
    """Shares of ``KINDS``."""
    rarer_surnames: float = 1.0
    rare_characters: float = 0.03
    dotted: float = 0.015
    moved: float = 0.35
    registered_elsewhere: float = 0.25
    per_place: int = 150
    """Households of a village or estate."""
    gone: float = 0.02
    strangers: float = 0.035


FIRST = Manner()
SECOND = Manner(
    province="朔原省",
    city="长平市",
    households=(22, 10, 36, 22, 6, 4),
    rarer_surnames=1.25,
    rare_characters=0.05,
    dotted=0.04,
    moved=0.45,
    registered_elsewhere=0.35,
    per_place=90,
    gone=0.03,
    strangers=0.05,
)


class Families:
    """Adds one household after another to a world."""

    def __init__(self, world: World, random: Random, manner: Manner, residents: int) -> None:
        self._world, self._random, self._manner = world, random, manner
        self._surnames = surnames(manner.rarer_surnames)
        self._given = GivenNames(manner.rare_characters)
        self._places = places(random, max(24, residents // (3 * manner.per_place)), manner.province, manner.city)
        self._ids = numbers.IdNumbers()
        self._kinds = random.choices(KINDS, manner.households, k=residents)

    def add(self, at: int) -> None:
        manner, random = self._manner, self._random
        chance = random.random()
        state: State = "registered"
        if chance < manner.gone + manner.strangers:
            state = "gone" if chance < manner.gone else "stranger"
        home = address(random, random.choice(self._places))
        former = address(random, random.choice(self._places)) if random.random() < manner.moved else None
        elsewhere = random.random() < manner.registered_elsewhere
        registered = (former or address(random, random.choice(self._places))) if elsewhere else home
        landline = numbers.landline(random) if random.random() < 0.35 else ""
        self._open(Household(home, former, registered, landline, state))
        getattr(self, f"_{self._kinds[at % len(self._kinds)]}")()

    def _open(self, household: Household) -> None:
        self._household = household
        self._number = len(self._world.households)
        self._district, self._station = self._random.choice(numbers.HERE), self._random.randrange(12)
        self._world.households.append(household)

    def _single(self) -> None:
        sex = self._random.choice(("male", "female"))
        if self._household.state == "stranger" and self._random.random() < 0.15:
            self._foreigner(sex)
        else:
            self._grown(sex, self._random.randint(18, 62))

    def _couple(self) -> None:
        self._pair(self._random.randint(24, 64))

    def _family(self) -> None:
        father, mother = self._pair(self._random.randint(26, 58))
        self._children(father, mother)

    def _three(self) -> None:
        father, mother = self._pair(self._random.randint(27, 50))
        old = self._parents_of(father)
        self._children(father, mother)
        self._lend_phone(old, father)

    def _old(self) -> None:
        husband, wife = self._pair(self._random.randint(65, 88))
        if self._random.random() < 0.6:
            self._lend_phone([wife], husband)

    def _widowed(self) -> None:
        """Of the two, one has died: still in old records."""
        husband, wife = self._pair(self._random.randint(66, 92))
        (husband if self._random.random() < 0.7 else wife).state = "gone"
        self._lend_phone([wife], husband)

    def _pair(self, age: int) -> tuple[Resident, Resident]:
        wife = self._grown("female", max(20, age - self._random.randint(-3, 6)))
        husband = self._grown("male", age, self._dotted_too(wife))
        husband.spouse, wife.spouse = wife.number, husband.number
        return husband, wife

    def _dotted_too(self, other: Resident) -> bool | None:
        """People with names of two parts mostly marry each other."""
        return True if "·" in other.name else None

    def _parents_of(self, child: Resident) -> list[Resident]:
        random = self._random
        age = child.age + random.randint(21, 33)
        mother = self._grown("female", age - random.randint(-2, 5))
        found = [mother]
        if random.random() < 0.75:
            father = self._grown("male", age)
            father.name = surname_of(child.name) + father.name[len(surname_of(father.name)) :]
            father.spouse, mother.spouse, child.father = mother.number, father.number, father.number
            found.append(father)
        child.mother = mother.number
        return found

    def _grown(self, sex: str, age: int, dotted_name: bool | None = None) -> Resident:
        random = self._random
        born = TODAY - timedelta(days=int((age + random.random()) * 365.25))
        if dotted_name or random.random() < self._manner.dotted:
            name = dotted(random, sex)
        else:
            name = self._surnames.draw(random) + self._given.draw(random, born.year, sex)
        resident = self._born(name, sex, born)
        if age < 60 or random.random() < 0.8:
            resident.mobile = numbers.mobile(random)
        if random.random() < 0.45:
            resident.former_mobile = numbers.mobile(random)
        return resident

    def _foreigner(self, sex: str) -> None:
        random = self._random
        born = TODAY - timedelta(days=random.randint(20 * 365, 60 * 365))
        resident = self._born(foreign(random, sex), sex, born)
        resident.id_number, resident.mobile = "", numbers.mobile(random)
        resident.passport = f"{random.choice('EGKPX')}99{random.randrange(10**6):06}"

    def _children(self, father: Resident, mother: Resident) -> None:
        random = self._random
        born = mother.born + timedelta(days=int((20.5 + 11 * random.random()) * 365.25))
        shared = ""
        for _ in range(random.choices((1, 2, 3), (48, 42, 10))[0]):
            if born >= TODAY or (TODAY - born).days > 27 * 365:
                break
            children = self._delivered(father, mother, born, shared)
            given = children[0].name[len(surname_of(children[0].name)) :]
            shared = given[0] if len(given) == 2 and random.random() < SIBLINGS else ""
            born += timedelta(days=int((1.4 + 4 * random.random()) * 365.25))

    def _delivered(self, father: Resident, mother: Resident, born: date, shared: str) -> list[Resident]:
        random = self._random
        sex, minute = random.choice(("male", "female")), random.randrange(1430)
        first = self._child(father, mother, (sex, born, minute), shared)
        if random.random() >= TWINS:
            return [first]
        other_sex = sex if random.random() < 0.67 else {"male": "female", "female": "male"}[sex]
        second = self._child(father, mother, (other_sex, born, minute + random.randint(1, 9)), shared)
        if "·" not in first.name and random.random() < (ALIKE if sex == other_sex else ALIKE / 2):
            self._name_alike(first, second)
        if second.name == first.name:
            second.name += "二"
        first.twin, second.twin, first.order, second.order = second.number, first.number, 1, 2
        return [first, second]

    def _name_alike(self, first: Resident, second: Resident) -> None:
        surname = surname_of(first.name)
        given = [one.name[len(surname) :] for one in (first, second)]
        if len(given[0]) < 2:
            first.name = surname + given[0] + self._given.draw(self._random, 2024, first.sex)[0]
        kept = first.name[len(surname)]
        if self._random.random() < 0.85:
            second.name = surname + kept + given[1][-1]
        else:
            second.name = surname + given[1][0] + first.name[-1]

    def _child(self, father: Resident, mother: Resident, birth: tuple[str, date, int], shared: str) -> Resident:
        random, (sex, born, minute) = self._random, birth
        if "·" in father.name:
            name = dotted(random, sex, father.name)
        else:
            of = father if random.random() < 0.93 or "·" in mother.name else mother
            name = surname_of(of.name) + self._given.draw(random, born.year, sex, shared)
        child = self._born(name, sex, born)
        child.minute, child.mother, child.father = minute, mother.number, father.number
        if child.age >= 17 or (child.age >= 12 and random.random() < 0.5):
            child.mobile = numbers.mobile(random)
        return child

    def _lend_phone(self, to: list[Resident], lender: Resident) -> None:
        for one in to:
            if self._random.random() < 0.6:
                one.mobile = lender.mobile

    def _born(self, name: str, sex: str, born: date) -> Resident:
        random, world = self._random, self._world
        resident = Resident(len(world.residents), name, sex, born, self._number, self._household.state)
        resident.minute = random.randrange(1440)
        if resident.newborn and resident.state == "registered" and random.random() < 0.5:
            resident.state = "unregistered"
        else:
            resident.id_number = self._ids.next(self._area(resident), born, sex, self._station)
        if born.year >= 1996:
            resident.certificate = numbers.birth_certificate(random, born)
        if random.random() < 0.7:
            resident.card = f"99{random.randrange(10**10):010}"
        resident.record = f"{random.choice(numbers.HERE)}{random.randrange(10**11):011}"
        world.residents.append(resident)
        self._household.people.append(resident.number)
        return resident

    def _area(self, resident: Resident) -> str:
        """Where one was registered first: children where the household is."""
        random, chance = self._random, self._random.random()
        if resident.state == "stranger" or (chance < 0.18 and resident.age > 16):
            return random.choice(numbers.ELSEWHERE)
        if chance < 0.4 and resident.born.year < 2005:
            return random.choice(numbers.RENAMED)
        return self._district
