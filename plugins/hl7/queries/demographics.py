"""Whom a question describes, and the search of the record that means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hub import SEARCH_PARAMETERS, Text, condition, escaped
from plugins.hl7.codes import table
from plugins.hl7.datatypes.moment import day_of
from plugins.hl7.datatypes.named import HAN
from plugins.hl7.queries.faults import DATA, VALUE, QueryFault

if TYPE_CHECKING:
    from hub import Condition, Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition
    from plugins.hl7.queries.domains import Domains, Number

_WILD = "*"


@dataclass(frozen=True, slots=True)
class Demographics:
    """What a question says of a person; empty where it says nothing."""

    numbers: tuple[Number, ...] = ()
    """Any of them will do."""
    accounts: tuple[Number, ...] = ()
    """Of a visit or an account of the person."""
    family: str = ""
    given: str = ""
    born: str = ""
    sex: str = ""
    phones: tuple[str, ...] = ()
    """All of them."""
    dead: str = ""
    address: tuple[tuple[str, str], ...] = field(default=())
    """Search parameter and text."""

    @property
    def empty(self) -> bool:
        return self == Demographics()

    @property
    def vague(self) -> bool:
        """Whether it would fit half of a district: sex, or being dead or alive, alone."""
        return replace(self, sex="", dead="").empty

    @property
    def telling(self) -> bool:
        """Whether it says enough of one person to be held beside others."""
        return bool(self.family or self.given or (self.born and self.phones))

    def without_numbers(self) -> Demographics:
        return replace(self, numbers=(), accounts=())


def conditions(asked: Demographics) -> tuple[Condition, ...]:
    """The same words FHIR would search with: names from their beginning, without regard to case, width and blanks."""
    found = [("identifier", _alternatives(asked.numbers))] if asked.numbers else []
    found += _names(asked.family, asked.given)
    found += [(name, escaped(text)) for name, text in asked.address]
    plain = {"birthdate": asked.born, "gender": asked.sex, "deceased": asked.dead}
    found += [(name, value) for name, value in plain.items() if value]
    found += [("phone", escaped(phone)) for phone in asked.phones]
    return tuple(condition(SEARCH_PARAMETERS["Patient"][name], "", value) for name, value in found)


def account_conditions(type_: str, asked: Demographics) -> tuple[Condition, ...]:
    """For the visits or accounts the person is asked for by."""
    return (condition(SEARCH_PARAMETERS[type_]["identifier"], "", _alternatives(asked.accounts)),)


def described(asked: Demographics) -> Json:
    """The same as a Patient, for comparing."""
    family, given = asked.family.removesuffix(_WILD), asked.given.removesuffix(_WILD)
    han = [part for part in (family, given) if HAN.search(part)]
    name: Json = {"text": "".join(han)} if han else {"family": family, "given": [given]}
    patient: Json = {
        "resourceType": "Patient",
        "identifier": [{"system": system, "value": value} for system, value in asked.numbers],
        "name": [{key: part for key, part in name.items() if part not in ("", [""])}] if family or given else [],
        "telecom": [{"system": "phone", "value": phone} for phone in asked.phones],
        "address": [{"text": text} for name, text in asked.address if name == "address"],
    }
    if asked.born:
        patient["birthDate"] = asked.born
    if asked.sex:
        patient["gender"] = asked.sex
    return patient


def _alternatives(numbers: tuple[Number, ...]) -> str:
    return ",".join(f"{escaped(system)}|{escaped(value)}" if system else escaped(value) for system, value in numbers)


def _names(family: str, given: str) -> list[tuple[str, str]]:
    """Han names are one word; of ``ZHANG SANFENG^张三丰`` the Han part is the name."""
    family, given = family.removesuffix(_WILD), given.removesuffix(_WILD)
    han = [part for part in (family, given) if HAN.search(part)]
    if han:
        return [("name", escaped("".join(han)))]
    if family and given:
        return [("family", escaped(family)), ("given", escaped(given))]
    return [("name", escaped(family or given))] if family or given else []


# --- what is written, as what is searched for ------------------------------------------------------------------------


def birth_date(text: str, place: str) -> str:
    if not text:
        return ""
    if (found := day_of(text)) is None:
        raise QueryFault(DATA, Text("the birth date is no date, such as 19900307"), place)
    return found


def sex(text: str, place: str) -> str:
    if not text:
        return ""
    if (found := table("sex").get(text)) is None:
        raise QueryFault(VALUE, Text("the sex is none this feed knows, such as M or F"), place)
    return found.code


def death(text: str, place: str) -> str:
    if text in ("", "Y", "N"):
        return {"Y": "true", "N": "false"}.get(text, "")
    raise QueryFault(VALUE, Text("write Y or N"), place)


ADDRESS = {1: "address", 3: "address-city", 4: "address-state", 5: "address-postalcode", 6: "address-country",
           9: "address"}  # fmt: skip
"""Components of XAD that can be searched for."""


def address(read: Repetition) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for at, name in ADDRESS.items() if (text := read.get(at).strip()))


def numbers(reads: list[Repetition], domains: Domains, draft: Draft, place: str) -> tuple[Number, ...]:
    """CX repetitions with a value."""
    return tuple(
        number
        for at, read in enumerate(reads, 1)
        if read.get().strip()
        for number in domains.number(read, draft, f"{place}[{at}]")
    )
