"""Addresses, down to the village and the door, whatever of them is written and however."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from hub.identity.normalise.description import Address
from hub.identity.normalise.spelling import fold, listed, plain
from hub.model import Json

_HAN = re.compile("[\u3400-\u9fff]")
_NOTHING = frozenset(listed("nowhere.txt"))
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国)")
_GAPS = re.compile(r"[\s,，。、;；:：·/\\|\"'“”]+")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[,;:·/\\](?=\d)")
_BRACKETED = re.compile(r"[(\[【（].*?[)\]】）]")
_PROVINCE = re.compile(
    r"(?P<name>内蒙古|广西|西藏|宁夏|新疆|香港|澳门|北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东"
    r"|海南|四川|贵州|云南|陕西|甘肃|青海|台湾)(?:维吾尔|壮族|回族)?(?:自治区|特别行政区|省|市(?!场))?"
    r"|(?P<other>[^\d省市区县镇乡]{1,3})省"
)
_CITY = re.compile(
    r"(?P<name>[^\d][^\d省县镇乡路街号]{1,6}?)(?:自治州|地区|市(?!场|政|区)|(?<=兴安|阿拉)善?盟|(?<=郭勒)盟)"
)
# No name of a county has one of these in it: with them, what ends in 区 is a part of an estate or a road.
_ESTATE = r"(?!花园|家园|小区|公寓|大厦|广场|新村|社区|路|巷|弄|号|幢|栋|村委|村民|镇|乡)[^\d]"
_COUNTY = re.compile(
    rf"(?P<name>[^\d](?:{_ESTATE}){{1,7}}?)"
    r"(?:自治县|自治旗|县(?!城|道)|林区|特区|(?<![社小校厂院园片东西南北])区(?!块)|市(?!场|政)|旗(?!袍))"
    r"|(?P<other>[^\d](?=县)|[^\d][东南西北](?=区))[县区](?!城|道)"
)
_TOWN = re.compile(
    r"(?P<name>[^\d号]{1,8}?)(?:街道办事处|街道办|街道|地区办事处|民族乡|苏木)"
    r"|(?P<other>[^\d路街巷弄号]{1,7}?)(?:镇|乡(?![村镇])|人民公社|公社)"
)
_CUT_OFF = re.compile(r"^.{1,7}(?:街|乡|镇)$")
_NUMERALS = {"〇": 0, "零": 0} | {sign: number for number, sign in enumerate("一二三四五六七八九", 1)}
_DOOR = "村民小组|居民小组|生产队|小组|组|号楼|号|幢|栋|座|楼|单元|室|弄|队|层|户|门"
_SPELT_NUMBER = re.compile(rf"第?([〇零一二三四五六七八九十百]{{1,5}})(?={_DOOR})")
_FLOOR = re.compile(r"\d+层")
_NUMBER = re.compile(r"\d+")
_FIRST_NUMBER = re.compile(r"[a-z]?\d|第\d")
_COMMITTEE = re.compile(
    r"^(?P<name>[^\d]{1,10}?)(?:社区居委会|社区居民委员会|居民委员会|居委会|居委|社区|村民委员会|村委会|村委|行政村|生产大队|大队)"
)
_VILLAGE = re.compile(r"^(?P<name>[^\d]{1,10}?)(?:自然村|村(?!.{0,3}(?:路|街|巷)))")
_ROAD = re.compile(r"^(?P<name>[^\d]{1,9}?)(?:大道|大街|支路|路|街|巷|弄|胡同|里弄|道(?=\d))(?P<door>\d+号(?!楼|院))?")
_KIND = re.compile(
    r"(?<=.{2})(?:住宅小区|安置小区|生活区|小区|花园|花苑|家园|家苑|名城|名苑|名邸|华庭|华府|公寓|新村|新城|新苑|新寓|国际城|国际|城|苑|里|园|大厦"
    r"|广场|山庄|雅苑|佳苑|嘉园|佳园|豪庭|公馆|宿舍|职工宿舍|家属院|家属区|大院|院)?(?:[东南西北中a-z一二三四五六七八九十\d])?(?:区|期|苑)?$"
)
_GROUP = re.compile(r"第?[〇零一二三四五六七八九十百]*(?:村民小组|居民小组|生产队|小组|组)$|第$|[a-z]$")
_UNIT_FIELDS = ("state", "city", "district")


def addresses(written: Iterable[Json]) -> tuple[Address, ...]:
    """Of one written address up to two: an estate and its road, or a village and what it belongs to, are both known."""
    return tuple(dict.fromkeys(found for one in written for found in _of(one)))


def _of(written: Json) -> tuple[Address, ...]:
    text, lines = written.get("text") or "", written.get("line")
    if text and _HAN.search(text):
        return chinese(text)
    units = tuple(str(written[name]) for name in _UNIT_FIELDS if written.get(name))
    doors = tuple(str(line) for line in lines or () if line)
    together = "".join((*units, *doors))
    if _HAN.search(together):
        return chinese(together)
    return latin(doors or ((text,) if text else ()), (*units, str(written.get("postalCode") or "")))


@lru_cache(maxsize=65_536)
def chinese(text: str) -> tuple[Address, ...]:
    rest = _BETWEEN_NUMBERS.sub("-", _BRACKETED.sub("", fold(text)))
    rest = _COUNTRY.sub("", _GAPS.sub("", rest))
    if rest in _NOTHING:
        return ()
    units, rest = _units(rest)
    rest = _FLOOR.sub("", _SPELT_NUMBER.sub(lambda found: _number(found[1]), rest))
    if _CUT_OFF.fullmatch(rest) and not units:
        return ()
    places = tuple(Address(units, place, numbers) for place, numbers in _places(rest))
    return places[:2] or ((Address(units),) if units else ())


def _units(rest: str) -> tuple[tuple[str, ...], str]:
    """From the largest down, each at most once; whatever is left out or comes first."""
    found = []
    for level in (_PROVINCE, _CITY, _COUNTY, _TOWN):
        if unit := level.match(rest):
            found.append(unit["name"] or unit["other"])
            rest = rest[unit.end() :]
    return tuple(found), rest


def _places(rest: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The innermost place first, each with the numbers behind it."""
    found: list[tuple[str, str]] = []
    for level in (_COMMITTEE, _VILLAGE, _ROAD):
        if within := level.match(rest):
            whole = rest[: within.start("door") if _has_door(within) else within.end()]
            name = within["name"] if len(within["name"]) > 1 else whole
            found.append((name, rest[within.start("door") :] if _has_door(within) else rest[within.end() :]))
            rest = rest[within.end() :]
    door = _FIRST_NUMBER.search(rest)
    core = rest[: door.start()] if door else rest
    core = _KIND.sub("", _GROUP.sub("", core.strip("-#号")))
    if len(core) > 1 and _HAN.search(core):
        found.append((core, rest[door.start() :] if door else ""))
    for place, behind in reversed(found):
        if len(place) > 1:
            yield place, tuple(number.lstrip("0") or "0" for number in _NUMBER.findall(behind))


