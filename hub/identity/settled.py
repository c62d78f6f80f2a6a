"""Questions about persons that have settled themselves: by a merge, a correction, or an answer to another question.

Whether one is settled follows from what is known now, so the order of messages does not matter; what is settled no more
is open again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from hub.database import Connection, Statement, any_of
from hub.identity.agreement import agree
from hub.identity.graph import apart, component
from hub.identity.holding import id_numbers_of
from hub.identity.normalise import (
    anothers_number,
    describe,
    faulty_id_numbers,
    strong_numbers,
)
from hub.identity.normalise.lending import is_mistyped
from hub.identity.scoring import DEFAULT
from hub.model import Json
from hub.records.json import decode
from hub.review import REOPENED, SETTLED, close, last_answer, note, reopen
from hub.schema import decision, review, review_claim

if TYPE_CHECKING:
    from hub.identity.claims import Claims, Known

CONTRADICTION, FAULT, SHARED = "identity_contradiction", "id_number_fault", "number_shared"
BLOCKED = frozenset({"merge_contradicts_decision", "link_contradicts_decision"})
"""A sender calls one what somebody parted."""
UNLINKED = "unlink_contradicts_decision"
"""A sender parts what somebody holds together."""
DOUBTFUL = "doubtful_join"
"""Claims of one person that the rules would not join today; found by looking through the base."""
WHILE = "while"
"""In a question's detail: a person's decision, and whether it is in force as long as the question stands."""
LITTLE = "score"
"""In the detail of a question: why it was asked about two who are a little alike, and no more."""
_OF_TWO = frozenset({LITTLE, "twin", "birth_order", "order_unknown", "sex_of_newborn"})
"""In such a detail: why or what forbids joining, where two ID numbers say that there are two."""
DUPLICATE = "possible_duplicate"
KINDS = BLOCKED | {UNLINKED, CONTRADICTION, DOUBTFUL, FAULT, SHARED, DUPLICATE, "number_reused"}
BY = "rule"

_TOUCHED = Statement(
    select(review.c.id, review.c.kind, review.c.status, review.c.claims, review.c.detail)
    .where(review.c.id.in_(select(review_claim.c.review).where(any_of(review_claim.c.claim, "claims"))))
    .order_by(review.c.id)
)
_ACTIVE = Statement(select(decision.c.active).where(decision.c.id == bindparam("of")))
_INACTIVE = Statement(
    select(func.count()).select_from(decision).where(any_of(decision.c.id, "decisions"), ~decision.c.active)
)


def settle(connection: Connection, claims: Claims, touched: Iterable[str]) -> None:
    """Closes and opens questions about these claims; before their transaction ends."""
    ids = sorted(touched)
    if not ids:
        return
    for number, kind, status, named, detail in connection.rows(_TOUCHED, claims=ids):
        if kind in KINDS:
            _bring_in_line(connection, claims, (number, kind, status), decode(named), decode(detail))


def asked_meanwhile(connection: Connection, kind: str, about: Collection[str]) -> bool:
    """There is an open question about just these that lasts as long as a decision, which stands."""
    return any(
        of_kind == kind
        and status != "closed"
        and set(decode(named)) == set(about)
        and _lasts(connection, decode(detail))
        for _, of_kind, status, named, detail in connection.rows(_TOUCHED, claims=sorted(about))
    )


def _lasts(connection: Connection, detail: Json) -> bool:
    return WHILE in detail and _stands(connection, *detail[WHILE])


def _bring_in_line(
    connection: Connection, claims: Claims, asked: tuple[int, str, str], named: Sequence[str], detail: Json
) -> None:
    number, kind, status = asked
    claims.expect(named)
    asked_about = [known for claim in named if (known := claims.get(claim))]
    why = settled(connection, kind, asked_about, detail) or _told_apart(connection, claims, kind, asked_about, detail)
    if status != "closed":
        if why:
            close(connection, number, status, BY, {SETTLED: why})
        return
    said = last_answer(connection, number) or {}
    if (SETTLED in said and not why) or _taken_back(connection, said):
        reopen(connection, number)
        note(
            connection, number, BY, {REOPENED: "settled no more" if SETTLED in said else "the decision was taken back"}
        )


def _taken_back(connection: Connection, said: Json) -> bool:
    if not said.get("decisions"):
        return False
    row = connection.row(_INACTIVE, decisions=said["decisions"])
    return row is not None and row[0] > 0


def settled(connection: Connection, kind: str, known: Sequence[Known], detail: Json) -> str:
    """By what; empty while somebody has to look."""
    if WHILE in detail and not _stands(connection, *detail[WHILE]):
        return "taken back"
    if kind == FAULT:
        wrong = any(
            faulty_id_numbers(one.patient) or anothers_number(one.patient) or is_mistyped(one.patient) for one in known
        )
        return "" if wrong else "corrected"
    if len(known) < 2 or kind == SHARED:
        return ""
    first, *others = known
    if kind == UNLINKED:
        return "parted" if all(other.person != first.person for other in others) else ""
    found = [_of_pair(connection, kind, first, other, detail) for other in others]
    return "" if "" in found else found[0]


def _of_pair(connection: Connection, kind: str, one: Known, other: Known, detail: Json) -> str:
    together = one.person == other.person
    if together and kind == DOUBTFUL:
        return ""
    if together:
        return "joined" if kind != CONTRADICTION else "" if _contradict(one, other) else "corrected"
    if kind == CONTRADICTION and "system" in detail and not _share_number(one, other):
        return "corrected"
    if kind in BLOCKED:
        return ""
    if kind == DOUBTFUL:
        return "parted"
    return "parted" if apart(component(connection, one.id), component(connection, other.id)) else ""


def _told_apart(connection: Connection, claims: Claims, kind: str, asked: Sequence[Known], detail: Json) -> str:
    """A little alike, or twins: each one's person has an ID number by now, and not the same."""
    if kind != DUPLICATE or _OF_TWO.isdisjoint((detail.get("why"), detail.get("rule"), *detail.get("vetoes", ()))):
        return ""
    numbers = [id_numbers_of(claims.each(component(connection, one.id).claims)) for one in asked]
    return "told apart" if all(numbers) and numbers[0].isdisjoint(*numbers[1:]) else ""


def _stands(connection: Connection, number: int, active: bool) -> bool:
    row = connection.row(_ACTIVE, of=number)
    return row is not None and bool(row[0]) == active


def _contradict(one: Known, other: Known) -> bool:
    return agree(describe(one.patient, one.feed), describe(other.patient, other.feed), DEFAULT).opposed


def _share_number(one: Known, other: Known) -> bool:
    return not set(strong_numbers(one.patient)).isdisjoint(strong_numbers(other.patient))
