"""What a rule once joined and a later message contradicts: the rule takes its own decision back."""

from __future__ import annotations

from dataclasses import dataclass

from hub.database import Connection
from hub.identity.agreement import compare
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Component, Decision, component, withdraw
from hub.identity.normalise import Patient, strong_numbers
from hub.identity.questions import CONTRADICTION, ask
from hub.records.stored import Cause


@dataclass(frozen=True, slots=True)
class Revision:
    """A claim as it is now, and as it was."""

    known: Known
    before: Patient
    cause: Cause


def part(connection: Connection, claims: Claims, revision: Revision, at: int) -> list[Known]:
    """Withdraws the rules' decisions that the revised claim contradicts; the claims they had joined it with.

    What a person decided or a sender merged stands, with a review of what is newly contradicted.
    """
    known, mine = revision.known, component(connection, revision.known.id)
    ends: dict[int, str] = {}
    for other in claims.each(mine.claims - {known.id}):
        contradicted = compare(known.patient, other.patient).contradicted
        if not (contradicted and _concerned(mine, known, other)):
            continue
        ties = [one for one in mine.decisions if one.of_rule and _leads(mine, one, known, other)]
        if ties or set(contradicted) - set(compare(revision.before, other.patient).contradicted):
            ask(connection, CONTRADICTION, (known, other), revision.cause, {"contradicted": contradicted})
        for decision in ties:
            withdraw(connection, decision.id, BY_RULE, at, f"contradicted: {', '.join(contradicted)}")
            ends[decision.id] = decision.other if decision.one == known.id else decision.one
            known.flag(CONTRADICTION, other.id)
            other.flag(CONTRADICTION, known.id)
    return claims.each(set(ends.values()))


def _concerned(mine: Component, known: Known, other: Known) -> bool:
    """A decision names both, or a strong number leads from one to the other, which its sender has not given up."""
    pair = {known.id, other.id}
    if any({decision.one, decision.other} == pair for decision in mine.decisions if decision.kind == "same"):
        return True
    shared = set(strong_numbers(known.patient)) & set(strong_numbers(other.patient))
    return bool(shared) and other.id not in mine.retired


def _leads(mine: Component, decision: Decision, known: Known, other: Known) -> bool:
    """The decision is about ``known`` and connects it with ``other``."""
    return known.id in (decision.one, decision.other) and other.id in mine.beyond(decision, known.id)
