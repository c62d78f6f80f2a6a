"""The scoring room alone: descriptions in memory, found by their keys and judged, nothing written."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.linking.counting import Outcome, Told, truth_of
from benchmarks.people import Said
from hub.identity.normalise import Description, describe
from hub.identity.scoring import DEFAULT, Candidate, Judgement, Model, judge, keys
from hub.identity.scoring.judging import at_home

CAP = 200
"""A key that more claims share is left out, as the hub does."""


@dataclass
class Room:
    model: Model = DEFAULT
    told: list[Told] = field(default_factory=list)
    person_of: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    judged: dict[str, Judgement] = field(default_factory=dict)
    """The newest of each claim of a feed: what to look at when tuning."""
    descriptions: dict[str, Description] = field(default_factory=dict)
    seconds: float = 0.0
    _sharing: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, all_said: Iterable[Said]) -> None:
        for said in all_said:
            one, patient = truth_of(said), said.claim().patient
            begin = time.perf_counter()
            self._take(one, describe(patient, said.feed))
            self.seconds += time.perf_counter() - begin

    def outcome(self) -> Outcome:
        return Outcome(self.told, self.person_of, self.asked)

    def near(self, description: Description) -> list[Candidate]:
        shared = (self._sharing.get(key, ()) for key in keys(description))
        claims = dict.fromkeys(claim for one in shared if len(one) <= CAP for claim in one)
        return [Candidate(claim, self.person_of[claim], self.descriptions[claim]) for claim in sorted(claims)]

    def judge(self, description: Description) -> Judgement:
        found = self.near(description)
        elsewhere = at_home(description, found, self.model)
        if elsewhere is not None:
            known = {one.claim for one in found}
            found += [one for one in self.near(elsewhere) if one.claim not in known]
        return judge(description, found, self.model)

    def _take(self, one: Told, description: Description) -> None:
        """The register is not joined with itself: whom it names twice it knows apart."""
        person = one.claim
        if not one.registered:
            judgement = self.judged[one.claim] = self.judge(description)
            if judgement.verdict == "same":
                person = judgement.compared[0][0].person
            elif judgement.verdict == "ask":
                self.asked.add(one.claim)
        self.told.append(one)
        self.person_of[one.claim], self.descriptions[one.claim] = person, description
        for key in keys(description):
            self._sharing[key].append(one.claim)
