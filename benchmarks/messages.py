"""Invented people and the HL7 v2 messages about them, the same for the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = "明华芳敏静强磊珅瑋洁婷波丹峰云兰"
_DISTRICT = "990101"
_BEIJING = timezone(timedelta(hours=8))
_TESTS = (
    ("718-7", "血红蛋白", "g/L", 130),
    ("6690-2", "白细胞计数", "10*9/L", 6),
    ("777-3", "血小板计数", "10*9/L", 210),
    ("2345-7", "葡萄糖", "mmol/L", 5),
    ("2160-0", "肌酐", "umol/L", 70),
)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist: the district code of the ID number is nobody's."""

    number: int

    @property
    def born(self) -> date:
        return date(1940, 1, 1) + timedelta(days=self.number * 37 % 29_000)

    @property
    def id_number(self) -> str:
        body = f"{_DISTRICT}{self.born:%Y%m%d}{self.number % 1000:03}"
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]

    @property
    def surname(self) -> str:
        return _SURNAMES[self.number % len(_SURNAMES)]

    @property
    def given(self) -> str:
        return _GIVEN[self.number // 3 % len(_GIVEN)] + _GIVEN[self.number // 50 % len(_GIVEN)]

    @property
    def pid(self) -> str:
        sex = "M" if self.number % 1000 % 2 else "F"
        return (
            f"PID|1||P{self.number:07}^^^HOSP^MR~{self.id_number}^^^^NNCHN||{self.surname}^{self.given}||{self.born:%Y%m%d}"
            f"|{sex}|||和平路{self.number % 300 + 1}号^^测试市^^990100^CHN^H||^PRN^CP^^^^^^^^^0990{self.number:07}|||M"
        )


@dataclass(frozen=True)
class Visit:
    """Somebody comes to the hospital."""

    person: Person
    number: str
    at: datetime

    @property
    def pv1(self) -> str:
        return f"PV1|1|O|内科^3^12^HOSP{'|' * 16}{self.number}^^^VISIT^VN{'|' * 25}{_stamp(self.at)}"


def adt(event: str, key: str, visit: Visit, *, full: bool = False) -> bytes:
    """A visit; ``full`` adds relatives, allergies, diagnoses and insurance as a talkative hospital sends them."""
    more = _talk(visit.person, visit.at) if full else ()
    begin = (_msh(f"ADT^{event}", key, visit.at), f"EVN|{event}|{_stamp(visit.at)}")
    return _message(*begin, visit.person.pid, visit.pv1, *more)


def oru(key: str, visit: Visit, results: int) -> bytes:
    """One order of the laboratory, with so many numeric results."""
    stamp = _stamp(visit.at)
    order = f"OBR|1|P{key}|F{key}|58410-2^血常规^LN|||{stamp}|||||||||||||||{stamp}||LAB|F"
    return _message(
        _msh("ORU^R01", key, visit.at),
        visit.person.pid,
        visit.pv1,
        f"ORC|RE|P{key}|F{key}",
        order,
        *(_obx(n, stamp) for n in range(1, results + 1)),
    )


def vxu(key: str, person: Person, at: datetime) -> bytes:
    """One dose given."""
    stamp = _stamp(at)
    return _message(
        _msh("VXU^V04", key, at),
        person.pid,
        f"ORC|RE||D{key}^CLINIC||||||{stamp}",
        f"RXA|0|1|{stamp}|{stamp}|08^乙型肝炎疫苗^CVX|0.5|mL^毫升^UCUM||00^新接种^NIP001||||||LOT{key[-4:]}|20300101|||CP|A",
        "RXR|IM^肌内注射^HL70162|LA^左上臂^HL70163",
    )


def _message(*segments: str) -> bytes:
    return ("\r".join(segments) + "\r").encode()


def _msh(kind: str, key: str, at: datetime) -> str:
    return rf"MSH|^~\&|HIS|HOSP|HUB|DISTRICT|{_stamp(at)}||{kind}|{key}|P|2.5.1||||||UNICODE UTF-8"


def _obx(number: int, stamp: str) -> str:
    code, name, unit, value = _TESTS[number % len(_TESTS)]
    low, high = value * 9 // 10, value * 11 // 10 + 1
    shown = f"{value}.{number % 10}|{unit}^{unit}^UCUM|{low}-{high}"
    return f"OBX|{number}|NM|{code}^{name}^LN|{number}|{shown}|N|||F|||{stamp}||D7^检验师"


def _talk(person: Person, at: datetime) -> tuple[str, ...]:
    stamp = _stamp(at)
    return (
        f"NK1|1|{person.surname}^父|FTH^父亲^HL70063|和平路1号^^测试市^^990100^CHN|^PRN^CP^^^^^^^^^0991{person.number:07}",
        f"NK1|2|{person.surname}^母|MTH^母亲^HL70063|和平路1号^^测试市^^990100^CHN|^PRN^CP^^^^^^^^^0992{person.number:07}",
        f"AL1|1|DA^药物^HL70127|N1^青霉素^L|SV^严重^HL70128|皮疹 \\T\\ 呼吸困难|{at:%Y%m%d}",
        f"AL1|2|FA^食物^HL70127|N2^花生 \\T\\ 坚果^L|MI^轻度^HL70128|瘙痒|{at:%Y%m%d}",
        f"DG1|1||J18.901^肺炎^I10||{stamp}|A|||||||||1|D7^医^生",
        f"DG1|2||E11.900^2型糖尿病^I10||{stamp}|W|||||||||2|D7^医^生",
        f"IN1|1|310^城镇职工基本医疗保险^L|YB|医保局||||||||20240101|20341231||||18^本人^HL70063|||||||||||||||||||C{person.number:08}",
        "OBX|1|NM|8302-2^身高^LN||172|cm^cm^UCUM|||||F",
        "OBX|2|NM|29463-7^体重^LN||65.50|kg^kg^UCUM|||||F",
    )


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(_BEIJING):%Y%m%d%H%M%S}+0800"
