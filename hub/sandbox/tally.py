"""What the hospital sent, what it was answered, and how long that took."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.sandbox.facts import Truth
from hub.sandbox.faults import Shot

POSITIVE = frozenset({"AA", "CA"})


@dataclass
class Tally:
    shots: int = 0
    bytes: int = 0
    resent: int = 0
    connected: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, control id, and how a sound receiver answers."""
    answers: Counter[str] = field(default_factory=Counter)
    unexpected: list[tuple[str, str, str]] = field(default_factory=list)
    """Control id, what was awaited and what came."""
    strays: int = 0
    """Answers that name nothing we sent, or name it once too often."""
    answer_s: list[float] = field(default_factory=list)
    """From the moment a message was due, so that waiting for its turn counts."""
    behind_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    truth: Truth = field(default_factory=Truth)

    _began: float = 0.0

    def begin(self) -> float:
        self._began = time.monotonic()
        return self._began

    def sent(self, shot: Shot, due: float) -> None:
        now = time.monotonic()
        self.seconds = now - self._began
        self.shots += 1
        self.bytes += len(shot.wire)
        self.behind_s.append(max(0.0, now - due))
        if shot.fault:
            self.faults.append((shot.fault, shot.letter.control_id, shot.expected))
        if shot.fault != "same_bytes" and shot.expected == "accepted":
            self.kinds[shot.letter.kind] += 1

    def answered(self, shot: Shot, code: str, after_s: float | None = None) -> None:
        """``code`` is MSA-1, or ``none``."""
        self.answers[code] += 1
        if after_s is not None:
            self.answer_s.append(after_s)
        accepted = code in POSITIVE
        if accepted != (shot.expected == "accepted") or code == "none":
            self.unexpected.append((shot.letter.control_id, shot.expected, code))
        elif accepted:
            self.truth.learn(shot.letter)

    def told(self, rate: float) -> dict[str, Any]:
        figures = {
            "messages": sum(self.kinds.values()),
            "sent": self.shots,
            "resent": self.resent,
            "connections_opened": self.connected,
            "seconds": round(self.seconds, 2),
            "asked_per_s": rate,
            "sent_per_s": round((self.shots - 1) / self.seconds, 2) if self.seconds else 0.0,
            "behind_p99_ms": _ms(self.behind_s, 0.99),
            "behind_most_ms": _ms(self.behind_s, 1.0),
            "answer_p50_ms": _ms(self.answer_s, 0.5),
            "answer_p99_ms": _ms(self.answer_s, 0.99),
        }
        return {
            **figures,
            "answers": {code: self.answers[code] for code in sorted({"AA", "AE", "AR", "none", *self.answers})},
            "strays": self.strays,
            "unexpected": [dict(zip(("key", "expected", "answer"), one, strict=True)) for one in self.unexpected],
            "kinds": dict(sorted(self.kinds.items())),
            "faults": [dict(zip(("fault", "key", "expected"), one, strict=True)) for one in self.faults],
            "truth": {"resources": self.truth.summary(), "people": list(self.truth.told())},
        }


def _ms(seconds: Iterable[float], share: float) -> float | None:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(seconds)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1e3, 2) if ordered else None
