"""What a rule once joined and a later message no longer bears out: the rule takes its own decision back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.database import Connection
from hub.identity.agreement import (
    Agreement,
    agree,
    evidence_of,
    is_named_and_dated,
    negative,
    numbers_of,
    persons_clash,
)
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Component, Decision, component, withdraw
from hub.identity.normalise import Description
from hub.identity.questions import CONTRADICTION, DUPLICATE, ask
from hub.identity.rules import Rules
from hub.identity.scoring import Comparison, compare
from hub.model import Json
from hub.records.stored import Cause


@dataclass(frozen=True, slots=True)
class Revision:
    """A claim as it is described now, and as it was."""

    known: Known
    now: Description
    before: Description
    cause: Cause


@dataclass(frozen=True, slots=True)
class Parting:
    connection: Connection
    claims: Claims
    candidates: Candidates
    rules: Rules
    at: int

    def part(self, revision: Revision) -> list[Known]:
        """Withdraws the rules' decisions that the revised claim contradicts; the claims they had joined it with.

        What a person decided or a sender merged stands, with a review of what is newly contradicted.
        """
        known, mine = revision.known, component(self.connection, revision.known.id)
        others = self.claims.each(mine.claims - {known.id})
        if not others:
            return []
        described = self.candidates.described([other.id for other in others])
        ends: dict[int, str] = {}
        borne_out = not persons_clash([revision.now], list(described.values()), self.rules.model)
        asked: list[tuple[Known, Json]] = []
        for other in others:
            theirs = described.get(other.id)
            if theirs is not None and not (borne_out and numbers_of(revision.now) & numbers_of(theirs)):
                ends |= self._part_from(other, theirs, revision, mine, asked)
        self._ask_once_of_each(revision, asked)
        ends |= self._no_longer_alike(revision, mine, described, but=ends)
        return self.claims.each(set(ends.values()))

    def _part_from(
        self, other: Known, theirs: Description, revision: Revision, mine: Component, asked: list[tuple[Known, Json]]
    ) -> Mapping[int, str]:
        """Adds to ``asked`` what it contradicts."""
        known = revision.known
        now = agree(revision.now, theirs, self.rules.model)
        if not (now.opposed and self._concerned(mine, revision, other, theirs)):
            return {}
        ties = [one for one in mine.decisions if one.of_rule and _leads(mine, one, known, other)]
        if ties or _news(now, agree(revision.before, theirs, self.rules.model)):
            detail = {"contradicted": now.contradicted, "vetoes": now.comparison.vetoes if now.comparison else ()}
            asked.append((other, detail))
        for decision in ties:
            self._withdraw(decision, f"contradicted: {', '.join(now.contradicted)}", revision.cause)
            known.flag(CONTRADICTION, other.id)
            other.flag(CONTRADICTION, known.id)
        return {decision.id: _far_end(decision, known) for decision in ties}

    def _ask_once_of_each(self, revision: Revision, asked: Iterable[tuple[Known, Json]]) -> None:
        """A question for each person that the others are by now."""
        told = set[str]()
        for other, detail in asked:
            if other.id not in told:
                told |= component(self.connection, other.id).claims
                ask(self.connection, CONTRADICTION, (revision.known, other), revision.cause, detail)

    def _no_longer_alike(
        self, revision: Revision, mine: Component, described: Mapping[str, Description], but: Mapping[int, str]
    ) -> Mapping[int, str]:
        """Of those that only likeness joined: what is too little by now to join them is a question."""
        known, ends = revision.known, dict[int, str]()
        for decision in mine.decisions:
            if not decision.of_rule or decision.id in but or known.id not in (decision.one, decision.other):
                continue
            other = self.claims.get(_far_end(decision, known))
            theirs = described.get(other.id) if other is not None else None
            if other is None or theirs is None or numbers_of(revision.now) & numbers_of(theirs):
                continue
            comparison = compare(revision.now, theirs, self.rules.model)
            if comparison.bits >= self._link(mine, comparison) and not comparison.vetoes:
                continue
            detail = {"contradicted": negative(comparison), **evidence_of(comparison, self.rules.model)}
            ask(self.connection, DUPLICATE, (known, other), revision.cause, detail)
            self._withdraw(decision, "no longer alike enough", revision.cause)
            ends[decision.id] = other.id
        return ends

    def _link(self, mine: Component, comparison: Comparison) -> float:
        """Of somebody in a verified register less is enough."""
        registered = any(known.feed in self.rules.verified for known in self.claims.each(mine.claims))
        model = self.rules.model
        lenient = registered and is_named_and_dated(comparison.levels)
        return (model.of_registered if lenient else model).thresholds.link

    def _withdraw(self, decision: Decision, why: str, cause: Cause) -> None:
        """For good, or as long as the correction stands that the message makes."""
        withdraw(self.connection, decision.id, BY_RULE, self.at, why, cause.decision or 0)

    def _concerned(self, mine: Component, revision: Revision, other: Known, theirs: Description) -> bool:
        """A number leads from one to the other, which its sender has not given up, or somebody else joined the two."""
        if numbers_of(revision.now) & numbers_of(theirs):
            pair = {revision.known.id, other.id}
            return other.id not in mine.retired or _named(mine, pair, of_rule=None)
        return _named(mine, {revision.known.id, other.id}, of_rule=False) or _by_number(mine, revision, other, theirs)


def _by_number(mine: Component, revision: Revision, other: Known, theirs: Description) -> bool:
    """A number they shared had joined the two, and one of them has another by now."""
    shared = numbers_of(revision.before) & numbers_of(theirs)
    return bool(shared) and _named(mine, {revision.known.id, other.id}, of_rule=True)


def _named(mine: Component, pair: set[str], of_rule: bool | None) -> bool:
    """A "same" decision names both: a rule's, somebody else's, or anybody's."""
    return any(
        {decision.one, decision.other} == pair and (of_rule is None or decision.of_rule == of_rule)
        for decision in mine.decisions
        if decision.kind == "same"
    )


def _news(now: Agreement, before: Agreement) -> bool:
    """It contradicts in more than it did."""
    return bool(set(now.contradicted) - set(before.contradicted)) or (now.opposed and not before.opposed)


def _leads(mine: Component, decision: Decision, known: Known, other: Known) -> bool:
    """The decision is about ``known`` and connects it with ``other``."""
    return known.id in (decision.one, decision.other) and other.id in mine.beyond(decision, known.id)


def _far_end(decision: Decision, known: Known) -> str:
    return decision.other if decision.one == known.id else decision.one
