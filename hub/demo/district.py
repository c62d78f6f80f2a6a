"""An invented district: families, twins, an infant without a number, a namesake, and names that spoil bad parsers.

Every person is made up from a seed. Identity numbers carry a valid GB 11643 check digit over an invented sequence in
area 360199, which no county has.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

AREA = "360199"
FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
MENS_CHARACTERS = "伟强磊军勇涛明超刚建峰斌波辉"
WOMENS_CHARACTERS = "芳娜敏静丽艳娟霞秀英华玲燕红"
STREETS = ("象湖路", "长堎大道", "文化路", "解放街", "工业一路")
HAZARDS = "珅瑋"
"""Their second byte in GB18030 is ``|``: whoever splits before decoding breaks the message."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

Sex = Literal["M", "F"]
SEXES: tuple[Sex, Sex] = ("M", "F")


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person; ``id_number`` is empty before the birth is registered."""

    family: str
    given: str
    sex: Sex
    born: date
    id_number: str
    phone: str
    address: str
    mother: str = ""
    birth_order: int = 0

    @property
    def name(self) -> str:
        return self.family + self.given


@dataclass(frozen=True, slots=True)
class District:
    """Everybody, and those the story tells about."""

    residents: tuple[Resident, ...]
    twins: tuple[Resident, Resident]
    infant: Resident
    namesakes: tuple[Resident, Resident]
    hero: Resident
    """Seen by all three hospitals; her name ends in 珅."""
    borrower: Resident
    """Comes with the identity card of ``lender``."""
    lender: Resident


class Registry:
    """Hands out people; the same seed always gives the same ones."""

    def __init__(self, seed: int, area: str = AREA) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invents people, keeps no secret
        self._area = area
        self._sequence = 0
        self._taken: set[str] = set()

    def person(self, family: str, sex: Sex, born: date, *, address: str, given: str = "") -> Resident:
        characters = MENS_CHARACTERS if sex == "M" else WOMENS_CHARACTERS
        return Resident(
            family=family,
            given=given or "".join(self._chance.sample(characters, self._chance.choice((1, 2)))),
            sex=sex,
            born=born,
            id_number=self.id_number(born, sex),
            phone=f"555{self._chance.randrange(10**8):08d}",
            address=address,
        )

    def id_number(self, born: date, sex: Sex) -> str:
        self._sequence += 1
        order = self._sequence % 499 * 2 + (1 if sex == "M" else 2)
        body = f"{self._area}{born:%Y%m%d}{order:03d}"
        if body in self._taken:
            return self.id_number(born, sex)
        self._taken.add(body)
        total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]

    def family(self) -> list[Resident]:
        """A couple with up to two children."""
        chance = self._chance
        address = f"{chance.choice(STREETS)}{chance.randrange(1, 400)}号"
        year = chance.randrange(1948, 1995)
        his, hers = chance.choice(FAMILY_NAMES), chance.choice(FAMILY_NAMES)
        father = self.person(his, "M", self.day(year), address=address)
        mother = self.person(hers, "F", self.day(year + chance.randrange(4)), address=address)
        children = [
            replace(self.person(his, sex, self.day(year + age), address=address), mother=mother.name)
            for age, sex in zip(chance.sample(range(24, 31), 2), SEXES, strict=True)
            if chance.random() < 0.6
        ]
        return [father, mother, *children]

    def day(self, year: int) -> date:
        return date(year, 1, 1) + timedelta(days=self._chance.randrange(365))


def invent(families: int, seed: int = 7) -> District:
    """A district of so many families, and the handful of people every district has."""
    registry = Registry(seed)
    residents = [resident for _ in range(families) for resident in registry.family()]
    home = "象湖路88号"
    mother = registry.person("李", "F", date(1991, 3, 8), address=home, given="秀兰")
    first, second = (
        replace(
            registry.person("周", "M", date(2024, 5, 20), address=home, given=given),
            mother=mother.name,
            birth_order=order,
        )
        for order, given in ((1, "子轩"), (2, "子昂"))
    )
    infant = replace(
        registry.person("李", "F", date(2025, 10, 30), address=home, given="秀兰之女"),
        id_number="",
        mother=mother.name,
        birth_order=1,
    )
    older = registry.person("王", "M", date(1958, 7, 1), address="文化路12号", given="建国")
    younger = registry.person("王", "M", date(1979, 10, 1), address="工业一路5号", given="建国")
    hero = registry.person("陈", "F", date(1966, 2, 14), address="长堎大道301号", given="珅")
    teacher = registry.person("赵", "M", date(1985, 9, 10), address="解放街66号", given="瑋")
    lender = registry.person("何", "M", date(1962, 12, 3), address="文化路77号", given="志强")
    borrower = replace(registry.person("何", "M", date(1990, 4, 5), address="文化路77号", given="小军"))
    people = (*residents, mother, first, second, infant, older, younger, hero, teacher, lender, borrower)
    return District(people, (first, second), infant, (older, younger), hero, borrower, lender)
