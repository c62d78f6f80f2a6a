"""Decisions between claims, and the persons they make: never rows moved about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, insert, select, true, union_all, update

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.records.json import encode

_table = schema.decision
_NAMES = ("id", "kind", "one", "other", "retires", "decided_by", "decided_at", "entry")
_COLUMNS = [_table.c[name] for name in _NAMES]
_ACTIVE = select(*_COLUMNS).where(_table.c.active == true())
_ABOUT = Statement(
    union_all(_ACTIVE.where(any_of(_table.c.one, "claims")), _ACTIVE.where(any_of(_table.c.other, "claims")))
)
_READ = "decisions"
"""Among what a transaction remembers: by claim, the active decisions about it."""
_NEW = ("kind", "one", "other", "retires", "active", "evidence", "decided_by", "decided_at", "entry")
_DECIDE = Statement(insert(_table).values({name: bindparam(name) for name in _NEW}).returning(_table.c.id))
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

_HOLD = Statement(
    lambda insert: (
        insert(schema.withdrawal)
        .values({column.name: bindparam(column.name) for column in schema.withdrawal.columns})
        .on_conflict_do_update(
            index_elements=["decision", "because"], set_={name: bindparam(name) for name in ("undoes", "holds")}
        )
    )
)

Kind = Literal["same", "not_same", "mother_of", "correct"]
"""``correct`` is about one claim, which is both of its ends."""
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
        retiring = [found for found in self.decisions if found.retires and not found.of_person]
        back = {(found.one, found.other): found.id for found in retiring}
        return frozenset(
            found.other for found in retiring if back.get((found.other, found.one), 0) < back[found.one, found.other]
        )

    def around(self, claim: str) -> frozenset[str]:
        """The claims that "same" decisions connect with it, itself too."""
        ties = [{found.one, found.other} for found in self.decisions if found.kind == "same"]
        reached, frontier = {claim}, {claim}
        while frontier:
            frontier = set[str]().union(*(tie for tie in ties if tie & frontier)) - reached
            reached |= frontier
        return frozenset(reached)

    def beyond(self, decision: Decision, claim: str) -> frozenset[str]:
        """The claims that the decision connects ``claim`` with, itself left out."""
        frontier = {decision.one, decision.other} - {claim}
        reached = set[str]()
        while frontier:
            reached |= frontier
            pairs = [{found.one, found.other} for found in self.decisions if found.kind == "same"]
            frontier = set[str]().union(*(pair for pair in pairs if pair & frontier)) - reached - {claim}
        return frozenset(reached)

    def within(self, side: frozenset[str]) -> Component:
        return Component(side, tuple(found for found in self.decisions if {found.one, found.other} <= side))

    def person(self, numbers: Iterable[tuple[int, str]]) -> str:
        """The id of the earliest claim that is not retired, of those whom nobody merged into others; else the earliest.

        ``numbers`` are the claims' orders of first appearance, with their ids.
        """
        return self.standing([claim for _, claim in sorted(numbers)])[0]

    def replaced(self, numbers: Iterable[tuple[int, str]]) -> frozenset[str]:
        """Claims whose Patient leads to the person instead: those given up, and who was the person before a merge."""
        if not any(found.retires for found in self.decisions):
            return frozenset()
        return self.retired | self.standing([claim for _, claim in sorted(numbers)])[1]

    def standing(self, ordered: Sequence[str]) -> tuple[str, frozenset[str]]:
        """The person, and whom people merged into it; of several merges the latest parts survivors from the others."""
        merges = sorted((one for one in self.decisions if one.retires and one.of_person), reverse=True)
        for merge in merges:
            rest = Component(self.claims, tuple(one for one in self.decisions if one is not merge))
            theirs = rest.around(merge.other)
            if merge.one not in theirs:
                survivor, before = self.within(self.claims - theirs).standing(ordered)
                yielding, others = self.within(theirs).standing(ordered)
                return survivor, before | others | {yielding}
        given_up = self.retired | {merge.other for merge in merges}
        mine = [claim for claim in ordered if claim in self.claims]
        return next((claim for claim in mine if claim not in given_up), mine[0]), frozenset()


def component(connection: Connection, start: str) -> Component:
    claims, found, frontier = {start}, set[Decision](), [start]
    while frontier:
        touching = _remembered(connection, frontier)
        found.update(touching)
        near = {claim for one in touching if one.kind == "same" for claim in (one.one, one.other)}
        frontier = sorted(near - claims)
        claims |= near
    return Component(frozenset(claims), tuple(sorted(found)))


def expect(connection: Connection, claims: Iterable[str]) -> frozenset[str]:
    """Reads with a few statements what makes up their components; leaving it out costs time only. All their claims."""
    frontier, seen = frozenset(claims), frozenset[str]()
    while frontier:
        seen |= frontier
        touching = _remembered(connection, frontier)
        frontier = frozenset(claim for one in touching if one.kind == "same" for claim in (one.one, one.other)) - seen
    return seen


def forget(connection: Connection) -> None:
    """Whoever takes decisions out of force, or puts them in force again, says so; new ones are known."""
    connection.remembered.pop(_READ, None)


def _remembered(connection: Connection, claims: Collection[str]) -> list[Decision]:
    """As ``about``, each claim read once in a transaction."""
    known: dict[str, list[Decision]] = connection.remembered.setdefault(_READ, {})
    missing = [claim for claim in claims if claim not in known]
    if missing:
        read = {claim: list[Decision]() for claim in missing}
        for found in dict.fromkeys(about(connection, missing)):
            for claim in read.keys() & {found.one, found.other}:
                read[claim].append(found)
        known |= read
    return [found for claim in claims for found in known[claim]]


def about(connection: Connection, claims: Sequence[str]) -> list[Decision]:
    """Active decisions that name one of the claims."""
    return [
        Decision(id_, kind, one, other, bool(retires), by, at, entry)
        for id_, kind, one, other, retires, by, at, entry in connection.rows(_ABOUT, claims=claims)
    ]


def between(one: Component, other: Component) -> list[Decision]:
    """What says that a claim of one is not the person of a claim of the other."""
    return [
        found
        for found in one.decisions
        if found.kind == "not_same"
        and ({found.one, found.other} & one.claims)
        and ({found.one, found.other} & other.claims)
    ]


def apart(one: Component, other: Component) -> bool:
    """Somebody decided that a claim of one is not the person of a claim of the other."""
    return bool(between(one, other))


def decide(connection: Connection, kind: Kind, one: str, other: str, ruling: Ruling) -> int:
    """The number of the new decision."""
    ((number,),) = connection.rows(
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
    made = Decision(int(number), kind, one, other, ruling.retires, ruling.by, ruling.at, ruling.entry)
    known: dict[str, list[Decision]] = connection.remembered.get(_READ, {})
    for claim in known.keys() & {one, other}:
        known[claim].append(made)
    return made.id


def withdraw(  # noqa: PLR0913, PLR0917 - who, when and why, as with every decision
    connection: Connection, decision: int, by: str, at: int, why: str, because: int = 0, *, undoes: bool = False
) -> None:
    """``because`` is the decision that takes its place: this one stands again should that one be undone.

    Without one it is withdrawn for itself; ``undoes`` means as if it had never been (``hub.identity.undoing``).
    """
    forget(connection)
    connection.run(_WITHDRAW, decision=decision, active=False, withdrawn_by=by, withdrawn_at=at, why=why)
    connection.run(_HOLD, decision=decision, because=because or decision, undoes=undoes, holds=True)
