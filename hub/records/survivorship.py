"""Which of several values counts first, by the site's rules: pure, from what the claims say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from hub.config import Survival, SurvivorshipFile

OTHERS = "others"
_SAYS_LITTLE = {"unknown": 0, "other": 1}


@dataclass(frozen=True, slots=True)
class Rule:
    order: tuple[str, ...]
    """``CRITERIA`` of hub.config."""
    prefer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survivorship:
    """By element of the Patient; ``deceased`` stands for both of its types."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: _rules_of(SurvivorshipFile()))

    def rule(self, element: str) -> Rule:
        return self.rules.get(element) or self.rules[OTHERS]


class Standing(NamedTuple):
    """A value, as far as it matters for what counts first."""

    feed: str
    value: Any
    day: str
    """On which it was last said, ``YYYY-MM-DD``."""
    last: tuple[int, str]
    """What decides between equals: the message that said it, then the claim."""
    verified: bool = False
    retired: bool = False
    agreeing: int = 1
    """Feeds that say the same."""


def survivorship_of(file: SurvivorshipFile) -> Survivorship:
    return Survivorship(_rules_of(file))


def rank(rule: Rule, standing: Standing) -> tuple[Any, ...]:
    """The greater counts first."""
    return *[of(standing, rule) for of in _ranks_of(rule.order)], standing.last


@lru_cache(maxsize=256)
def _ranks_of(order: tuple[str, ...]) -> Sequence[Callable[[Standing, Rule], Any]]:
    return [_RANKS[criterion] for criterion in order]


def decided_by(rule: Rule, winner: Standing, other: Standing) -> str:
    """The criterion that put one before the other; ``last said`` when all of them leave it open."""
    return next((one for one in rule.order if _RANKS[one](winner, rule) != _RANKS[one](other, rule)), "last said")


def _rules_of(file: SurvivorshipFile) -> Mapping[str, Rule]:
    return MappingProxyType({element: _rule(getattr(file, element)) for element in SurvivorshipFile.model_fields})


def _rule(written: Survival) -> Rule:
    return Rule(tuple(written.order), tuple(written.prefer))


def _preferred(standing: Standing, rule: Rule) -> int:
    return -rule.prefer.index(standing.feed) if standing.feed in rule.prefer else -len(rule.prefer)


def _exactness(value: Any) -> int:
    """A date with its day before one without, what is known of the sex before unknown; else all alike."""
    if not isinstance(value, str):
        return 0
    return _SAYS_LITTLE.get(value, len(value[:10]) if value[:4].isdecimal() else 2)


_RANKS: Mapping[str, Callable[[Standing, Rule], Any]] = {
    "not retired": lambda standing, _rule: not standing.retired,
    "preferred": _preferred,
    "verified": lambda standing, _rule: standing.verified,
    "exact": lambda standing, _rule: _exactness(standing.value),
    "agreed": lambda standing, _rule: standing.agreeing,
    "newest": lambda standing, _rule: standing.day,
}

DEFAULT = Survivorship()
"""What is in force where the site has written nothing."""
