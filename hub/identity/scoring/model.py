"""What agreement is worth: bits by field and level, and from how many bits on something is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from math import log2

import msgspec

from hub.identity.scoring.finding import Finding
from hub.identity.scoring.frequency import Frequency, usual
from hub.identity.scoring.weights import WEIGHTS

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """In bits: log2 of how much likelier the two are one person than two."""

    link: float = 6.0
    """Joined from here on, unless something forbids it."""
    ask: float = -2.0
    """Asked about from here on."""
    margin: float = 4.0
    """So much more than the best other person, or it is asked about."""
    household: float = 20.0
    """Phone, address and mother together are worth no more: everyone at home shares them."""
    registered: float = 2.5
    """So much less is enough for somebody in a verified register, which has five of six of those who are told of."""


@dataclass(frozen=True)
class Model:
    weights: Weights = field(default_factory=lambda: WEIGHTS)
    """Bits by field, then level: ``weights["name"]["same_sound"]``."""
    thresholds: Thresholds = Thresholds()
    population: int = 200_000
    """Among how many people one is looked for: the more, the more strangers are alike by chance."""
    frequency: Frequency = field(default_factory=usual)
    everybody: bool = False
    """Whoever else it may be is known as well, and compared."""

    @cached_property
    def version(self) -> str:
        """What evidence names; changes whenever a weight does."""
        said = (
            {name: dict(levels) for name, levels in self.weights.items()},
            {name: getattr(self.thresholds, name) for name in Thresholds.__slots__},
            self.population,
            dict(self.frequency.surnames),
            dict(self.frequency.given),
            dict(self.frequency.words),
            self.frequency.average,
        )
        return blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=6).hexdigest()

    @cached_property
    def of_registered(self) -> Model:
        """For somebody in a verified register, where name and birth date speak, and for nobody else nearly as much."""
        limits, less = self.thresholds, self.thresholds.registered
        limits = replace(limits, link=limits.link - less, margin=limits.margin + less)
        return replace(self, thresholds=limits, everybody=True)

    @cached_property
    def prior(self) -> float:
        """Bits before anything is compared."""
        return -log2(self.population)

    @cached_property
    def found(self) -> Mapping[str, Mapping[str, Finding]]:
        """What compares as each level of each field, once and for all."""
        return {
            name: {level: Finding(name, level, bits) for level, bits in levels.items()}
            for name, levels in (WEIGHTS | dict(self.weights)).items()
        }

    @cached_property
    def most(self) -> Mapping[str, float]:
        """What each field is worth at most, and nothing where two do not both know it."""
        return {name: max(0.0, *(one.bits for one in levels.values())) for name, levels in self.found.items()}


DEFAULT = Model()
