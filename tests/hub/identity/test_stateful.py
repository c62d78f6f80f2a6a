"""Random histories of claims, corrections, senders' words and people's decisions: what must hold after each step.

``HUITONG_HISTORIES=10000`` runs that many; a few by default.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.database import open_database
from hub.errors import Refused
from hub.identity.agreement import agree, clash, numbers_of
from hub.identity.normalise import Description, Number, describe
from hub.identity.questions import SHARED
from hub.identity.scoring import DEFAULT, compare
from hub.migrations import prepare
from hub.model import Claim, Link, Merge, Unlink
from hub.records.ids import claim_id
from hub.records.json import decode
from tests.hub.feeding import Feeding, person, visit
from tests.hub.id_numbers import id_number
from tests.hub.identity.test_histories import components, state

HISTORIES = int(os.environ.get("HUITONG_HISTORIES", "12"))
FEEDS = "abc"
RESIDENTS = (
    ("欧阳海棠", "1970-03-08", "female", id_number(1)),
    ("司马青云", "1988-11-23", "male", id_number(2)),
    ("欧阳海燕", "1970-03-08", "female", id_number(3)),
    ("慕容雪", "2001-01-05", "female", ""),
)
SLOTS = [(feed, f"{resident}{copy}") for resident in range(len(RESIDENTS)) for feed in FEEDS for copy in "xy"]
VARIANTS = ("whole", "no number", "number and name", "wrong number", "misspelt", "wrong date", "phone")
TOLD = st.tuples(st.sampled_from(SLOTS), st.sampled_from(VARIANTS))
_PREPARED: list[Path] = []
pytestmark = pytest.mark.timeout(120 + HISTORIES * 5)


def claim_of(slot: tuple[str, str], variant: str) -> Claim:
    """One of the residents, as a feed may describe them."""
    _, number = slot
    name, birth, sex, own = RESIDENTS[int(number[0])]
    numbered = variant in ("whole", "number and name", "misspelt", "wrong date")
    id_ = own if numbered else RESIDENTS[(int(number[0]) + 1) % 3][3] if variant == "wrong number" else ""
    if variant == "misspelt":
        name = name[:-1] + "堂"
    elements: dict[str, Any] = {"birthDate": "1961-05-05" if variant == "wrong date" else birth, "gender": sex}
    if variant == "phone":
        elements["telecom"] = [{"system": "phone", "value": f"1380000000{number[0]}"}]
    return person(number, name, id_, **({} if variant == "number and name" else elements))


def new_base() -> tuple[Feeding, tempfile.TemporaryDirectory[str]]:
    """Of an empty record: prepared once, then copied."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    if not _PREPARED:
        _PREPARED.append(Path(tempfile.mkdtemp(dir=memory)))
        database = open_database("sqlite:///hub.db", base=_PREPARED[0])
        prepare(database)
        database.close()
    folder = tempfile.TemporaryDirectory(dir=memory)
    for file in _PREPARED[0].iterdir():
        if file.name.endswith(".db"):
            shutil.copy(file, folder.name)
    return Feeding(open_database("sqlite:///hub.db", base=Path(folder.name))), folder


def descriptions(base: Feeding) -> dict[str, Description]:
    return {claim: describe(decode(raw), feed) for claim, feed, raw in base.sql("SELECT id, feed, patient FROM claim")}


def joined_or_asked(base: Feeding) -> set[frozenset[str]]:
    """Pairs of claims that are of one person, or whose persons are in a question; not one that settled itself."""
    persons = base.persons()
    members: dict[str, set[str]] = {}
    for claim, one in persons.items():
        members.setdefault(one, set()).add(claim)
    pairs = {frozenset(pair) for claims in members.values() for pair in combinations(sorted(claims), 2)}
    for review in base.reviews():
        asked = {persons[claim] for claim in review.claims if claim in persons and review.status != "closed"}
        for one, other in combinations(sorted(asked), 2):
            pairs |= {frozenset((mine, theirs)) for mine in members[one] for theirs in members[other]}
    return pairs


