"""Three simulated hospitals, each with habits of its own, and what they have to say about the district."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.demo.district import District, Resident

LABORATORY = (
    ("718-7", "血红蛋白", "g/L", 110, 175),
    ("6690-2", "白细胞", "10*9/L", 3, 11),
    ("777-3", "血小板", "10*9/L", 120, 350),
    ("2345-7", "葡萄糖", "mmol/L", 3, 9),
    ("2160-0", "肌酐", "umol/L", 40, 110),
)
VACCINES = (("08", "乙型肝炎疫苗"), ("20", "百白破疫苗"), ("03", "麻腮风疫苗"))
WARDS = ("内科", "外科", "儿科", "全科门诊")
USUAL = "|^~\\&"
FIRST_DAY = datetime(2025, 11, 3, 8, 0)  # noqa: DTZ001 - a wall clock, as HL7 writes it


@dataclass(frozen=True, slots=True)
class Habits:
    """How one hospital writes HL7 v2."""

    feed: str
    title: str
    encoding: str
    charset: str
    """What it puts into MSH-18."""
    version: str
    delimiters: str = "|^~\\&"
    segment_end: str = "\r"
    number_prefix: str = "M"


CENTRAL = Habits("central-hospital", "区人民医院", "utf-8", "UNICODE UTF-8", "2.5.1")
CHINESE_MEDICINE = Habits("tcm-hospital", "中医院", "gb18030", "", "2.4", number_prefix="Z")
TOWNSHIP = Habits("township-clinic", "乡镇卫生院", "utf-8", "UTF-8", "2.3.1", "*:!/%", "\n", "W")
ALL_HABITS = (CENTRAL, CHINESE_MEDICINE, TOWNSHIP)


@dataclass(frozen=True, slots=True)
class Sending:
    """One message on its way, and what it is in the story."""

    control_id: str
    payload: bytes
    role: str = ""


class Hospital:
    """Writes messages in its own way: delimiters, line ends, charset."""

    def __init__(self, habits: Habits, seed: int) -> None:
        self.habits = habits
        self._chance = random.Random(f"{seed} {habits.feed}")  # noqa: S311 - invents visits, keeps no secret
        self._sent = 0
        self._visits = 0
        self._now = FIRST_DAY
        self._numbers: dict[Resident, str] = {}

    def number(self, person: Resident) -> str:
        """The hospital's own number for a person."""
        return self._numbers.setdefault(person, f"{self.habits.number_prefix}{len(self._numbers) + 1:06d}")

    def visit(self, person: Resident, id_number: str = "") -> Iterator[Sending]:
        """Somebody is registered or admitted, examined, and goes home."""
        self._visits += 1
        visit = f"{self.habits.number_prefix}V{self._visits:06d}"
        inpatient = self._chance.random() < 0.3
        pid = self.pid(person, id_number or person.id_number)
        pv1 = self._pv1(visit, "I" if inpatient else "O")
        arrival = "A01" if inpatient else "A04"
        kin = [f"NK1|1|{person.mother}|MTH^母亲^HL70063"] if person.mother else []
        yield self.message(f"ADT^{arrival}^ADT_A01", f"EVN|{arrival}|{self._stamp}", pid, *kin, pv1)
        if self._chance.random() < 0.7:
            yield self._results(pid, pv1)
        if inpatient:
            left = pv1 + "|" * (45 - pv1.count("|")) + self._stamp
            yield self.message("ADT^A03^ADT_A03", f"EVN|A03|{self._stamp}", pid, left)

    def vaccination(self, person: Resident, dose: int) -> Sending:
        code, name = VACCINES[dose % len(VACCINES)]
        given = f"RXA|0|{dose}|{self._stamp}|{self._stamp}|{code}^{name}^CVX|0.5|mL||||||||L{dose:05d}|||||CP|A"
        order = f"ORC|RE||{self.habits.number_prefix}D{self._sent:06d}^HOSP"
        return self.message("VXU^V04^VXU_V04", self.pid(person, person.id_number), order, given)

    def merge(self, person: Resident, retired: str) -> Sending:
        """The hospital found that it had the person twice."""
        pid = self.pid(person, person.id_number)
        return self.message("ADT^A40^ADT_A39", f"EVN|A40|{self._stamp}", pid, f"MRG|{retired}^^^HOSP^MR", role="merge")

    def visit_of_nobody(self) -> Sending:
        """Well formed, but its PID segment was lost on the way: nobody can say whose visit this is."""
        pv1 = self._pv1(f"{self.habits.number_prefix}V000000", "O")
        return self.message("ADT^A04^ADT_A01", f"EVN|A04|{self._stamp}", pv1, role="parked")

    def message(self, kind: str, *segments: str, role: str = "") -> Sending:
        self._sent += 1
        self._tick()
        control_id = f"{self.habits.number_prefix}{self._sent:07d}"
        sender = f"HIS|{self.habits.feed.upper()}|HUB|DISTRICT|{self._stamp}"
        msh = f"MSH|^~\\&|{sender}||{kind}|{control_id}|P|{self.habits.version}"
        if self.habits.charset:
            msh += f"||||||{self.habits.charset}"
        text = "".join(f"{segment}\r" for segment in (msh, *segments))
        return Sending(control_id, self._written(text), role)

    def _tick(self) -> None:
        self._now += timedelta(minutes=self._chance.randrange(3, 40))

    def _written(self, text: str) -> bytes:
        habits = self.habits
        if habits.delimiters != USUAL:
            for mark, letter in zip(habits.delimiters, "FSRET", strict=True):
                text = text.replace(mark, f"\\{letter}\\")
            text = text.translate(str.maketrans(USUAL, habits.delimiters))
        return text.replace("\r", habits.segment_end).encode(habits.encoding)

    def _results(self, pid: str, pv1: str) -> Sending:
        return self.results(pid, pv1, f"{self.habits.number_prefix}L{self._sent:06d}", self.measured())

    def measured(self) -> list[float]:
        """A value for each test of the laboratory, mostly a healthy one."""
        return [self._chance.uniform(low * 0.9, high * 1.1) for *_, low, high in LABORATORY]

    def results(self, pid: str, pv1: str, order: str, values: Sequence[float], status: str = "F") -> Sending:
        """What the laboratory found; ``status`` C corrects what it said before."""
        lines = []
        for position, ((code, name, unit, low, high), value) in enumerate(zip(LABORATORY, values, strict=True), 1):
            flag = "L" if value < low else "H" if value > high else "N"
            lines.append(
                f"OBX|{position}|NM|{code}^{name}^LN||{value:.1f}|{unit}|{low}-{high}|{flag}|||{status}|||{self._stamp}"
            )
        request = (
            f"OBR|1|{order}|F{order}|58410-2^血常规与生化^LN|||{self._stamp}|||||||||||||||{self._stamp}||LAB|{status}"
        )
        return self.message("ORU^R01^ORU_R01", pid, pv1, f"ORC|RE|{order}|F{order}", request, *lines)

    def pid(self, person: Resident, id_number: str) -> str:
        numbers = f"{self.number(person)}^^^HOSP^MR" + (f"~{id_number}^^^^NNCHN" if id_number else "")
        order = f"||||||||||||{person.birth_order}" if person.birth_order else ""
        return (
            f"PID|1||{numbers}||{person.family}^{person.given}||{person.born:%Y%m%d}|{person.sex}"
            f"|||{person.address}^^南昌市^江西省^330100^CHN||{person.phone}{order}"
        )

    def _pv1(self, visit: str, patient_class: str) -> str:
        ward = self._chance.choice(WARDS)
        return f"PV1|1|{patient_class}|{ward}^^^HOSP||||||||||||||||{visit}^^^VISIT^VN" + "|" * 25 + self._stamp

    @property
    def _stamp(self) -> str:
        return f"{self._now:%Y%m%d%H%M%S}"


