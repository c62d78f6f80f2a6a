"""What is wrong with a resident's number, by itself or beside what else is told of its bearer."""

from __future__ import annotations

from hub.identity.normalise.births import birth_date, sex
from hub.identity.normalise.lending import is_lent
from hub.identity.normalise.numbers import Patient, written_id_numbers
from hub.model.id_number import grade_id_number, id_number_fault

_ANOTHERS = frozenset({"mismatch_birth", "mismatch_sex"})


def faulty_id_numbers(patient: Patient) -> tuple[str, ...]:
    """Faults of each that cannot be right."""
    return tuple(filter(None, map(id_number_fault, written_id_numbers(patient.get("identifier") or ()))))


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
