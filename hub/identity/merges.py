"""What senders and people decide about persons: merges, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select

from hub import schema
from hub.database import Connection, Statement
from hub.errors import NotFound, Refused, Rejected
from hub.identity.claims import Claims, Known
from hub.identity.graph import Ruling, about, apart, component, decide, withdraw
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.identity.words import Words
from hub.records.json import decode
from hub.records.resources import Resources
from hub.records.times import now

BLOCKED = "merge_contradicts_decision"
MERGED = "the sender merged them"

_table = schema.decision
_ONE = Statement(
    select(
        _table.c.kind,
        _table.c.one,
        _table.c.other,
        _table.c.active,
        _table.c.entry,
        _table.c.evidence,
        _table.c.retires,
    ).where(_table.c.id == bindparam("decision"))
)


def merge(connection: Connection, resolver: Resolver, persons: Persons, survivor: Known, retired: Sent) -> str:
    """The sender gave up one of its numbers for the survivor's (ADT A40); the id of the claim it retired.

    Said again it changes nothing; the inverse, said later, wins. It takes back the sender's own earlier "not the
    same"; what a person has taken apart stays apart, with a review.
    """
    if not retired.claim.source_id:
        raise Rejected("a merge must name the number that it retires")
    other = resolver.find(retired) or resolver.introduce(retired)
    words = Words(connection, survivor, other, retired)
    if other.id == survivor.id or words.outdated or _said_last(words, survivor):
        return other.id
    words.take_back("not_same", MERGED)
    if apart(component(connection, survivor.id), component(connection, other.id)):
        words.ask(BLOCKED, "a person decided that they are not the same")
    else:
        decide(connection, "same", survivor.id, other.id, words.ruling(MERGED, retires=True))
    persons.refresh(survivor.id, retired.cause)
    persons.refresh(other.id, retired.cause)
    return other.id


def undo(
    connection: Connection, decision: int, by: str, why: str, verified: frozenset[str] = frozenset()
) -> tuple[str, str]:
    """Takes back a "same", or a sender's "not the same".

    After a "same" the two are decided not to be the same, which rules honour for ever; after a sender's "not the same"
    they are again what it had parted. Their resources return to the persons their claims now make, given back with
    ``verified`` (feeds whose word counts first). Raises ``NotFound``, and ``Refused`` for what cannot be taken back.
    """
    row = connection.row(_ONE, decision=decision)
    if row is None:
        raise NotFound("there is no decision {decision}", decision=decision)
    kind, one, other, active, entry, evidence, _retires = row
    if not active or (kind != "same" and entry is None):
        raise Refused("decision {decision} joins nothing, or was taken back before", decision=decision)
    at = now()
    for found in about(connection, [one]):
        if found.kind == kind and {found.one, found.other} == {one, other}:
            withdraw(connection, found.id, by, at, why)
    ruling = Ruling(by, at, {"undoes": decision, "why": why})
    if kind == "same":
        decide(connection, "not_same", one, other, ruling)
    else:
        _rejoin(connection, decode(evidence).get("withdrew", ()), ruling)
    claims, resources = Claims(connection), Resources(connection, at)
    persons = Persons(connection, claims, resources, verified)
    for claim in (one, other):
        persons.refresh(claim, None)
    claims.flush()
    resources.flush()
    return one, other


def _rejoin(connection: Connection, withdrew: Sequence[int], ruling: Ruling) -> None:
    """Decides once more what a sender's "not the same" had withdrawn, unless it was decided otherwise since."""
    for decision in withdrew:
        row = connection.row(_ONE, decision=decision)
        if row is not None and not apart(component(connection, row[1]), component(connection, row[2])):
            decide(connection, "same", row[1], row[2], replace(ruling, retires=bool(row[6])))


def _said_last(words: Words, survivor: Known) -> bool:
    """The newest merge of these two said the same."""
    merges = [found for found in words.all if found.retires]
    return bool(merges) and max(merges).one == survivor.id
