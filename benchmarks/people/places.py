"""Where people live: invented towns, villages and estates, and the ways to write a house's number."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_FIRST, _SECOND = (
    "青清长永新东西南北上下太安福平和金银石龙凤梅柳桃白云红双大小",
    "山河湖桥塘坪岗园溪泉岭江堡店湾桂林井洲川",
)
_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_ESTATES = "阳光 锦绣 翠湖 金色 滨江 香榭 御景 世纪 丽水 紫荆 东方 银河 和谐 康乐 幸福 书香 凤凰 盛世 天鹅 春江".split()  # noqa: SIM905 - read as words
_KINDS = "花园 家园 小区 新村 名城 华庭 公寓 苑 里 国际".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Place:
    """A village or an estate."""

    province: str
    city: str
    county: str
    town: str
    name: str
    """王家村, 阳光花园."""
    nickname: str
    """What the neighbours call it."""
    estate: bool


@dataclass(frozen=True, slots=True)
class Address:
    place: Place
    numbers: tuple[int, ...]
    """Of an estate building, unit and room; of a village group and house."""

    def written(self) -> str:
        """In full, as the register has it."""
        place = self.place
        return f"{place.province}{place.city}{place.county}{place.town}{place.name}{_in_full(self)}"

    def colloquial(self, random: Random, other_ways: bool) -> str:
        """The place alone or with its town, perhaps by its nickname; numbers as people say them."""
        place = self.place
        town = random.choice(("", place.town, place.county + place.town))
        name = random.choice((place.name, place.name, place.nickname))
        return town + name + _in_short(self, random, other_ways)

    def cut(self, random: Random) -> str:
        place = self.place
        upper = f"{place.city}{place.county}{place.town}"
        return random.choice((upper, upper + place.name, self.written()[: random.randint(8, 14)]))


def places(random: Random, count: int, province: str, city: str) -> list[Place]:
    """Of six counties with some towns each."""
    counties = [f"{_name(random)}{random.choice('区区县市')}" for _ in range(6)]
    towns = [
        (county, f"{_name(random)}{random.choice(('镇', '镇', '乡', '街道'))}")
        for county in counties
        for _ in range(max(2, count // 90))
    ]
    return [_place(random, province, city, *random.choice(towns)) for _ in range(count)]


def _place(random: Random, province: str, city: str, county: str, town: str) -> Place:
    if town.endswith("街道") or random.random() < 0.45:
        stem = random.choice(_ESTATES)
        kind, other = random.sample(_KINDS, 2)
        return Place(province, city, county, town, stem + kind, stem + other, estate=True)
    stem = random.choice(_FAMILIES) + "家" + random.choice("村庄湾")
    if random.random() < 0.5:
        stem = _name(random) + "村"
    return Place(province, city, county, town, stem, stem[:-1] + random.choice(("", "村委会", "大队")), estate=False)


def address(random: Random, place: Place) -> Address:
    if place.estate:
        room = 100 * random.randint(1, 18) + random.randint(1, 4)
        return Address(place, (random.randint(1, 24), random.randint(1, 4), room))
    return Address(place, (random.randint(1, 12), random.randint(1, 180)))


def _name(random: Random) -> str:
    return random.choice(_FIRST) + random.choice(_SECOND)


def _in_full(one: Address) -> str:
    if one.place.estate:
        building, unit, room = one.numbers
        return f"{building}栋{unit}单元{room}室"
    group, house = one.numbers
    return f"{group}组{house}号"


def _in_short(one: Address, random: Random, other_ways: bool) -> str:
    if not one.place.estate:
        group, house = one.numbers
        return random.choice((f"{group}组", f"{group}社{house}号", f"{house}号", ""))
    building, unit, room = one.numbers
    forms = [
        f"{building}-{unit}-{room}",
        f"{building}幢{unit}单元{room}",
        f"{building}栋{room}室",
        f"{building}号楼{room}",
    ]
    if other_ways:
        forms = [f"{building}#{unit}-{room}", f"{building}座{unit}门{room}房", f"{building}/{room}", ""]
    return random.choice(forms)
