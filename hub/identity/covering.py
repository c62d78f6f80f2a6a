"""What an act or a correction leaves unasked: those it took apart are compared with others once more.

As long as claims are one person, a question about one of them is a question about all. Once they are parted, whoever is
worth joining with one side may have been asked about by way of the other alone, or told apart by its number. Rules join
nobody here: what somebody has just decided is followed by questions, never by other joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.database import Connection
from hub.identity.agreement import BY_LIKENESS, BY_NUMBER, agree, evidence_of, numbers_of
from hub.identity.asked import asked_about_numbers
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims, Known
from hub.identity.corrections import in_force
from hub.identity.graph import Component, apart, component
from hub.identity.leaving_out import without_faults
from hub.identity.matching import MANY
from hub.identity.normalise import Description
from hub.identity.questions import CONTRADICTION, DUPLICATE, SHARED, Standing, ask
from hub.identity.rules import Rules
from hub.identity.scoring import compare
from hub.identity.settled import WHILE
from hub.model import Json
from hub.records.stored import Cause
from hub.review import Question, open_review, standing


@dataclass(frozen=True, slots=True)
class _Worth:
    """A claim of another person that is worth joining."""

    other: Known
    kind: str
    detail: Json
    by_number: bool


@dataclass(frozen=True, slots=True)
class Covering:
    """In the transaction of the act or the message; when its decisions are made and all persons are up to date."""

    connection: Connection
    claims: Claims
    candidates: Candidates
    rules: Rules

    def cover(self, touched: Iterable[str], decision: int | None = None) -> None:
        """Asks about whoever is worth joining with one of these claims and was not asked about, nor parted from it.

        Such a question stands as long as the decision is in force, or out of it, as now: an act taken back leaves none.
        """
        left, persons = set(touched), list[Component]()
        while left:
            persons.append(component(self.connection, min(left)))
            left -= persons[-1].claims
        if not persons:
            return
        until = (decision, decision in in_force(self.connection, [decision])) if decision is not None else None
        described = self.candidates.described({claim for mine in persons for claim in mine.claims})
        self.candidates.expect_near(described.values())
        self.claims.expect_numbers(number for each in described.values() for number in numbers_of(each))
        for mine in persons:
            ours = {claim: description for claim, description in described.items() if claim in mine.claims}
            self._cover(mine, ours, until)

    def _cover(self, mine: Component, described: Mapping[str, Description], until: Standing | None) -> None:
        asked = self._asked(mine)
        for known in self.claims.each(described):
            for found in self._worth_joining(described[known.id], mine):
                theirs = component(self.connection, found.other.id)
                if found.other.person in asked or apart(mine, theirs):
                    continue
                if not found.by_number and _told_apart(described, self.candidates.described(theirs.claims)):
                    continue
                asked.add(found.other.person)
                self._ask(known, found, until)

    def _ask(self, known: Known, found: _Worth, until: Standing | None) -> None:
        pair = (known.id, found.other.id)
        key, detail = "/".join((found.kind, *sorted(pair))), found.detail
        if until is not None:  # a question of its own, so that it ends with the act
            key, detail = f"{key}/after/{until[0]}", detail | {WHILE: until}
        open_review(self.connection, Question(found.kind, key, known.feed, known.entry, pair, detail))

    def _asked(self, mine: Component) -> set[str]:
        """Persons in a question with this one, open or answered; what settled itself may come up again."""
        claims = {claim for review in standing(self.connection, mine.claims) for claim in review.claims}
        return {known.person for known in self.claims.each(claims)}

    def _worth_joining(self, description: Description, mine: Component) -> Iterator[_Worth]:
        model, sharing = self.rules.model, set[str]()
        for number, held in self.claims.held(numbers_of(description)).items():
            others = [one for one in self.claims.each(held) if one.id not in mine.claims]
            sharing |= {one.id for one in others}
            if (persons := len({one.person for one in others})) >= MANY:
                cause = Cause(others[0].feed, others[0].entry)
                if not asked_about_numbers(self.connection, [number]):
                    ask(self.connection, SHARED, others[:1], cause, {"system": number[0], "persons": persons})
                continue
            for other in others:
                for theirs in self.candidates.described([other.id]).values():
                    found = agree(description, theirs, model)
                    detail = found.evidence(BY_NUMBER, model, system=number[0])
                    if found.opposed:
                        detail["contradicted"] = found.contradicted
                    kind = CONTRADICTION if found.opposed else DUPLICATE
                    yield _Worth(other, kind, detail, by_number=True)
        described, near_by = without_faults(description, self.candidates.near(description, mine.claims | sharing))
        for candidate in near_by:
            comparison = compare(described, candidate.description, model)
            if comparison.vetoes or comparison.bits < model.thresholds.link:
                continue
            near = self.claims.get(candidate.claim)
            if near is not None:
                detail = {"rule": BY_LIKENESS, **evidence_of(comparison, model)}
                yield _Worth(near, DUPLICATE, detail, by_number=False)


def _told_apart(ours: Mapping[str, Description], theirs: Mapping[str, Description]) -> bool:
    """Both persons have an ID number, and not the same."""
    one, other = ({number for each in all_.values() for number in each.id_numbers} for all_ in (ours, theirs))
    return bool(one and other) and one.isdisjoint(other)
