"""Segments that are written alike mean alike: what one came to is kept for those that follow.

A hospital sends the same PID with every message of a visit, and the same test, unit, range and doctor in result after
result. Kept in memory only, a bounded number of segments of all feeds together.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Hashable

MOST = 6_000
"""In each of two generations."""
LONGEST = 2_000
"""Characters of a segment that is worth keeping."""

_numbers = count(1)
_encoded = msgspec.json.Encoder(decimal_format="number").encode
_decoded = msgspec.json.Decoder(float_hook=Decimal).decode

Key = tuple[int, str, str, str]
"""The way of reading; the segment and what it is about; its fields, the special ones left out; the event, where it has
a say."""


class Meaning(NamedTuple):
    """What a segment's fields came to, as JSON: members of each resource, and staff and places told in passing."""

    members: bytes
    directory: bytes

    @classmethod
    def of(cls, members: dict[str, dict[str, Any]], directory: list[tuple[str, str, dict[str, Any]]]) -> Meaning:
        return cls(_encoded(members), _encoded(directory) if directory else b"")

    def said(self) -> dict[str, dict[str, Any]]:
        """Members of each resource, by its type; a copy of its own each time."""
        found: dict[str, dict[str, Any]] = _decoded(self.members)
        return found

    def told(self) -> list[list[Any]]:
        """Type, key and content of what was told in passing."""
        found: list[list[Any]] = _decoded(self.directory)
        return found


UNIQUE = Meaning(b"", b"")
"""Of a segment that has an effect elsewhere too: each is read by itself."""


class Alike:
    """Meanings by what was written; what was not asked for in a whole generation is forgotten."""

    def __init__(self) -> None:
        self._young: dict[Key, Meaning] = {}
        self._old: dict[Key, Meaning] = {}

    def get(self, key: Key) -> Meaning | None:
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.keep(key, found)
        return found

    def keep(self, key: Key, meaning: Meaning) -> None:
        if len(self._young) >= MOST:
            self._old, self._young = self._young, {}
        self._young[key] = meaning


ALIKE = Alike()


@lru_cache(maxsize=1_000)
def way_of(*_reading: Hashable) -> int:
    """A number for one way of reading (feed, settings, delimiters, day), never given to another."""
    return next(_numbers)