def day_of(district: District, habits: Habits, seed: int) -> list[Sending]:
    """What one hospital sends, in order."""
    hospital = Hospital(habits, seed)
    chance = random.Random(seed)  # noqa: S311 - shares out people, keeps no secret
    share = [person for person in district.residents if chance.randrange(len(ALL_HABITS)) == ALL_HABITS.index(habits)]
    special = {district.hero, district.infant, district.borrower, district.lender, *district.twins, *district.namesakes}
    sent = [message for person in share if person not in special for message in hospital.visit(person)]
    young = [person for person in share if person.born.year >= 2000 and person not in special]
    sent += [hospital.vaccination(person, dose) for dose, person in enumerate(young)]
    sent += hospital.visit(district.hero)
    if habits is CENTRAL:
        sent += _central(hospital, district)
    elif habits is CHINESE_MEDICINE:
        sent += [*hospital.visit(district.borrower, district.lender.id_number), _undecodable(hospital, district.hero)]
        sent += [hospital.vaccination(district.infant, 0)]
    else:
        sent += [*(hospital.vaccination(twin, 1) for twin in district.twins), hospital.visit_of_nobody()]
    return sent


def _central(hospital: Hospital, district: District) -> Iterator[Sending]:
    people = (*district.twins, district.infant, *district.namesakes, district.lender)
    for person in people:
        yield from hospital.visit(person)
    stray = Resident(
        **{name: getattr(district.hero, name) for name in Resident.__slots__} | {"id_number": "", "phone": ""}
    )
    first, *rest = hospital.visit(stray)
    yield first
    yield from rest
    yield hospital.merge(district.hero, hospital.number(stray))
    yield Sending(first.control_id, first.payload, "resend")


def _undecodable(hospital: Hospital, person: Resident) -> Sending:
    """Bytes that are no Chinese text in any encoding."""
    good = next(hospital.visit(person))
    broken = good.payload.replace(person.family.encode(hospital.habits.encoding), b"\xff\xfe\xfa\x81", 1)
    return Sending(good.control_id, broken, "refused")
