"""What a verified register adds: it has nearly everybody, and everybody's number, name and birth date as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.database import Connection
from hub.identity.agreement import is_a_digit_off, is_named_and_dated, is_tied
from hub.identity.claims import Claims
from hub.identity.graph import Component, component
from hub.identity.leaving_out import without_id_numbers
from hub.identity.normalise import Description, own
from hub.identity.rules import Rules
from hub.identity.scoring import Candidate, Comparison, Judgement, compare, judge
from hub.identity.verdicts import Matched

_TOO_LITTLE = ("score", "slips")


@dataclass(frozen=True, slots=True)
class DigitOff:
    """Whom a claim is surely about though its ID number has one digit otherwise."""

    described: Description
    """The claim without that number."""
    pair: tuple[Candidate, Comparison]
    found: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Register:
    connection: Connection
    claims: Claims
    rules: Rules

    def that_know(self, of: Component) -> set[str]:
        """The verified feeds that know this person by a number they have not given up."""
        if not self.rules.verified:
            return set()
        return {known.feed for known in self.claims.each(of.claims - of.retired) if known.feed in self.rules.verified}

    def judged(self, description: Description, found: Sequence[Candidate]) -> Judgement:
        """Of somebody in it less is enough, where name and birth date both agree: few are not in it."""
        judgement = judge(description, found, self.rules.model)
        if not self.rules.verified or judgement.why not in _TOO_LITTLE or judgement.verdict != "ask":
            return judgement
        of_registered = judge(description, found, self.rules.model.of_registered)
        if (of_registered.verdict, of_registered.why) != ("same", "score"):
            return judgement
        candidate, comparison = of_registered.compared[0]
        known = self.that_know(component(self.connection, candidate.claim))
        return of_registered if known and is_named_and_dated(comparison.levels) else judgement

    def a_digit_off(
        self,
        mine: Matched,
        found: Sequence[Candidate],
        whole: Callable[[Sequence[Candidate], str], Sequence[Candidate]],
    ) -> DigitOff | None:
        """Whom it surely is without its ID number, if the register has that with another digit under the same name.

        For a number that nobody has, and only with a phone, a door, a paper or a mother in common: of one station, two
        of one name and one day may well differ in a digit. ``whole`` adds to the candidates all claims of one's person.
        A birth date that the wrong number filled in is left out too, if the rest is not enough with it.
        """
        if mine.known.feed in self.rules.verified or len(mine.description.id_numbers) != 1:
            return None
        for described in (without_id_numbers(mine.description), own(mine.description)):
            best = judge(described, found, self.rules.model)
            if best.verdict == "same":
                all_ = whole(found, best.compared[0][0].person)
                again = judge(described, all_, self.rules.model)
                if again.verdict == "same" and self._has_with_another_digit(mine.description, again, all_):
                    return DigitOff(described, again.compared[0], all_)
        return None

    def _has_with_another_digit(self, mine: Description, judgement: Judgement, found: Sequence[Candidate]) -> bool:
        person = judgement.compared[0][0].person
        levels = {
            one.claim: compare(mine, one.description, self.rules.model).levels for one in found if one.person == person
        }
        registered = [known.id for known in self.claims.each(levels) if known.feed in self.rules.verified]
        by_one = registered and all(is_a_digit_off(levels[claim]) for claim in registered)
        return bool(by_one) and any(map(is_tied, levels.values()))