def parted(base: Feeding) -> set[frozenset[str]]:
    """Pairs of claims that somebody has decided are not of one person, and those that are one with them."""
    persons = base.persons()
    ends = base.sql("SELECT one, other FROM decision WHERE kind = 'not_same' AND active = true")
    both = {frozenset((persons[one], persons[other])) for one, other in ends}
    return {
        frozenset(pair)
        for pair in combinations(sorted(persons), 2)
        if frozenset((persons[pair[0]], persons[pair[1]])) in both
    }


def numbers_by_claim(base: Feeding, found: dict[str, Description]) -> dict[str, frozenset[Number]]:
    """But for numbers that so many persons held that one question was asked about them all."""
    asked = {claim for review in base.reviews() if review.kind == SHARED for claim in review.claims}
    shared = {number for claim in asked for number in numbers_of(found[claim])}
    return {claim: numbers_of(description) - shared for claim, description in found.items()}


def worth_joining(base: Feeding) -> set[frozenset[str]]:
    """Pairs that share a number under whatever name, or are alike enough to be joined: told by the claims alone.

    But for those that only likeness speaks for, of persons who each have an ID number, and not the same.
    """
    found, persons = descriptions(base), base.persons()
    numbers = numbers_by_claim(base, found)
    ids: dict[str, set[str]] = {}
    for claim, one in persons.items():
        ids.setdefault(one, set()).update(found[claim].id_numbers)
    pairs = set()
    for one, other in combinations(sorted(found), 2):
        if not numbers[one] & numbers[other]:
            mine, theirs = ids[persons[one]], ids[persons[other]]
            told_apart = bool(mine and theirs) and mine.isdisjoint(theirs)
            if told_apart or numbers_of(found[one]) & numbers_of(found[other]):
                continue
            comparison = compare(found[one], found[other], DEFAULT)
            if comparison.vetoes or comparison.bits < DEFAULT.thresholds.link:
                continue
        pairs.add(frozenset((one, other)))
    return pairs


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.base, self._folder = new_base()
        self.heard: list[tuple[str, str]] = []

    def teardown(self) -> None:
        self.base.database.close()
        self._folder.cleanup()

    @rule(told=TOLD)
    def tell(self, told: tuple[tuple[str, str], str]) -> None:
        slot, variant = told
        self.base.tell(slot[0], claim_of(slot, variant), visit(f"V{slot[1]}", slot[1]))
        if slot not in self.heard:
            self.heard.append(slot)

    @precondition(lambda self: self.heard)
    @rule(kind=st.sampled_from([Merge, Link, Unlink]), at=st.integers(0, 99), other=st.integers(0, 99))
    def senders_word(self, kind: Any, at: int, other: int) -> None:
        feed, number = self.heard[at % len(self.heard)]
        numbers = [one for one_feed, one in self.heard if one_feed == feed and one != number]
        if numbers:
            self.base.tell(feed, person(number), events=[kind(person(numbers[other % len(numbers)]))])

    @precondition(lambda self: self.heard)
    @rule(at=st.integers(0, 99), other=st.integers(0, 99), back=st.booleans())
    def people_merge(self, at: int, other: int, back: bool) -> None:
        one, two = (claim_id(*self.heard[place % len(self.heard)]) for place in (at, other))
        before = state(self.base)
        with suppress(Refused):
            done = self.base.merge(one, two)
            if back:
                self.base.undo(done.decision)
                assert state(self.base) == before

    @precondition(lambda self: self.heard)
    @rule(at=st.integers(0, 99), back=st.booleans())
    def people_split(self, at: int, back: bool) -> None:
        before = state(self.base)
        with suppress(Refused):
            done = self.base.split(claim_id(*self.heard[at % len(self.heard)]))
            if back:
                self.base.undo(done.decision)
                assert state(self.base) == before

    @rule(at=st.integers(0, 99))
    def take_back(self, at: int) -> None:
        active = self.base.sql("SELECT id FROM decision WHERE active = true ORDER BY id")
        if active:
            with suppress(Refused):
                self.base.undo(active[at % len(active)][0])

    @invariant()
    def persons_are_what_decisions_connect(self) -> None:
        persons = self.base.persons()
        groups = {frozenset(claim for claim, one in persons.items() if one == other) for other in persons.values()}
        assert groups == components(self.base)
        assert dict(self.base.sql("SELECT claim, person FROM likeness")) == persons

    @invariant()
    def every_id_leads_to_its_person(self) -> None:
        persons = self.base.persons()
        assert all(persons[one] == one for one in persons.values())
        for claim, body in self.base.sql("SELECT id, body FROM resource WHERE type = 'Patient'"):
            links = [link["other"]["reference"].removeprefix("Patient/") for link in decode(body).get("link", ())]
            assert claim == persons[claim] or persons[claim] in links

    @invariant()
    def who_is_worth_joining_is_joined_asked_about_or_parted(self) -> None:
        missing = worth_joining(self.base) - joined_or_asked(self.base) - parted(self.base)
        if missing:
            note(str([(pair, [descriptions(self.base)[claim] for claim in pair]) for pair in missing]))
        assert not missing


