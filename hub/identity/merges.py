"""What senders and people decide about persons: merges, and taking them back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from hub import schema
from hub.database import Connection, Statement
from hub.errors import NotFound, Refused, Rejected
from hub.identity.claims import Claims, Known
from hub.identity.graph import Ruling, about, apart, component, decide, withdraw
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.records.resources import Resources
from hub.records.times import now
from hub.review import Question, open_review

BLOCKED = "merge_contradicts_decision"

_table = schema.decision
_ONE = Statement(
    select(_table.c.kind, _table.c.one, _table.c.other, _table.c.active).where(_table.c.id == bindparam("decision"))
)


def merge(connection: Connection, resolver: Resolver, persons: Persons, survivor: Known, retired: Sent) -> str:
    """The sender gave up one of its numbers for the survivor's (ADT A40); the id of the claim it retired.

    Said again it changes nothing; the inverse, said later, wins. What a person has taken apart stays apart, with a
    review.
    """
    if not retired.claim.source_id:
        raise Rejected("a merge must name the number that it retires")
    other = resolver.find(retired) or resolver.introduce(retired)
    if other.id == survivor.id or _said_last(connection, survivor, other):
        return other.id
    mine, theirs = component(connection, survivor.id), component(connection, other.id)
    if apart(mine, theirs):
        _ask(connection, survivor, other, retired)
    else:
        evidence = {"rule": "the sender merged them", "version": 1}
        ruling = Ruling(survivor.feed, now(), evidence, retired.cause.entry, retires=True)
        decide(connection, "same", survivor.id, other.id, ruling)
    persons.refresh(survivor.id, retired.cause)
    persons.refresh(other.id, retired.cause)
    return other.id


def undo(
    connection: Connection, decision: int, by: str, why: str, verified: frozenset[str] = frozenset()
) -> tuple[str, str]:
    """Takes back a "same": the two are decided not to be the same, which rules honour for ever.

    Their resources return to the persons their claims now make, given back with ``verified`` (feeds whose word counts
    first). Raises ``NotFound``, and ``Refused`` for what is no active "same".
    """
    row = connection.row(_ONE, decision=decision)
    if row is None:
        raise NotFound("there is no decision {decision}", decision=decision)
    kind, one, other, active = row
    if kind != "same" or not active:
        raise Refused("decision {decision} joins nothing, or was taken back before", decision=decision)
    at = now()
    for found in about(connection, [one]):
        if found.kind == "same" and {found.one, found.other} == {one, other}:
            withdraw(connection, found.id, by, at, why)
    decide(connection, "not_same", one, other, Ruling(by, at, {"undoes": decision, "why": why}))
    claims, resources = Claims(connection), Resources(connection, at)
    persons = Persons(connection, claims, resources, verified)
    for claim in (one, other):
        persons.refresh(claim, None)
    claims.flush()
    resources.flush()
    return one, other


def _said_last(connection: Connection, survivor: Known, other: Known) -> bool:
    """The newest merge of these two said the same."""
    pair = {survivor.id, other.id}
    merges = [found for found in about(connection, [survivor.id]) if found.retires and {found.one, found.other} == pair]
    return bool(merges) and max(merges).one == survivor.id


def _ask(connection: Connection, survivor: Known, other: Known, retired: Sent) -> None:
    ids = (survivor.id, other.id)
    key = "/".join((BLOCKED, *sorted(ids)))
    detail: dict[str, Any] = {"rule": "a person decided that they are not the same"}
    open_review(connection, Question(BLOCKED, key, survivor.feed, retired.cause.entry, ids, detail))
