"""What identity asks a person: kinds of reviews, each asked once about the same claims."""

from __future__ import annotations

from collections.abc import Sequence

from hub.database import Connection
from hub.identity.claims import Known
from hub.identity.normalise import id_numbers
from hub.model import Json
from hub.records.stored import Cause
from hub.review import Question, open_review

CONTRADICTION, DUPLICATE, REUSED = "identity_contradiction", "possible_duplicate", "number_reused"
FAULT = "id_number_fault"


def ask(connection: Connection, kind: str, about: Sequence[Known], cause: Cause, detail: Json) -> None:
    ids = list(dict.fromkeys(known.id for known in about))
    key = "/".join((kind, *sorted(ids)))
    open_review(connection, Question(kind, key, cause.feed, cause.entry, tuple(ids), detail))


def ask_about_two_numbers(connection: Connection, claims: Sequence[Known], cause: Cause) -> None:
    """One person has one resident's number; each further one is a question to the first claim with another."""
    holders: dict[str, Known] = {}
    for known in claims:
        for number in sorted(id_numbers(known.patient)):
            holders.setdefault(number, known)
    found = list(holders.values())
    for other in found[1:]:
        ask(connection, CONTRADICTION, (found[0], other), cause, {"contradicted": ("identifier",)})
