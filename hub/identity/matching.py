"""Which person a claim joins: the one its numbers lead to, else the one it is most like; what is doubtful is asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence

from hub.database import Connection
from hub.identity.agreement import (
    BY_LIKENESS,
    BY_NUMBER,
    agree,
    evidence_of,
    numbers_of,
    persons_clash,
)
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Component, Ruling, apart, component, decide
from hub.identity.leaving_out import numbered_twice, without, without_faults
from hub.identity.normalise import LENT, Description, Number, is_lent, own
from hub.identity.normalise.lending import MISTYPED
from hub.identity.questions import CONTRADICTION, DUPLICATE, FAULT, SHARED, ask, put_right
from hub.identity.registered import Register
from hub.identity.rules import Rules
from hub.identity.scoring import Candidate, Comparison, at_home, compare, contradicted, judge
from hub.identity.verdicts import Matched, Verdict, strength
from hub.model.person import ID_NUMBER_SYSTEM

MANY = 3
"""A number that so many persons hold says nothing about any of them."""
_OF_TWINS = frozenset(("twin", "birth_order"))
"""What speaks for two children of one mother; where each has a sound ID number, they are."""
ASKED = 10
"""Of persons that one claim resembles, so many are asked about."""


class Matcher:
    def __init__(self, connection: Connection, claims: Claims, candidates: Candidates, rules: Rules, at: int) -> None:
        self._connection = connection
        self._claims = claims
        self._candidates = candidates
        self._rules = rules
        self._register = Register(connection, claims, rules)
        self._at = at
        self._components: dict[str, Component] = {}
        self.in_doubt: set[str] = set()
        """Claims that what somebody decided keeps from joining: whoever else they may be is asked about as well."""

    def match(self, mine: Matched) -> bool:
        """Joins the claim to the one person it is about, if that is certain, and asks about the rest."""
        self._components.clear()
        verdicts = self._verdicts(mine)
        shared = self._shared(mine, verdicts)
        agreeing = self._unopposed(verdicts)
        asked = {verdict.holder.person for verdict in verdicts if verdict.number not in shared}
        if agreeing:
            looked = dataclasses.replace(mine, asked=asked.union(verdict.holder.person for verdict in agreeing))
            joined = by_number = self._join_by_number(mine, agreeing, shared)
            if joined:
                self._join_further(looked, verdicts, agreeing[0].holder, shared)
            else:
                joined = self._join_by_likeness(looked, verdicts, shared)
        else:
            joined, by_number = self._join_by_likeness(dataclasses.replace(mine, due=asked), verdicts, shared), False
        answered = {verdict.system for verdict in agreeing if by_number}
        if is_lent(mine.known.patient):
            answered.add(ID_NUMBER_SYSTEM)
        told = set[str]()
        for verdict in verdicts:
            settled = verdict.system in answered or verdict.number in shared or verdict.agreement.same
            if not (settled or self._is_one(mine.known, verdict.holder)):
                if verdict.agreement.number_alone:
                    self._ask_about_number(mine, verdict)
                elif verdict.holder.person not in told:
                    told.add(verdict.holder.person)
                    self._contradict(mine, verdict, verdicts)
                if not (joined or verdict.agreement.number_alone):
                    mine.known.flag(CONTRADICTION, verdict.holder.id)
        return joined

    def _is_one(self, known: Known, other: Known) -> bool:
        return other.id in self._component(known).claims

    def _verdicts(self, mine: Matched) -> list[Verdict]:
        """Strongest number first, earliest holder first."""
        numbers = sorted(numbers_of(mine.description), key=strength)
        held = self._claims.held(numbers)
        holding = {number: self._claims.each(held[number] - {mine.known.id}) for number in numbers}
        others = [one for holders in holding.values() for one in holders if one.person != mine.known.person]
        described = self._candidates.described([one.id for one in others]) if others else {}
        return [
            Verdict(number, one, agree(mine.description, described[one.id], self._rules.model))
            for number in numbers
            for one in holding[number]
            if one.person != mine.known.person and one.id in described
        ]

    def _shared(self, mine: Matched, verdicts: Sequence[Verdict]) -> frozenset[Number]:
        """Numbers that too many persons hold: asked about once, and no reason to join."""
        persons: dict[Number, dict[str, Known]] = {}
        for verdict in verdicts:
            persons.setdefault(verdict.number, {}).setdefault(verdict.holder.person, verdict.holder)
        shared = {number: list(held.values()) for number, held in persons.items() if len(held) >= MANY}
        for (system, _), holders in shared.items():
            ask(self._connection, SHARED, (holders[0],), mine.cause, {"system": system, "persons": len(holders)})
        return frozenset(shared)

    def _unopposed(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """Those that agree, but for persons of whom another claim with the number, not retired, contradicts."""
        agreeing = [verdict for verdict in verdicts if verdict.agreement.same]
        persons = {verdict.holder.person for verdict in agreeing}
        borne_out: dict[tuple[str, Number], set[str]] = {}
        for verdict in agreeing:
            borne_out.setdefault((verdict.holder.person, verdict.number), set()).update(verdict.agreement.agreed)
        opposed = {
            verdict.holder.person
            for verdict in verdicts
            if verdict.holder.person in persons and not self._retired(verdict.holder)
            if verdict.agreement.opposed_beyond(borne_out.get((verdict.holder.person, verdict.number), ()))
        }
        return [verdict for verdict in agreeing if verdict.holder.person not in opposed]

    def _retired(self, known: Known) -> bool:
        return known.id in self._component(known).retired

    def _join_by_number(self, mine: Matched, agreeing: Sequence[Verdict], shared: Collection[Number]) -> bool:
        best = agreeing[0]
        evidence = best.agreement.evidence(BY_NUMBER, self._rules.model, system=best.system)
        strongest = {verdict.holder.person for verdict in agreeing if verdict.system == best.system}
        several = len({verdict.holder.person for verdict in agreeing}) > 1
        holders = [verdict.holder for verdict in agreeing]
        doubt = len(strongest) > 1 or best.number in shared or self._doubt(mine, holders)
        if several or doubt:
            ask(self._connection, DUPLICATE, (mine.known, *holders), mine.cause, evidence)
        return not doubt and self._join(mine, best.holder, evidence)

    def _join_further(
        self, mine: Matched, verdicts: Sequence[Verdict], best: Known, shared: Collection[Number]
    ) -> None:
        """A claim that tells more than the one whose number it has may be known elsewhere by that."""
        told = self._candidates.described([best.id])[best.id]
        further = dataclasses.replace(mine, fresh=False, joined=told)
        self._join_by_likeness(further, verdicts, shared)

    def _join_by_likeness(self, mine: Matched, verdicts: Sequence[Verdict], shared: Collection[Number]) -> bool:
        description = without(mine.description, shared)
        found = self._near(mine, description)
        settled = {verdict.holder.person for verdict in verdicts if verdict.is_settled and verdict.number not in shared}
        found = [candidate for candidate in found if candidate.person not in settled.union(mine.asked)]
        if not found:
            return False
        description, found = without_faults(description, found)
        judgement = self._register.judged(description, found)
        if judgement.verdict == "same":
            found = self._whole(found, judgement.compared[0][0].person)
            judgement = self._register.judged(description, found)
        if judgement.verdict == "same":
            best = judgement.compared[0]
            if judgement.why == "relatives_id":
                return self._join_beside(mine, best, found, verdicts)
            if self._join_alike(mine, best, found, judgement.why):
                return True
            for _ in range(ASKED):  # who is alike enough is asked about as one in doubt
                if judgement.verdict == "same":
                    found = [each for each in found if each.person != judgement.compared[0][0].person]
                    judgement = judge(description, found, self._rules.model)
        if judgement.why == "two_id_numbers" and self._join_mistyped(mine, found, verdicts):
            return True
        if judgement.verdict == "ask":
            holders = {verdict.holder.id for verdict in verdicts}
            pairs = [pair for pair in judgement.compared if pair[0].claim not in holders]
            self._ask_alike(mine, [pair for pair in pairs if self._worth_asking(description, *pair)], judgement.why)
        return False

    def _join_beside(
        self,
        mine: Matched,
        pair: tuple[Candidate, Comparison],
        found: Sequence[Candidate],
        verdicts: Sequence[Verdict],
    ) -> bool:
        """Under a relative's number, which counts for nothing from now on, but for one question."""
        holders = [verdict for verdict in verdicts if verdict.system == ID_NUMBER_SYSTEM]
        described = own(mine.description)
        if not holders or not self._join_alike(dataclasses.replace(mine, description=described), pair, found, LENT):
            return False
        mine.known.flag(LENT, holders[0].holder.id)
        self._claims.renumber(mine.known.id, numbers_of(mine.description), numbers_of(described))
        self._candidates.note(mine.known.id, described)
        detail = holders[0].agreement.evidence(LENT, self._rules.model, system=ID_NUMBER_SYSTEM)
        detail["contradicted"] = holders[0].agreement.contradicted
        ask(self._connection, CONTRADICTION, (mine.known, holders[0].holder), mine.cause, detail)
        return True

    def _join_mistyped(self, mine: Matched, found: Sequence[Candidate], verdicts: Sequence[Verdict]) -> bool:
        """Under a number that counts for nothing from now on, but for the question about it."""
        held = any(verdict.system == ID_NUMBER_SYSTEM for verdict in verdicts)
        off = None if held else self._register.a_digit_off(mine, found, self._whole)
        if off is None:
            return False
        described = dataclasses.replace(mine, description=off.described)
        if not self._join_alike(described, off.pair, off.found, MISTYPED):
            return False
        mine.known.flag(MISTYPED, off.pair[0].claim)
        self._candidates.note(mine.known.id, own(mine.description))
        self._claims.renumber(mine.known.id, numbers_of(mine.description), numbers_of(off.described))
        ask(self._connection, FAULT, (mine.known,), mine.cause, {"faults": (MISTYPED,)})
        return True

    def _near(self, mine: Matched, description: Description) -> list[Candidate]:
        """Claims of others that may be the same person."""
        own = self._component_of(mine).claims
        search = self._candidates.search(description, own, mine.joined)
        if search.blind:
            ask(self._connection, DUPLICATE, (mine.known,), mine.cause, {"rule": "too many are alike to look at"})
        near = {candidate.claim: candidate for candidate in (*mine.kin, *search.candidates)}
        elsewhere = at_home(description, near.values(), self._rules.model)
        if elsewhere is not None:
            numbers = set(description.id_numbers)
            for person in {one.person for one in near.values() if numbers.intersection(one.description.id_numbers)}:
                near |= {candidate.claim: candidate for candidate in self._whole(tuple(near.values()), person)}
            elsewhere = at_home(description, near.values(), self._rules.model) or elsewhere
            near |= {candidate.claim: candidate for candidate in self._candidates.near(elsewhere, own)}
        return [candidate for candidate in near.values() if candidate.claim not in own]

    def _worth_asking(self, description: Description, candidate: Candidate, comparison: Comparison) -> bool:
        """Not where little but a claim without a number is alike, and its person has another number; nor twins."""
        if "two_id_numbers" in comparison.vetoes and not _OF_TWINS.isdisjoint(comparison.vetoes):
            return False
        if comparison.bits >= self._rules.model.thresholds.link or not description.id_numbers:
            return True
        claims = component(self._connection, candidate.claim).claims
        others = self._candidates.described(claims).values()
        return not any(each.id_numbers and set(each.id_numbers).isdisjoint(description.id_numbers) for each in others)

    def _join_alike(
        self, mine: Matched, pair: tuple[Candidate, Comparison], found: Sequence[Candidate], why: str
    ) -> bool:
        candidate, comparison = pair
        other = self._claims.get(candidate.claim)
        if other is None or apart(self._component_of(mine), self._component(other)):
            self.in_doubt.add(mine.known.id)
            return False
        rivals = self._parted_from(other, mine.description, found)
        why_not = "parted" if rivals else "several" if self._doubt(mine, [other]) else self._opposed(mine, other)
        if why_not:
            self.in_doubt.add(mine.known.id)
            self._ask_alike(mine, [pair, *rivals], why_not)
            return False
        return self._join(mine, other, {"rule": BY_LIKENESS, "why": why, **evidence_of(comparison, self._rules.model)})

    def _join(self, mine: Matched, other: Known, evidence: dict[str, object]) -> bool:
        if apart(self._component_of(mine), self._component(other)):
            return False
        decide(self._connection, "same", other.id, mine.known.id, Ruling(BY_RULE, self._at, evidence, mine.cause.entry))
        return True

    def _whole(self, found: Sequence[Candidate], person: str) -> list[Candidate]:
        """With every claim of the person: what one of them contradicts, one that shares a key may not say."""
        seen = {candidate.claim for candidate in found}
        others = component(self._connection, person).claims - seen
        if not others:
            return list(found)
        described = self._candidates.described(others)
        return [*found, *(Candidate(claim, person, said) for claim, said in sorted(described.items()))]

    def _parted_from(
        self, other: Known, description: Description, found: Sequence[Candidate]
    ) -> list[tuple[Candidate, Comparison]]:
        """Those of ``found`` that somebody parted from ``other``'s person, and that are as good a reason to join."""
        theirs = self._component(other)
        parted = {
            end for said in theirs.decisions if said.kind == "not_same" for end in (said.one, said.other)
        } - theirs.claims
        persons = {known.person for known in self._claims.each(parted)}
        link = self._rules.model.thresholds.link
        pairs = [
            (each, compare(description, each.description, self._rules.model))
            for each in found
            if each.person in persons
        ]
        return [pair for pair in pairs if pair[1].bits >= link]

    def _doubt(self, mine: Matched, others: Sequence[Known]) -> bool:
        """Rules join no two persons of several claims each, none that clash, nor two of one verified feed."""
        own, theirs = self._component_of(mine), self._component(others[0])
        if len(own.claims - {mine.known.id}) > 1 and len(theirs.claims) > 1:
            return True
        components = [theirs, *(self._component(other) for other in others[1:])]
        if any(apart(one, two) for at, one in enumerate(components) for two in components[at + 1 :]):
            return True
        return bool(self._register.that_know(own) & self._register.that_know(theirs)) or self._clash(mine, own, theirs)

    def _clash(self, mine: Matched, own: Component, theirs: Component) -> bool:
        """Claims of the two persons, not retired, that no one person can have."""
        ours = [mine.description, *self._candidates.described(own.claims - own.retired - {mine.known.id}).values()]
        others = list(self._candidates.described(theirs.claims - theirs.retired).values())
        model = self._rules.model
        if not persons_clash(ours, others, model):
            return False
        known = self._claims.each(own.claims | theirs.claims)
        old = {(ID_NUMBER_SYSTEM, number) for one in known for number in put_right(one.patient)}
        if old:
            ours, others = ([without(one, old) for one in those] for those in (ours, others))
        return persons_clash(ours, others, model)

    def _opposed(self, mine: Matched, other: Known) -> str:
        """What else the two persons' claims tell against likeness: another day or name, two numbers of one sender."""
        theirs = self._claims.each(self._component(other).claims)
        described = self._candidates.described([one.id for one in theirs])
        ours = self._candidates.described(self._component_of(mine).claims - {mine.known.id})
        all_ = [mine.description, *ours.values()] if ours else []
        beside = [compare(one, said, self._rules.model) for one in all_ for said in described.values()]
        known = [(one, described[one.id]) for one in theirs if one.id in described]
        return contradicted(beside) or numbered_twice(mine, known, self._rules)

    def _component_of(self, mine: Matched) -> Component:
        return Component(frozenset([mine.known.id]), ()) if mine.fresh else self._component(mine.known)

    def _component(self, known: Known) -> Component:
        found = self._components.get(known.id)
        if found is None:
            found = self._components[known.id] = component(self._connection, known.id)
        return found

    def _ask_about_number(self, mine: Matched, verdict: Verdict) -> None:
        """Once of two persons, whichever of their claims has the number: one tells it, and not who has it."""
        pair = [
            self._claims.each(component(self._connection, one.id).claims)[0] for one in (mine.known, verdict.holder)
        ]
        detail = verdict.agreement.evidence(BY_NUMBER, self._rules.model, system=verdict.system, why="number_alone")
        ask(self._connection, DUPLICATE, pair, mine.cause, detail)

    def _contradict(self, mine: Matched, verdict: Verdict, verdicts: Sequence[Verdict]) -> None:
        """Once of a person, with those of its claims that agree: should they be parted, they are asked about still."""
        detail = verdict.agreement.evidence(BY_NUMBER, self._rules.model, system=verdict.system)
        detail["contradicted"] = verdict.agreement.contradicted or ("name",)
        others = [one.holder for one in verdicts if one.agreement.same and one.holder.person == verdict.holder.person]
        ask(self._connection, CONTRADICTION, (mine.known, verdict.holder, *others), mine.cause, detail)

    def _ask_alike(self, mine: Matched, pairs: Iterable[tuple[Candidate, Comparison]], why: str) -> None:
        own, asked = self._component_of(mine), mine.known.flagged(CONTRADICTION)
        for candidate, comparison in list(pairs)[:ASKED]:
            other = self._claims.get(candidate.claim)
            told = other is None or other.id in asked or other.person in mine.due
            if other is not None and not told and not apart(own, self._component(other)):
                detail = {"rule": BY_LIKENESS, "why": why, **evidence_of(comparison, self._rules.model)}
                ask(self._connection, DUPLICATE, (mine.known, other), mine.cause, detail)
