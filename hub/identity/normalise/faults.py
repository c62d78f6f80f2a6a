"""What is wrong with a resident's number, by itself or beside what else is told of its bearer."""

from __future__ import annotations

from hub.identity.normalise.births import birth_date, sex
from hub.identity.normalise.lending import is_lent
from hub.identity.normalise.numbers import Patient, is_made_up, written_id_numbers
from hub.model.id_number import grade_id_number, id_number_fault, normal_id_number

_ANOTHERS = frozenset({"mismatch_birth", "mismatch_sex"})


def faulty_id_numbers(patient: Patient) -> tuple[str, ...]:
    """Faults of each that cannot be right, and was meant to be: what only fills the field says nothing."""
    written = written_id_numbers(patient.get("identifier") or ())
    return tuple(fault for one in written if (fault := id_number_fault(one)) and not _fills_the_field(one, fault))


def has_made_up_number(patient: Patient) -> bool:
    """Digits that are nobody's: 111111111111111111, 0. A word for "none" is no number at all."""
    written = written_id_numbers(patient.get("identifier") or ())
    return any((fault := id_number_fault(one)) and _fills_the_field(one, fault) and _has_digits(one) for one in written)


def _fills_the_field(written: str, fault: str) -> bool:
    return fault == "placeholder" or not _has_digits(written) or is_made_up(normal_id_number(written))


def _has_digits(written: str) -> bool:
    return any(sign.isdecimal() for sign in written)


def anothers_number(patient: Patient) -> tuple[str, ...]:
    """Doubts of a number that tells both another birth date and another sex than its bearer's.

    One of the two is a slip more often than not; who is known to have a relative's number has been asked about.
    """
    if is_lent(patient):
        return ()
    birth, told = birth_date(patient), sex(patient)
    written = written_id_numbers(patient.get("identifier") or ())
    doubted = any(_ANOTHERS.issubset(grade_id_number(number, birth, told).doubts) for number in written)
    return tuple(sorted(_ANOTHERS)) if doubted else ()
