"""What is measured where: which world tunes, and which only judges."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.people import FIRST, SECOND, Manner, Profile, World, world
from benchmarks.people.profiles import DIRTY, ORDINARY, UNSEEN


@dataclass(frozen=True)
class Setting:
    profile: Profile
    seed: int
    manner: Manner

    def world(self, residents: int) -> World:
        return world(residents, self.seed, self.manner)


SETTINGS = {
    "ordinary": Setting(ORDINARY, 4711, FIRST),
    "dirty": Setting(DIRTY, 4711, FIRST),
    "unseen": Setting(UNSEEN, 20_260_630, SECOND),
}
"""Weights and thresholds are chosen by the first two."""
