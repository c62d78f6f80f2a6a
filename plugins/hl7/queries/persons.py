"""Patient -> PID and PD1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.building import segment
from plugins.hl7.queries.written import own_table

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.building import Field, Repetition
    from plugins.hl7.delimiters import Delimiters
    from plugins.hl7.queries.written import Words

_FHIR = "http://hl7.org/fhir/StructureDefinition/"
_TYPED = {"patient-religion": (17, ""), "patient-citizenship": (26, "code"), "patient-nationality": (28, "code")}
_LICENCE, _ENGLISH_SEX = "DL", {"male": "M", "female": "F", "other": "O", "unknown": "U"}


def pid(patient: Json, number: int, numbers: list[Json], words: Words, delimiters: Delimiters) -> str:
    """One person, with these of the person's numbers."""
    names = [words.name(one) for one in patient.get("name", ())]
    fields: dict[int, Field] = words.kept(patient, "PID")
    fields |= {
        1: str(number),
        3: [words.domains.written(one) for one in numbers],
        5: names or [""],
        7: words.time(_born(patient)),
        8: _ENGLISH_SEX.get(patient.get("gender", ""), ""),
        11: [words.address(one) for one in patient.get("address", ())],
        13: _contacts(patient, words, work=False),
        14: _contacts(patient, words, work=True),
        15: _language(patient, words),
        16: words.concept(patient.get("maritalStatus"), "marital", own_table("0002")),
        **_births(patient),
        **_death(patient, words),
        **_extended(patient, words),
    }
    return segment("PID", {at: value for at, value in fields.items() if value and at <= _LAST}, delimiters)


_LAST = 39
"""Fields of PID that HL7 2.5 knows."""


def pid_of_numbers(numbers: list[Json], words: Words, delimiters: Delimiters) -> str:
    """The PID of IHE's PIX answer: numbers, and a name that says that it is left out (ITI TF-2, 3.9)."""
    nameless: Field = ["", ("", "", "", "", "", "", "S")]
    return segment("PID", {3: [words.domains.written(one) for one in numbers], 5: nameless}, delimiters)


def pd1(patient: Json, words: Words, delimiters: Delimiters) -> str:
    """Family doctor and their practice; empty where nothing is known."""
    found: list[Json] = patient.get("generalPractitioner", [])
    fields: dict[int, Field] = {at: value for at, value in words.kept(patient, "PD1").items() if at <= _LAST_PD1}
    for at, type_, say in ((3, "Organization", words.organization), (4, "Practitioner", words.practitioner)):
        said = [value for one in found if one.get("reference", "").startswith(f"{type_}/") and (value := say(one))]
        if said:
            fields[at] = said
    return segment("PD1", fields, delimiters) if fields else ""


_LAST_PD1 = 21


def _born(patient: Json) -> str:
    for one in patient.get("_birthDate", {}).get("extension", ()):
        if "valueDateTime" in one:
            return str(one["valueDateTime"])
    return str(patient.get("birthDate", ""))


def _contacts(patient: Json, words: Words, *, work: bool) -> list[Repetition]:
    return [words.contact(one) for one in patient.get("telecom", ()) if (one.get("use") == "work") is work]


def _language(patient: Json, words: Words) -> Field:
    return [words.concept(one.get("language"), "language") for one in patient.get("communication", ())]


def _births(patient: Json) -> dict[int, Field]:
    if order := patient.get("multipleBirthInteger"):
        return {24: "Y", 25: str(order)}
    many = patient.get("multipleBirthBoolean")
    return {} if many is None else {24: "Y" if many else "N"}


def _death(patient: Json, words: Words) -> dict[int, Field]:
    if when := patient.get("deceasedDateTime"):
        return {29: words.time(when), 30: "Y"}
    dead = patient.get("deceasedBoolean")
    return {} if dead is None else {30: "Y" if dead else "N"}


def _extended(patient: Json, words: Words) -> dict[int, Field]:
    """Religion, citizenship, nationality, birth place: what FHIR defined extensions for."""
    found: dict[int, Field] = {}
    for one in patient.get("extension", ()):
        name = one["url"].removeprefix(_FHIR)
        if name in _TYPED:
            at, part = _TYPED[name]
            inner = next((inner for inner in one.get("extension", ()) if inner["url"] == part), {}) if part else one
            standard = "religion" if at == 17 else ""
            found[at] = words.concept(
                inner.get("valueCodeableConcept"), standard, own_table("0006") if at == 17 else ""
            )
        elif name == "patient-birthPlace":
            found[23] = one.get("valueAddress", {}).get("text", "")
        elif name == "patient-mothersMaidenName" and 6 not in found:
            found[6] = one.get("valueString", "")
        elif one["url"] == "urn:hub:v2:PID-6":
            found[6] = words.name(one.get("valueHumanName", {}))
    return found
