"""What goes wrong between a hospital and a hub, mixed in on purpose and noted, each kind before any comes again."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from hub.sandbox.facts import Letter
from hub.sandbox.ward import SANDBOX

FAMILIES = ("encodings", "duplicates", "reordering", "late", "merges", "frames")
KINDS = {
    "encodings": ("gb18030", "gb18030_undeclared", "utf8_undeclared", "gb18030_as_utf8", "utf8_as_gb18030"),
    "duplicates": ("same_bytes", "reused_key"),
    "reordering": ("overtaken",),
    "late": (),
    "merges": (),
    "frames": ("no_end", "cut_short", "garbage", "two_in_one", "dropped"),
}
"""What happens to single messages; late corrections and merges are stories of their own."""
START, END = b"\x0b", b"\x1c\r"
REMEMBERED = 500
CODINGS = {
    "gb18030": ("gb18030", "GB 18030-2000"),
    "gb18030_undeclared": ("gb18030", ""),
    "utf8_undeclared": ("utf-8", ""),
    "gb18030_as_utf8": ("gb18030", SANDBOX.charset),
    "utf8_as_gb18030": ("utf-8", "GB 18030-2000"),
}
Expected = Literal["accepted", "refused", "nothing"]


@dataclass(frozen=True, slots=True)
class Shot:
    """What goes over the wire in one piece."""

    letter: Letter
    wire: bytes
    fault: str = ""
    expected: Expected = "accepted"
    """How a sound receiver answers; ``nothing``: it cannot, for it never had a whole message."""
    drops: bool = False
    """The hospital hangs up before it has heard the answer, and sends again over the next connection."""


class Mishaps:
    """Letters in, shots out; the same seed always gives the same bytes."""

    def __init__(self, seed: int, faults: Collection[str], share: float) -> None:
        self._chance = random.Random(f"{seed} faults")  # noqa: S311 - keeps no secret
        self._kinds = [kind for family in FAMILIES if family in faults for kind in KINDS[family]]
        self._share = share if self._kinds else 0.0
        self._deck: list[str] = []
        self._held: dict[str, list[Shot]] = {}
        """By story: what the next message of the same story overtakes."""
        self._again: deque[tuple[int, Shot]] = deque()
        self._earlier: deque[Letter] = deque(maxlen=REMEMBERED)
        """What was sent under its own key."""

    def shots(self, letters: Iterator[Letter]) -> Iterator[Shot]:
        for number, letter in enumerate(letters):
            kind = self._next_kind() if self._chance.random() < self._share else ""
            yield from self._shot(number, letter, kind)
            while self._again and self._again[0][0] <= number:
                yield self._again.popleft()[1]
            if kind not in {"overtaken", "reused_key"}:
                self._earlier.append(letter)
        yield from (shot for held in self._held.values() for shot in held)
        yield from (shot for _, shot in self._again)

    def _next_kind(self) -> str:
        if not self._deck:
            self._deck = self._chance.sample(self._kinds, len(self._kinds))
        return self._deck.pop()

    def _shot(self, number: int, letter: Letter, kind: str) -> Iterator[Shot]:
        if kind == "overtaken" and not letter.joins and letter.person not in self._held:
            self._held[letter.person] = [Shot(letter, framed(letter.payload), kind)]
            return
        yield from self._spoiled(number, letter, kind)
        yield from self._held.pop(letter.person, ())

    def _spoiled(self, number: int, letter: Letter, kind: str) -> Iterator[Shot]:
        good = Shot(letter, framed(letter.payload))
        wire = letter.payload
        match kind:
            case "same_bytes":
                yield good
                self._again.append((number + self._chance.randrange(1, 6), replace(good, fault=kind)))
                return
            case "reused_key" if self._earlier:
                yield self._under_a_key_that_is_taken(letter)
                return
            case "no_end":
                yield Shot(letter, START + wire, kind, "nothing")
            case "cut_short":
                yield Shot(letter, START + wire[: self._chance.randrange(40, len(wire) - 1)], kind, "nothing")
            case "two_in_one":
                yield Shot(
                    letter, framed(wire + self._chance.choice([letter, *self._earlier]).payload), kind, "refused"
                )
            case "garbage":
                good = replace(good, wire=b"\r\n??\x00\xff " + good.wire, fault=kind)
            case "dropped":
                good = replace(good, fault=kind, drops=True)
            case _ if kind in CODINGS:
                good = replace(good, wire=framed(_recoded(wire, *CODINGS[kind])), fault=kind)
        yield good

    def _under_a_key_that_is_taken(self, letter: Letter) -> Shot:
        taken = self._chance.choice(self._earlier).control_id
        old, new = (f"|{key}|P|".encode() for key in (letter.control_id, taken))
        payload = letter.payload.replace(old, new, 1)
        return Shot(replace(letter, control_id=taken, payload=payload), framed(payload), "reused_key")


def framed(body: bytes) -> bytes:
    return START + body + END


def _recoded(body: bytes, codec: str, declared: str) -> bytes:
    """In another encoding, with another declaration in MSH-18."""
    return body.decode().replace(SANDBOX.charset, declared, 1).encode(codec)
