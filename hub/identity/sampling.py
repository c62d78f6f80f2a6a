"""Descriptions drawn from the base, and pairs of them: what weights are learned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sqlalchemy import func, select

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.identity.candidates import Candidates, unpack
from hub.identity.normalise import Description, Name

SEED = 4711
"""The same base gives the same sample, so the same weights."""
POOL = 50_000
"""Descriptions that are kept in memory: some 50 MB."""
PAGE = 1_000
TRIES = 3
"""So many numbers are drawn for each description wanted: rows that are gone leave holes."""
STRANGERS = 4
"""Pairs of strangers for each pair that shares a key, to see what is rare among them."""

_likeness, _claim = schema.likeness, schema.claim
_LAST = Statement(select(func.max(_likeness.c.number)))
_DRAWN = Statement(
    select(_likeness.c.number, _likeness.c.claim, _likeness.c.form).where(any_of(_likeness.c.number, "numbers"))
)
_PERSONS = Statement(select(func.count(func.distinct(_claim.c.person))))

Pair = tuple[Description, Description]


@dataclass(frozen=True, slots=True)
class Drawn:
    claim: str
    description: Description


class Sample:
    """Of one base: drawn once, the same whenever the base is the same."""

    def __init__(self, connection: Connection, pool: int = POOL) -> None:
        self._connection = connection
        self._random = Random(SEED)  # noqa: S311 - keeps no secret
        self.drawn = self._draw(pool)

    def names(self) -> Iterator[Name]:
        return (name for one in self.drawn for name in one.description.names)

    def pairs(self, most: int) -> Iterator[Pair]:
        """Claims that share a key, each pair once."""
        seen: set[tuple[str, str]] = set()
        candidates = Candidates(self._connection)
        for one in self.drawn:
            for other in candidates.near(one.description, {one.claim}):
                pair = (min(one.claim, other.claim), max(one.claim, other.claim))
                if pair not in seen:
                    seen.add(pair)
                    yield one.description, other.description
                    if len(seen) == most:
                        return

    def strangers(self, most: int) -> Iterator[Pair]:
        """Two drawn at random: of one person once in as many pairs as there are people."""
        for _ in range(most if len(self.drawn) > 1 else 0):
            one, other = self._random.sample(range(len(self.drawn)), 2)
            yield self.drawn[one].description, self.drawn[other].description

    def _draw(self, pool: int) -> list[Drawn]:
        last = self._connection.rows(_LAST)[0][0] or 0
        numbers = (
            list(range(1, last + 1)) if last <= pool * TRIES else self._random.sample(range(1, last + 1), pool * TRIES)
        )
        self._random.shuffle(numbers)
        found: list[Drawn] = []
        for start in range(0, len(numbers), PAGE):
            rows = self._connection.rows(_DRAWN, numbers=numbers[start : start + PAGE])
            found += [Drawn(claim, unpack(bytes(form))) for _, claim, form in sorted(rows)]
            if len(found) >= pool:
                break
        return found[:pool]


def population(connection: Connection) -> int:
    """How many persons the base knows."""
    return int(connection.rows(_PERSONS)[0][0])
