"""Questions about persons that have settled themselves: by a merge, a correction, or an answer to another question.

Whether one is settled follows from what is known now, so the order of messages does not matter; what is settled no more
is open again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from hub.database import Connection
from hub.identity.agreement import agree
from hub.identity.corrections import in_force
from hub.identity.graph import apart, component
from hub.identity.holding import id_numbers_of
from hub.identity.normalise import (
    anothers_number,
    describe,
    faulty_id_numbers,
    strong_numbers,
)
from hub.identity.normalise.lending import is_mistyped
from hub.identity.scoring import Model
from hub.model import Json
from hub.review import REOPENED, SETTLED, Review, close, last_answer, naming, note, reopen

if TYPE_CHECKING:
    from hub.identity.claims import Claims, Known

CONTRADICTION, FAULT, SHARED = "identity_contradiction", "id_number_fault", "number_shared"
MERGE_BLOCKED, LINK_BLOCKED = "merge_contradicts_decision", "link_contradicts_decision"
BLOCKED = frozenset({MERGE_BLOCKED, LINK_BLOCKED})
"""A sender calls one what somebody parted."""
UNLINK_BLOCKED = "unlink_contradicts_decision"
"""A sender parts what somebody holds together."""
DOUBTFUL = "doubtful_join"
"""Claims of one person that the rules would not join today; found by looking through the base."""
WHILE = "while"
"""In a question's detail: a person's decision, and whether it is in force as long as the question stands."""
LITTLE = "score"
"""In the detail of a question: why it was asked about two who are a little alike, and no more."""
_OF_TWO = frozenset({LITTLE, "twin", "birth_order", "order_unknown", "sex_of_newborn"})
"""In such a detail: why or what forbids joining, where two ID numbers say that there are two."""
DUPLICATE, REUSED = "possible_duplicate", "number_reused"
KINDS = BLOCKED | {UNLINK_BLOCKED, CONTRADICTION, DOUBTFUL, FAULT, SHARED, DUPLICATE, REUSED}
BY = "rule"


def settle(connection: Connection, claims: Claims, touched: Collection[str], model: Model) -> None:
    """Closes and opens questions about these claims; before their transaction ends."""
    for review in naming(connection, touched) if touched else ():
        if review.kind in KINDS:
            _bring_in_line(connection, claims, review, model)


def asked_meanwhile(connection: Connection, kind: str, about: Collection[str]) -> bool:
    """There is an open question about just these that lasts as long as a decision, which stands."""
    return any(
        review.kind == kind
        and review.status != "closed"
        and set(review.claims) == set(about)
        and _lasts(connection, review.detail)
        for review in naming(connection, about)
    )


def _lasts(connection: Connection, detail: Json) -> bool:
    return WHILE in detail and _stands(connection, *detail[WHILE])


def _bring_in_line(connection: Connection, claims: Claims, review: Review, model: Model) -> None:
    claims.expect(review.claims)
    about = [known for claim in review.claims if (known := claims.get(claim))]
    why = _settled(connection, review, about, model) or _told_apart(connection, claims, review, about)
    if review.status != "closed":
        if why:
            close(connection, review.id, review.status, BY, {SETTLED: why})
        return
    said = last_answer(connection, review.id) or {}
    if (SETTLED in said and not why) or _taken_back(connection, said):
        reopen(connection, review.id)
        again = "settled no more" if SETTLED in said else "the decision was taken back"
        note(connection, review.id, BY, {REOPENED: again})


def _taken_back(connection: Connection, said: Json) -> bool:
    made = frozenset[int](said.get("decisions", ()))
    return in_force(connection, made) != made


def _settled(connection: Connection, review: Review, known: Sequence[Known], model: Model) -> str:
    """By what; empty while somebody has to look."""
    kind, detail = review.kind, review.detail
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
    if kind == UNLINK_BLOCKED:
        return "parted" if all(other.person != first.person for other in others) else ""
    found = [_of_pair(connection, review, (first, other), model) for other in others]
    return "" if "" in found else found[0]


def _of_pair(connection: Connection, review: Review, pair: tuple[Known, Known], model: Model) -> str:
    one, other = pair
    kind, together = review.kind, one.person == other.person
    if together and kind == DOUBTFUL:
        return ""
    if together:
        return "joined" if kind != CONTRADICTION else "" if _contradict(one, other, model) else "corrected"
    if kind == CONTRADICTION and "system" in review.detail and not _share_number(one, other):
        return "corrected"
    if kind in BLOCKED:
        return ""
    if kind == DOUBTFUL:
        return "parted"
    return "parted" if apart(component(connection, one.id), component(connection, other.id)) else ""


def _told_apart(connection: Connection, claims: Claims, review: Review, asked: Sequence[Known]) -> str:
    """A little alike, or twins: each one's person has an ID number by now, and not the same."""
    detail = review.detail
    if review.kind != DUPLICATE or _OF_TWO.isdisjoint(
        (detail.get("why"), detail.get("rule"), *detail.get("vetoes", ()))
    ):
        return ""
    numbers = [id_numbers_of(claims.each(component(connection, one.id).claims)) for one in asked]
    return "told apart" if all(numbers) and numbers[0].isdisjoint(*numbers[1:]) else ""


def _stands(connection: Connection, number: int, active: bool) -> bool:
    return (number in in_force(connection, [number])) == active


def _contradict(one: Known, other: Known, model: Model) -> bool:
    return agree(describe(one.patient, one.feed), describe(other.patient, other.feed), model).opposed


def _share_number(one: Known, other: Known) -> bool:
    return not set(strong_numbers(one.patient)).isdisjoint(strong_numbers(other.patient))
