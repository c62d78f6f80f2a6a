"""What identity asks a person: kinds of reviews, each asked once about the same claims."""

from __future__ import annotations

from collections.abc import Sequence

from hub.database import Connection
from hub.identity.claims import Known
from hub.identity.normalise import Patient, id_numbers, is_lent
from hub.identity.settled import CONTRADICTION, DUPLICATE, FAULT, REUSED, SHARED, WHILE, asked_meanwhile
from hub.model import Json
from hub.records.stored import Cause
from hub.review import Question, is_asked, open_review

__all__ = [
    "CONTRADICTION",
    "DUPLICATE",
    "FAULT",
    "REUSED",
    "SHARED",
    "Standing",
    "ask",
    "ask_about_two_numbers",
    "ask_of",
    "put_right",
    "with_old",
    "without_lent",
]


def ask(connection: Connection, kind: str, about: Sequence[Known], cause: Cause, detail: Json) -> None:
    ask_of(connection, kind, tuple(dict.fromkeys(known.id for known in about)), cause, detail)


Standing = tuple[int, bool]
"""A decision, and whether it is in force as long as a question stands."""


def ask_of(  # noqa: PLR0913, PLR0917 - what is asked, and until when
    connection: Connection, kind: str, ids: Sequence[str], cause: Cause, detail: Json, standing: Standing | None = None
) -> None:
    """On account of a correction or an act, a question of its own, unless it was asked before: it ends with that."""
    key = "/".join((kind, *sorted(ids)))
    if cause.decision is not None:
        standing = (cause.decision, True)
    if standing is not None and not is_asked(connection, key):
        number, active = standing
        key, detail = f"{key}/{'after' if active else 'without'}/{number}", detail | {WHILE: standing}
    open_review(connection, Question(kind, key, cause.feed, cause.entry, tuple(ids), detail))


def ask_about_two_numbers(
    connection: Connection, claims: Sequence[Known], cause: Cause, standing: Standing | None = None
) -> None:
    """One person has one resident's number; each further one is a question to the first claim with another."""
    holders: dict[str, Known] = {}
    told = [frozenset[str]() if is_lent(known.patient) else id_numbers(known.patient) for known in claims]
    if len(frozenset[str]().union(*told)) < 2:
        return
    former = frozenset[str]().union(*(put_right(known.patient) for known in claims))
    for known, numbers in zip(claims, told, strict=True):
        for number in sorted(numbers - former):
            holders.setdefault(number, known)
    found = list(holders.values())
    for other in found[1:]:
        if not asked_meanwhile(connection, CONTRADICTION, (found[0].id, other.id)):
            pair = (found[0].id, other.id)
            ask_of(connection, CONTRADICTION, pair, cause, {"contradicted": ("identifier",)}, standing)


def put_right(patient: Patient) -> frozenset[str]:
    """Numbers that are old ones: today's contradicts none of them."""
    former = [one for one in patient.get("identifier") or () if one.get("use") == "old"]
    return id_numbers({"identifier": former}) if former else frozenset()


def without_lent(patient: Json) -> Json:
    """As its person is shown by it: without a relative's ID number."""
    if not is_lent(patient):
        return patient
    return patient | {"identifier": [one for one in patient["identifier"] if not id_numbers({"identifier": [one]})]}


def with_old(patient: Json, numbers: frozenset[str]) -> Json:
    """With these numbers as old ones, whoever still uses them."""
    told = patient.get("identifier") or ()
    marked = [one | {"use": "old"} if id_numbers({"identifier": [one]}) & numbers else one for one in told]
    return patient if marked == list(told) else patient | {"identifier": marked}
