"""What people, visits and accounts are known by: keys, before anything of a message is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import NATIONAL_TYPES, number_key

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Segment

_PREFERRED = ("MR", "PI", "PT", "PN")


def person_number(draft: Draft, segment: Segment, *fields: int) -> str:
    """The sender's own number for a person; empty without any.

    Of PID-3 the medical record or patient number, else any other of its own, else the national one; else PID-2, PID-4.
    """
    for at in fields or (3, 2, 4):
        if found := ranked(draft, segment, at):
            return found[0][1]
    return ""


def ranked(draft: Draft, segment: Segment, at: int) -> list[tuple[int, str]]:
    """The numbers of a field with how well each serves as a key, the best first."""
    found = [(rank(rep.get(5)), key) for rep in segment.repetitions(at) if (key := number_key(rep, draft))]
    return sorted(found, key=lambda one: one[0])


def rank(kind: str) -> int:
    if kind in NATIONAL_TYPES:
        return len(_PREFERRED) + 1
    return _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)


def first_number(draft: Draft, segment: Segment | None, at: int) -> str:
    """The first number of a CX field as a key; empty without one."""
    found = segment.repetitions(at) if segment else []
    return next(filter(None, (number_key(rep, draft) for rep in found)), "")


def moved_number(draft: Draft, person: Segment, prior: Segment) -> str:
    """Of A43 the best number that stands both in PID-3 and in MRG-1: it is what changes hands. Empty without one."""
    before = {key for _, key in ranked(draft, prior, 1)}
    return next((key for _, key in ranked(draft, person, 3) if key in before), "")
