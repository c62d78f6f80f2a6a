"""Writes what the sandbox's hospital has to say, on top of the demo's hospitals, and notes what each message means."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.demo.district import Resident
from hub.demo.hospitals import LABORATORY, VACCINES, Habits, Hospital, Sending
from hub.sandbox.facts import Fact, Join, Letter, Seen, State

SANDBOX = Habits("sandbox", "沙盒医院", "utf-8", "UNICODE UTF-8", "2.5.1", number_prefix="S")
MEDICINES = (("N02BE01", "对乙酰氨基酚片"), ("C08CA01", "氨氯地平片"), ("A10BA02", "二甲双胍片"))
DOCTOR = "D12^陈^医生^^^^^^HOSP"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="2.999.3" extension="{number}"/><code code="18842-5" codeSystem="2.16.840.1.113883.6.1"/>
<title>出院小结</title><effectiveTime value="{stamp}"/>
<recordTarget><patientRole><id root="2.999.1" extension="{patient}"/>
<patient><name>{name}</name></patient></patientRole></recordTarget>
<component><nonXMLBody><text>患者恢复良好，准予出院。</text></nonXMLBody></component></ClinicalDocument>
"""


class Visit:
    """One visit, and what stands in its PV1."""

    def __init__(self, number: str, pv1: str, admitted: str) -> None:
        self.number = number
        self.pv1 = pv1
        self.admitted = admitted