Histories.TestCase.settings = settings(
    max_examples=HISTORIES, stateful_step_count=20, deadline=None, phases=[Phase.generate]
)
TestHistories = Histories.TestCase


def free_of_contradiction(found: dict[str, Description]) -> set[str]:
    """Claims whose numbers, and those of whoever shares them, and so on, lead only to claims that agree.

    Under one number and another given name is a relative, or somebody renamed: likeness decides, by who else is known.
    """
    groups = {claim: {claim} for claim in found}
    for one, other in combinations(sorted(found), 2):
        if numbers_of(found[one]) & numbers_of(found[other]):
            joined = groups[one] | groups[other]
            groups.update(dict.fromkeys(joined, joined))
    return {
        claim
        for claim, group in groups.items()
        if not any(_contradict(found[one], found[other]) for one, other in combinations(sorted(group), 2))
    }


def _contradict(one: Description, other: Description) -> bool:
    share = bool(numbers_of(one) & numbers_of(other))
    return clash(one, other, DEFAULT) or (share and not agree(one, other, DEFAULT).same)


@dataclass(frozen=True)
class Outcome:
    """What the hub has made of some claims."""

    free: set[str]
    """Claims of numbers that nobody contradicts."""
    linked: set[frozenset[str]]
    """Pairs of them that share a number and are joined."""
    pairs: set[frozenset[str]]
    """Pairs that are joined or asked about."""
    worth: set[frozenset[str]]


def told_in(order: list[tuple[tuple[str, str], str]]) -> Outcome:
    base, folder = new_base()
    try:
        for slot, variant in order:
            base.tell(slot[0], claim_of(slot, variant))
        persons, found = base.persons(), descriptions(base)
        free = free_of_contradiction(found)
        linked = {
            frozenset((one, other))
            for one, other in combinations(sorted(free), 2)
            if numbers_of(found[one]) & numbers_of(found[other]) and persons[one] == persons[other]
        }
        return Outcome(free, linked, joined_or_asked(base), worth_joining(base))
    finally:
        base.database.close()
        folder.cleanup()


@settings(max_examples=HISTORIES, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_any_order_of_the_same_claims_gives_the_same_links_and_the_same_pairs(data: st.DataObject) -> None:
    """The same links by number, where nobody contradicts; joined or asked about the same pairs that are worth it."""
    slots = data.draw(st.lists(st.sampled_from(SLOTS), min_size=2, max_size=8, unique=True))
    told = [(slot, data.draw(st.sampled_from(VARIANTS))) for slot in slots]
    one, other = told_in(told), told_in(data.draw(st.permutations(told)))
    free = one.free & other.free
    assert {pair for pair in one.linked if pair <= free} == {pair for pair in other.linked if pair <= free}
    assert one.worth <= one.pairs
    assert other.worth <= other.pairs
    worth = one.worth & other.worth
    assert one.pairs & worth == other.pairs & worth