def _has_door(place: re.Match[str]) -> bool:
    return "door" in place.re.groupindex and place["door"] is not None


def _number(spelt: str) -> str:
    """十二 is 12, 二十 is 20, 一〇二 is 102."""
    if not set(spelt) & {"十", "百"}:
        return "".join(str(_NUMERALS[sign]) for sign in spelt)
    total = last = 0
    for sign in spelt:
        if sign in _NUMERALS:
            last = _NUMERALS[sign]
        else:
            total += (last or 1) * (10 if sign == "十" else 100)
            last = 0
    return str(total + last)


# --- in Latin letters ------------------------------------------------------------------------------------------------

_KINDS_OF_STREET = frozenset(listed("streets.txt"))
_LATIN_WORD = re.compile(r"[^\W\d_]+|\d+")


@lru_cache(maxsize=65_536)
def latin(lines: tuple[str, ...], units: tuple[str, ...]) -> tuple[Address, ...]:
    """Each line is a place: a street, or the house or farm behind it; the house number is that of any line."""
    folded = tuple(filter(None, (" ".join(_LATIN_WORD.findall(plain(unit))) for unit in units)))
    words = [_LATIN_WORD.findall(plain(line)) for line in lines]
    numbers = tuple(word.lstrip("0") or "0" for line in words for word in line if word.isdigit())
    streets = [" ".join(word for word in line if not word.isdigit()) for line in words]
    places = filter(None, (_without_kind(street) for street in streets))
    found = tuple(Address(folded, place, numbers) for place in dict.fromkeys(places))
    return found[:2] or ((Address(folded, "", numbers),) if folded or numbers else ())


def _without_kind(street: str) -> str:
    words = street.split()
    return " ".join(word for word in words if word not in _KINDS_OF_STREET) or street
