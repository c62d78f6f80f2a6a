"""Ids that are the same on every replay."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

CLAIM_TYPE = "Patient"

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
_SHIFTS = range(120, -1, -10)


def resource_id(feed: str, type_: str, source_id: str) -> str:
    """The FHIR id of what ``feed`` calls ``source_id``: 26 lower-case letters and digits."""
    key = f"{feed}\0{type_}\0{source_id}".encode()
    # Base 32 as RFC 4648 has it, two letters at a time: the library's is a third of what applying a result costs.
    number = int.from_bytes(blake2b(key, digest_size=16).digest(), "big") << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


class Ids(dict[tuple[str, str], str]):
    """The ids of what one feed names, by type and its own key: each worked out once."""

    def __init__(self, feed: str) -> None:
        super().__init__()
        self._feed = feed

    def __missing__(self, key: tuple[str, str]) -> str:
        found = self[key] = resource_id(self._feed, *key)
        return found

    def renamed(self, key: tuple[str, str]) -> bool:  # noqa: ARG002 - for a feed that renames
        """Whether the sender uses another key for it by now."""
        return False


@lru_cache(maxsize=4_096)
def claim_id(feed: str, source_id: str) -> str:
    """A claim has the id that a Patient with its number would have."""
    return resource_id(feed, CLAIM_TYPE, source_id)
