"""What differs between two JSON values, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

ABSENT = object()
Path = tuple[str | int, ...]


class Difference(NamedTuple):
    """One leaf that differs; ``ABSENT`` where one side has none."""

    path: Path
    before: Any
    after: Any

    @property
    def place(self) -> str:
        """``name[0].text``"""
        return place(self.path)

    @property
    def pattern(self) -> str:
        """``name.text``: without the numbers of list elements."""
        return ".".join(part for part in self.path if isinstance(part, str))

    @property
    def kind(self) -> str:
        return "added" if self.before is ABSENT else "removed" if self.after is ABSENT else "changed"


def place(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """In the order of the keys; of lists, elements that both sides have are left out wherever they stand."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (*path, name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_lists(before, after, path)
    elif before is ABSENT or after is ABSENT:
        yield from _leaves(before, after, path)
    elif before != after:
        yield Difference(path, before, after)


def _in_lists(before: list[Any], after: list[Any], path: Path) -> Iterator[Difference]:
    gone = [(at, one) for at, one in enumerate(before) if one not in after]
    new = [(at, one) for at, one in enumerate(after) if one not in before]
    nothing = (0, ABSENT)
    for (was_at, was), (is_at, now) in zip_longest(gone, new, fillvalue=nothing):
        yield from differences(was, now, (*path, was_at if now is ABSENT else is_at))


def _leaves(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    """All of a value that only one side has."""
    whole = after if before is ABSENT else before
    if isinstance(whole, dict):
        inner: Any = whole.items()
    elif isinstance(whole, list):
        inner = enumerate(whole)
    else:
        yield Difference(path, before, after)
        return
    for name, value in inner:
        one, other = (ABSENT, value) if before is ABSENT else (value, ABSENT)
        yield from _leaves(one, other, (*path, name))
