"""From a Patient as a sender wrote it to what is compared."""

from __future__ import annotations

from collections.abc import Iterable

from hub.identity.normalise.addresses import addresses
from hub.identity.normalise.births import birth_date, born_at, multiple_birth, sex
from hub.identity.normalise.bounding import ADDRESSES, NAMES, NUMBERS, PHONES, first, first_of_each_kind, foremost
from hub.identity.normalise.description import Description, Mother, Name
from hub.identity.normalise.lending import is_lent, own
from hub.identity.normalise.names import Spoken, spoken
from hub.identity.normalise.numbers import Patient, doubtful, faultless, mothers_numbers, written_id_numbers
from hub.identity.normalise.papers import papers
from hub.identity.normalise.phones import phones


def describe(patient: Patient, feed: str = "") -> Description:
    """``feed`` makes the sender's own numbers of a mother comparable within the feed only.

    Of a sender that tells very many of anything, the foremost: what stays in the record beyond them is not compared.
    """
    identifiers = foremost(patient.get("identifier"))
    told = first(NAMES, map(spoken, foremost(patient.get("name"))))
    names = _distinct(name for one in told for name in one.names)
    several, order = multiple_birth(patient)
    nameless = not names and any(one.nameless for one in told)
    written = written_id_numbers(identifiers)
    numbers = faultless(written)[:NUMBERS]
    described = Description(
        id_numbers=numbers,
        doubtful=doubtful(written)[:NUMBERS],
        papers=first_of_each_kind(papers(identifiers, numbers)),
        names=names,
        birth=birth_date(patient),
        born_at=born_at(patient),
        sex=sex(patient),
        phones=phones(foremost(patient.get("telecom")))[:PHONES],
        addresses=addresses(foremost(patient.get("address"))[:ADDRESSES]),
        mother=_mother(patient, told, feed),
        order=order or next((one.order for one in told if one.order), 0),
        multiple=several or order > 1 or any(one.multiple for one in told),
        nameless=nameless,
        child=next((one.child for one in told if one.child), "") if nameless else "",
    )
    return own(described) if is_lent(patient) else described


def _distinct(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple({name.text: name for name in names}.values())


def _mother(patient: Patient, told: Iterable[Spoken], feed: str) -> Mother | None:
    numbers = first_of_each_kind(mothers_numbers(patient, feed))
    contacts = (one["name"] for one in patient.get("contact") or () if one.get("name") and is_mother(one))
    names = _distinct(
        (*(name for one in told for name in one.mothers), *(name for one in contacts for name in spoken(one).names))
    )
    return Mother(numbers, names[:NAMES]) if numbers or names else None


def is_mother(contact: Patient) -> bool:
    """By v3-RoleCode, GB/T 4761, or a word."""
    for relationship in contact.get("relationship") or ():
        if relationship.get("text") in _MOTHER_WORDS:
            return True
        for coding in relationship.get("coding") or ():
            if coding.get("code") in _MOTHER_CODES or coding.get("display") in _MOTHER_WORDS:
                return True
    return False


_MOTHER_CODES = frozenset({"MTH", "NMTH", "GESTM", "52"})
_MOTHER_WORDS = frozenset({"母亲", "生母", "母", "妈妈", "mother", "Mother"})
