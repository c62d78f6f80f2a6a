"""Decisions between claims, and the persons they make: never rows moved about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, insert, select, true, update

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.records.json import encode

_table = schema.decision
_NAMES = ("id", "kind", "one", "other", "retires", "decided_by", "decided_at", "entry")
_COLUMNS = [_table.c[name] for name in _NAMES]
_OF_ONE = Statement(select(*_COLUMNS).where(_table.c.active == true(), any_of(_table.c.one, "claims")))
_OF_OTHER = Statement(select(*_COLUMNS).where(_table.c.active == true(), any_of(_table.c.other, "claims")))
_NEW = ("kind", "one", "other", "retires", "active", "evidence", "decided_by", "decided_at", "entry")
_DECIDE = Statement(insert(_table).values({name: bindparam(name) for name in _NEW}))
_WITHDRAW = Statement(
    update(_table)
    .where(_table.c.id == bindparam("decision"))
    .values(
        active=bindparam("active"),
        withdrawn_by=bindparam("withdrawn_by"),
        withdrawn_at=bindparam("withdrawn_at"),
        why=bindparam("why"),
    )
)

Kind = Literal["same", "not_same"]
BY_RULE = "rule"


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """Active; ``one`` survives where the sender retired ``other``."""

    id: int
    kind: Kind
    one: str
    other: str
    retires: bool
    by: str
    at: int
    entry: int | None
    """The message behind it; none for what a person decided."""

    @property
    def of_person(self) -> bool:
        return self.entry is None

    @property
    def of_rule(self) -> bool:
        """A "same" that a rule found, which a rule may take back."""
        return self.kind == "same" and self.by == BY_RULE and not (self.retires or self.of_person)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a decision is made of."""

    by: str
    at: int
    evidence: dict[str, Any]
    entry: int | None = None
    retires: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """Claims that active "same" decisions connect, and every active decision about them."""

    claims: frozenset[str]
    decisions: tuple[Decision, ...]

    @property
    def retired(self) -> frozenset[str]:
        """Claims whose sender gave them up; taken back by the inverse, if it came later."""
        back = {(found.one, found.other): found.id for found in self.decisions if found.retires}
        return frozenset(
            found.other
            for found in self.decisions
            if found.retires and back.get((found.other, found.one), 0) < back[found.one, found.other]
        )

    def beyond(self, decision: Decision, claim: str) -> frozenset[str]:
        """The claims that the decision connects ``claim`` with, itself left out."""
        frontier = {decision.one, decision.other} - {claim}
        reached = set[str]()
        while frontier:
            reached |= frontier
            pairs = [{found.one, found.other} for found in self.decisions if found.kind == "same"]
            frontier = set[str]().union(*(pair for pair in pairs if pair & frontier)) - reached - {claim}
        return frozenset(reached)

    def person(self, numbers: Iterable[tuple[int, str]]) -> str:
        """The id of the earliest claim that is not retired, else of the earliest; ``numbers`` with each claim's id."""
        ordered = sorted(numbers)
        return next((claim for _, claim in ordered if claim not in self.retired), ordered[0][1])


def component(connection: Connection, start: str) -> Component:
    claims, found, frontier = {start}, set[Decision](), [start]
    while frontier:
        touching = about(connection, frontier)
        found.update(touching)
        near = {claim for one in touching if one.kind == "same" for claim in (one.one, one.other)}
        frontier = sorted(near - claims)
        claims |= near
    return Component(frozenset(claims), tuple(sorted(found)))


def about(connection: Connection, claims: Sequence[str]) -> list[Decision]:
    """Active decisions that name one of the claims."""
    rows = connection.rows(_OF_ONE, claims=claims) + connection.rows(_OF_OTHER, claims=claims)
    return [
        Decision(id_, kind, one, other, bool(retires), by, at, entry)
        for id_, kind, one, other, retires, by, at, entry in rows
    ]


def apart(one: Component, other: Component) -> bool:
    """Somebody decided that a claim of one is not the person of a claim of the other."""
    return any(
        found.kind == "not_same"
        and ({found.one, found.other} & one.claims)
        and ({found.one, found.other} & other.claims)
        for found in one.decisions
    )


def decide(connection: Connection, kind: Kind, one: str, other: str, ruling: Ruling) -> None:
    connection.run(
        _DECIDE,
        kind=kind,
        one=one,
        other=other,
        retires=ruling.retires,
        active=True,
        evidence=encode(ruling.evidence).decode(),
        decided_by=ruling.by,
        decided_at=ruling.at,
        entry=ruling.entry,
    )


def withdraw(connection: Connection, decision: int, by: str, at: int, why: str) -> None:
    connection.run(_WITHDRAW, decision=decision, active=False, withdrawn_by=by, withdrawn_at=at, why=why)