class Ward(Hospital):
    """Its clock is set from outside, so that many visits can go on at once."""

    def __init__(self, seed: int) -> None:
        super().__init__(SANDBOX, seed)
        self._things = 0

    def _tick(self) -> None:
        """Time passes elsewhere."""

    def set_clock(self, now: datetime) -> None:
        self._now = now

    def arrives(self, person: Resident, *, inpatient: bool, stranger: bool = False) -> tuple[Visit, Letter]:
        """``stranger``: nobody knows yet who it is, so there is neither an ID number nor a phone."""
        self._visits += 1
        number = f"{self.habits.number_prefix}V{self._visits:06d}"
        visit = Visit(number, self._pv1(number, "I" if inpatient else "E" if stranger else "O"), self._stamp)
        event = "A01" if inpatient else "A04"
        kin = (f"NK1|1|{person.mother}|MTH^母亲^HL70063",) if person.mother else ()
        letter = self.letter(f"ADT^{event}^ADT_A01", person, [*kin, visit.pv1], self._stands(visit, person, "open"))
        return visit, letter

    def moves(self, person: Resident, visit: Visit) -> Letter:
        visit.pv1 = self._pv1(visit.number, "I").removesuffix(self._stamp) + visit.admitted
        return self.letter("ADT^A02^ADT_A02", person, [visit.pv1], self._stands(visit, person, "open"))

    def leaves(self, person: Resident, visit: Visit) -> Letter:
        visit.pv1 += "|" * (45 - visit.pv1.count("|")) + self._stamp
        return self.letter("ADT^A03^ADT_A03", person, [visit.pv1], self._stands(visit, person, "ended"))

    def corrects(self, person: Resident) -> tuple[Resident, Letter]:
        """The phone number was wrong all the time; the hospital says so late."""
        right = replace(person, phone=f"555{self._chance.randrange(10**8):08d}")
        self._numbers[right] = self.number(person)
        return right, self.letter("ADT^A08^ADT_A01", right, ["PV1|1|N"])

    def asks_laboratory(self, person: Resident, visit: Visit) -> tuple[str, Letter]:
        order = self._number("L")
        lines = [
            visit.pv1,
            f"ORC|NW|{order}|||||||{self._stamp}|||{DOCTOR}",
            f"OBR|1|{order}||58410-2^血常规与生化^LN|||{self._stamp}",
        ]
        return order, self.letter("OML^O21^OML_O21", person, lines)

    def finds(self, person: Resident, visit: Visit, order: str, values: Sequence[float], status: str = "F") -> Letter:
        """Results; with ``status`` C they correct those of before."""
        number = self.number(person)
        written = self.results(self.pid(person, person.id_number), visit.pv1, order, values, status)
        facts = (
            State("Observation", f"{order} {test[0]}", number, f"{value:.1f}")
            for test, value in zip(LABORATORY, values, strict=True)
        )
        return self._as_letter("ORU^R01", written, person, facts)

    def prescribes(self, person: Resident, visit: Visit) -> Letter:
        order = self._number("R")
        code, name = self._chance.choice(MEDICINES)
        lines = [
            visit.pv1,
            f"ORC|NW|{order}^HIS|||||||{self._stamp}|||{DOCTOR}",
            f"RXE|^BID^D3^{self._stamp}^^R|{code}^{name}^YPID|1||TAB^片^FORM|||||6|TAB^片^FORM",
            "RXR|PO^口服^HL70162",
        ]
        return self.letter("RDE^O11^RDE_O11", person, lines, State("MedicationRequest", order, self.number(person)))

    def vaccinates(self, person: Resident, dose: int) -> Letter:
        order = self._number("D")
        code, name = VACCINES[dose % len(VACCINES)]
        lines = [
            f"ORC|RE||{order}^HOSP",
            f"RXA|0|{dose + 1}|{self._stamp}|{self._stamp}|{code}^{name}^CVX|0.5|mL||||||||L{dose:05d}|||||CP|A",
        ]
        return self.letter("VXU^V04^VXU_V04", person, lines, State("Immunization", order, self.number(person)))

    def books(self, person: Resident, when: datetime, booking: str = "", event: str = "S12") -> tuple[str, Letter]:
        """Makes an appointment; with S15 it is cancelled, with S26 nobody came."""
        booking = booking or self._number("B")
        status = {"S12": "booked", "S15": "cancelled", "S26": "noshow"}[event]
        filler = {"S12": "Booked", "S15": "Cancelled", "S26": "Noshow"}[event]
        times = f"{when:%Y%m%d%H%M%S}|{when + timedelta(minutes=30):%Y%m%d%H%M%S}"
        reason = "CHECKUP^体检^HL70276|NORMAL^普通^HL70277|30|min^分钟^UCUM"
        booked = f"SCH|{booking}^HIS|F{booking}^RIS|||||{reason}||D01^李^大夫|||||||||||||{filler}^^HL70278"
        after = ["RGS|1|A", f"AIL|1|A|影像科^1^^HOSP|R^检查室^LOCAL||{when:%Y%m%d%H%M%S}|||30|min^分钟^UCUM|N|{filler}"]
        fact = State("Appointment", booking, self.number(person), status)
        return booking, self.letter(f"SIU^{event}^SIU_S12", person, after, fact, before=[booked, f"TQ1|1||||||{times}"])

    def writes(self, person: Resident, visit: Visit) -> Letter:
        """A discharge summary, as CDA or as PDF."""
        number = self._number("M")
        if self._chance.random() < 0.5:
            text = CDA.format(number=number, stamp=self._stamp, patient=self.number(person), name=person.name)
            kind, content = "TEXT^XML", text.encode()
        else:
            kind, content = "AP^PDF", PDF
        lines = [
            visit.pv1,
            f"TXA|1|DS^出院小结^HL70270||{self._stamp}|{DOCTOR}|||||||{number}^HIS|||||AU||AV",
            f"OBX|1|ED|18842-5^出院小结^LN||^{kind}^Base64^{b64encode(content).decode()}||||||F|||{self._stamp}",
        ]
        return self.letter("MDM^T02^MDM_T02", person, lines, State("DocumentReference", number, self.number(person)))

    def charges(self, person: Resident, visit: Visit) -> Letter:
        number = self._number("T")
        price = f"{self._chance.randrange(5, 300)}.50"
        when = f"{self._stamp}|{self._stamp}"
        line = f"FT1|1|{number}|B{number}|{when}|CG^收费^HL70017|310300001^检查费^LOCAL|||1|{price}&CNY"
        fact = State("ChargeItem", number, self.number(person), price)
        return self.letter("DFT^P03^DFT_P03", person, [visit.pv1, line], fact)

    def joins(self, person: Resident, other: Resident, event: str) -> Letter:
        """A40: registered twice, the other number is retired. A24, A37: two numbers are one person, or are not."""
        one, retired = self.number(person), self.number(other)
        if event == "A40":
            lines = [f"MRG|{retired}^^^HOSP^MR"]
            return self.letter("ADT^A40^ADT_A39", person, lines, Join(one, retired))
        second = self.pid(other, "").replace("PID|1|", "PID|2|", 1)
        facts = (Seen(retired, other), Join(one, retired, apart=event == "A37"))
        return self.letter(f"ADT^{event}^ADT_{'A24' if event == 'A24' else 'A37'}", person, [second], *facts)

    def letter(
        self, kind: str, person: Resident, segments: Sequence[str], *facts: Fact, before: Sequence[str] = ()
    ) -> Letter:
        event = kind.split("^")[1]
        begin = [f"EVN|{event}|{self._stamp}"] if kind.startswith(("ADT", "MDM", "DFT")) else []
        written = self.message(kind, *begin, *before, self.pid(person, person.id_number), *segments)
        return self._as_letter(kind.rpartition("^")[0], written, person, facts)

    def _as_letter(self, kind: str, written: Sending, person: Resident, facts: Iterable[Fact]) -> Letter:
        number = self.number(person)
        said = (Seen(number, person), *facts)
        return Letter(written.control_id, written.payload, self._now, kind, number, said)

    def _stands(self, visit: Visit, person: Resident, value: str) -> State:
        return State("Encounter", visit.number, self.number(person), value)

    def _number(self, letter: str) -> str:
        self._things += 1
        return f"{self.habits.number_prefix}{letter}{self._things:06d}"
