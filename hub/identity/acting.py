"""What one person does about persons: one transaction, one reason, one entry in their history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.database import Connection
from hub.errors import NotFound, Refused
from hub.identity.candidates import Candidates
from hub.identity.changes import Persons as Moved
from hub.identity.changes import keep
from hub.identity.claims import Claims, Known
from hub.identity.corrections import in_force
from hub.identity.covering import Covering
from hub.identity.graph import Component, Ruling, component
from hub.identity.persons import Persons
from hub.identity.rules import Rules
from hub.records.resources import Resources
from hub.records.times import now

MERGE = "merge"
"""Takes nobody apart."""


@dataclass(frozen=True, slots=True)
class Done:
    decision: int
    """The one by which all of it is undone."""
    persons: Moved
    """Of each claim that moved: its person before and after."""
    change: int | None = None
    """The identity change; none where nobody moved."""
    overruled: tuple[int, ...] = ()
    """Decisions that it took the place of."""
    claims: tuple[str, ...] = ()
    """Whom it was about."""
    resources: int = 0
    """How many moved with the claims, their Patients left out."""
    undone: str = ""
    """What it took back: ``same``, ``not_same``, ``correct`` …"""
    instead: int | None = None
    """The decision that stands in its place; that one taken back, it is in force again."""


@dataclass(slots=True)
class Act:
    """Not to be used again once it is ``done``."""

    connection: Connection
    by: str
    why: str
    rules: Rules
    at: int = field(default_factory=now)
    claims: Claims = field(init=False)
    resources: Resources = field(init=False)
    persons: Persons = field(init=False)
    _touched: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise Refused("say why: who reads it later must understand")
        self.claims, self.resources = Claims(self.connection), Resources(self.connection, self.at)
        self.persons = Persons(self.connection, self.claims, self.resources, self.rules)

    def known(self, patient: str) -> Known:
        """The claim of a Patient id. Raises ``NotFound``."""
        known = self.claims.get(patient)
        if known is None:
            raise NotFound("there is no Patient/{id}", id=patient)
        return known

    def around(self, known: Known) -> Component:
        return component(self.connection, known.id)

    def ruling(self, rule: str, *, retires: bool = False, **evidence: object) -> Ruling:
        return Ruling(self.by, self.at, {"rule": rule, **evidence, "why": self.why}, retires=retires)

    def touch(self, claims: Iterable[str]) -> None:
        """Claims whose persons may be others now."""
        self._touched.update(claims)

    def done(self, kind: str, decision: int, touched: Iterable[str], overruled: Iterable[int] = ()) -> Done:
        """Brings the record in line with the decisions, and keeps what became of the persons."""
        about = left = self._touched | set(touched)
        self.persons.standing = (decision, decision in in_force(self.connection, [decision]))
        while left:
            claim = min(left)
            self.persons.refresh(claim, None)
            left = left - {claim} - component(self.connection, claim).claims
        persons = self.persons.changes.persons
        change = keep(self.connection, kind, persons, self.by, self.at, decision=decision) if persons else None
        self.persons.settle()
        if kind != MERGE:
            candidates = Candidates(self.connection, self.claims.person_of)
            Covering(self.connection, self.claims, candidates, self.rules).cover(about, decision)
        moved = self.resources.count(persons)
        self.claims.flush()
        self.resources.flush()
        return Done(decision, persons, change, tuple(overruled), tuple(sorted(about)), moved)
