"""What is to be sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    messages: int
    """Before any fault: a duplicate or a broken frame comes on top."""
    seed: int = 7
    rate: float = 20.0
    residents: int = 200
    connections: int = 1
    faults: frozenset[str] = frozenset()
    share: float = 0.05
