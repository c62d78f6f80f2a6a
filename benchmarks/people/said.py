"""What one feed says of one resident, and the Patient it sends."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.model import Claim, Json
from hub.model.person import HEALTH_CARD_SYSTEM, HEALTH_RECORD_SYSTEM, ID_NUMBER_SYSTEM, MOTHER_EXTENSION

_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_IS_MOTHER = [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}]


@dataclass(slots=True)
class Mother:
    number: str = ""
    """The feed's own for her."""
    id_number: str = ""
    name: str = ""
    phone: str = ""


@dataclass(slots=True)
class Said:
    """Empty is what the feed does not say. ``person`` and ``classes`` are the truth, and not sent."""

    feed: str
    number: str
    """The feed's own."""
    person: int
    classes: set[str] = field(default_factory=set)
    name: str = ""
    former_name: str = ""
    id_number: str = ""
    birth: str = ""
    birth_time: str = ""
    sex: str = ""
    phone: str = ""
    address: str = ""
    card: str = ""
    record: str = ""
    certificate: str = ""
    passport: str = ""
    order: int = 0
    mother: Mother | None = None

    def claim(self) -> Claim:
        return Claim(
            self.number, {name: value for name, value in self._elements() if value} | {"resourceType": "Patient"}
        )

    def _elements(self) -> list[tuple[str, object]]:
        return [
            ("identifier", _identifiers(self)),
            ("name", [*_name(self.name), *_name(self.former_name, "old")]),
            ("gender", self.sex),
            ("birthDate", self.birth),
            ("_birthDate", self._at()),
            ("telecom", _phones(self.phone)),
            ("address", [{"text": self.address}] if self.address else []),
            ("multipleBirthInteger", self.order),
            ("extension", _mothers(self.feed, self.mother)),
            ("contact", _contact(self.mother)),
        ]

    def _at(self) -> Json | None:
        if not (self.birth_time and self.birth):
            return None
        at = f"{self.birth}T{self.birth_time}:00+08:00"
        return {"extension": [{"url": _BIRTH_TIME, "valueDateTime": at}]}


def number_system(feed: str) -> str:
    return f"urn:hub:{feed}:patients"


def _identifiers(said: Said) -> list[Json]:
    found = [
        (number_system(said.feed), said.number),
        (ID_NUMBER_SYSTEM, said.id_number),
        (HEALTH_CARD_SYSTEM, said.card),
        (HEALTH_RECORD_SYSTEM, said.record),
    ]
    numbers: list[Json] = [{"system": system, "value": value} for system, value in found if value]
    papers = (("BCT", said.certificate), ("PPN", said.passport))
    return numbers + [{"type": _type(code), "value": value} for code, value in papers if value]


def _type(code: str) -> Json:
    """What a number is of which no authority says the system."""
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}]}


def _name(text: str, use: str = "official") -> list[Json]:
    return [{"use": use, "text": text}] if text else []


def _phones(value: str) -> list[Json]:
    return [{"system": "phone", "value": value}] if value else []


def _mothers(feed: str, mother: Mother | None) -> list[Json]:
    if mother is None:
        return []
    found = [(number_system(feed), mother.number), (ID_NUMBER_SYSTEM, mother.id_number)]
    return [
        {"url": MOTHER_EXTENSION, "valueIdentifier": {"system": system, "value": value}}
        for system, value in found
        if value
    ]


def _contact(mother: Mother | None) -> list[Json]:
    if mother is None or not mother.name:
        return []
    contact: Json = {"relationship": _IS_MOTHER, "name": {"text": mother.name}}
    return [contact | {"telecom": _phones(mother.phone)} if mother.phone else contact]
