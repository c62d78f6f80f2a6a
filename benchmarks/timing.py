"""Medians of interleaved runs, and the one JSON line a benchmark ends with."""

from __future__ import annotations

import argparse
import gc
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Work = Callable[[], object]


def small_wanted(purpose: str | None) -> bool:
    """Reads the command line every benchmark has: nothing, or ``--small`` to end within 50 seconds."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--small", action="store_true", help="end within 50 seconds on two cores")
    return bool(parser.parse_args().small)


def medians_us(works: Mapping[str, Work], rounds: int, least_s: float = 0.02) -> dict[str, float]:
    """Microseconds a call, for each work. One round times each of them once, so that a noisy moment meets all."""
    repeats = {name: _repeats(work, least_s) for name, work in works.items()}
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(seconds(work, repeats[name]) / repeats[name] * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def seconds(work: Work, repeats: int = 1) -> float:
    """How long so many calls take, the garbage collector at rest."""
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    for _ in range(repeats):
        work()
    spent = time.perf_counter() - begin
    gc.enable()
    return spent


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def tell(**figures: Any) -> None:
    """Prints the figures, rounded to what they are worth, as one JSON object on the last line."""
    rounded = {name: _rounded(value) for name, value in figures.items()}
    for name, value in rounded.items():
        sys.stdout.write(f"{name:32} {value}\n")
    sys.stdout.write(json.dumps(rounded) + "\n")


def _repeats(work: Work, least_s: float) -> int:
    """So many calls that one timing is not the clock's noise; the calls before it warm caches."""
    once = min(seconds(work) for _ in range(2))
    return max(1, int(least_s / max(once, 1e-9)))


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
