"""What became of claims whose truth is known, counted as docs/reference/identity.md says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from benchmarks.people import REGISTER, Said
from hub.records.ids import claim_id


@dataclass(frozen=True, slots=True)
class Told:
    """One claim and its truth."""

    claim: str
    person: int
    classes: frozenset[str]
    registered: bool = False
    """The register's own claim."""


def truth_of(said: Said) -> Told:
    return Told(claim_id(said.feed, said.number), said.person, frozenset(said.classes), said.feed == REGISTER)


@dataclass(slots=True)
class Tally:
    """Of claims of feeds; ``due`` have somebody registered they are about."""

    claims: int = 0
    due: int = 0
    found: int = 0
    joined: int = 0
    wrong: int = 0
    asked: int = 0
    asked_of_due: int = 0
    """Not found, but sent to people: a person may still find them."""

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.due if self.due else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.found else 0.0

    @property
    def review_share(self) -> float:
        return self.asked / self.claims if self.claims else 0.0

    @property
    def wrong_share(self) -> float:
        """Of claims, not of joins: what a class is held to."""
        return self.wrong / self.claims if self.claims else 0.0


@dataclass
class Outcome:
    """``person_of``: the claim that a claim's person begins with, its own where it is alone."""

    told: list[Told]
    person_of: Mapping[str, str]
    asked: Collection[str]
    """Claims that an open question about who they are names."""
    by_class: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    all: Tally = field(default_factory=Tally)
    register_joined: int = 0
    """Claims of the register that were joined to another: always wrong."""
    asked_though_joined: int = 0

    def __post_init__(self) -> None:
        truth = {one.claim: one.person for one in self.told}
        registered = {one.person: one.claim for one in self.told if one.registered}
        sizes = Counter(self.person_of.values())
        for one in self.told:
            owner = self.person_of[one.claim]
            if one.registered:
                self.register_joined += owner != one.claim
                continue
            joined, wrong = owner != one.claim, truth[owner] != one.person
            alone = sizes[owner] == 1
            asked = alone and one.claim in self.asked
            self.asked_though_joined += not alone and one.claim in self.asked
            due = one.person in registered
            found = due and self.person_of[registered[one.person]] == owner and not wrong
            for tally in (self.all, *(self.by_class[name] for name in one.classes or {"clean"})):
                tally.claims += 1
                tally.due += due
                tally.found += found
                tally.joined += joined
                tally.wrong += wrong
                tally.asked += asked
                tally.asked_of_due += asked and due and not found


@dataclass(frozen=True, slots=True)
class Pairs:
    """Every two claims of one true person, and every two of one person as decided."""

    true: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.true + self.said) if self.true + self.said else 1.0


def pairs(told: Iterable[Told], person_of: Mapping[str, str]) -> Pairs:
    both = Counter((one.person, person_of[one.claim]) for one in told)
    true, said = Counter[int](), Counter[str]()
    for (person, owner), many in both.items():
        true[person] += many
        said[owner] += many
    return Pairs(_pairs(true.values()), _pairs(said.values()), _pairs(both.values()))


def found_again(told: Iterable[Told], person_of: Mapping[str, str]) -> tuple[int, int]:
    """Claims about somebody of whom an earlier claim is known: how many are with one of those, and of how many."""
    seen: dict[int, set[str]] = defaultdict(set)
    found = of = 0
    for one in told:
        earlier, owner = seen[one.person], person_of[one.claim]
        of += bool(earlier)
        found += owner in earlier
        earlier.add(owner)
    return found, of


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def table(outcome: Outcome) -> str:
    """Recall, wrong joins and questions by class, the commonest class last."""
    rows = [
        f"| `{name}` | {one.claims:,} | {_per_cent(one)} | {one.wrong} | {100 * one.wrong_share:.3f} "
        f"| {100 * one.review_share:.2f} |"
        for name, one in sorted(outcome.by_class.items())
    ]
    head = "| class | claims | recall % | wrong | wrong % | to people % |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([head, *rows])


def _per_cent(of: Tally) -> str:
    """Recall, where there was anybody to be found."""
    return f"{100 * of.recall:.2f}" if of.due else "–"
