"""A model as a file that people read and a site may change: config/identity/weights.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from hub.identity.scoring.frequency import Frequency
from hub.identity.scoring.model import DEFAULT, Model, Thresholds

HEAD = """\
# What agreement is worth when two descriptions are compared, in bits: log2 of how much more often one finds the level
# in two descriptions of one person than in those of two. What nobody has said is worth nothing, for or against.
# `hub identity tune` learns these numbers from the site's own records. A level that is left out keeps its weight.
"""
_KNOWN = ("population", "thresholds", "weights", "frequency")


def load(path: Path) -> Model:
    """Raises ``ValueError`` with what cannot be used, and ``OSError``."""
    return read(tomllib.loads(path.read_text(encoding="utf-8")))


def read(written: Mapping[str, Any]) -> Model:
    """What is not written stays as it is shipped."""
    _only(written, _KNOWN, "")
    population = written.get("population", DEFAULT.population)
    if not isinstance(population, int) or isinstance(population, bool) or population < 2:
        raise ValueError("population: a number of people, at least 2")
    return Model(
        _weights(_table(written, "weights")),
        _thresholds(_table(written, "thresholds")),
        population,
        _frequency(_table(written, "frequency")),
    )


def dump(model: Model) -> str:
    """TOML; reading it gives an equal model."""
    lines = [HEAD, "# Among how many people one is looked for.", f"population = {model.population}", "", "[thresholds]"]
    lines += [f"{name} = {getattr(model.thresholds, name)}" for name in Thresholds.__slots__]
    for field, levels in model.weights.items():
        lines += ["", f"[weights.{field}]", *(f"{level} = {bits}" for level, bits in levels.items())]
    frequency = model.frequency
    lines += [
        "",
        "[frequency]",
        "# Bits of the name that two strangers share when they share one.",
        f"average = {frequency.average}",
    ]
    for part, shares in (("surnames", frequency.surnames), ("given", frequency.given), ("words", frequency.words)):
        lines += ["", f"[frequency.{part}]", *(f'"{name}" = {share}' for name, share in shares.items())]
    return "\n".join(lines) + "\n"


def _weights(written: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    _only(written, DEFAULT.weights, "weights.")
    for field, levels in written.items():
        _only(levels, DEFAULT.weights[field], f"weights.{field}.")
    return {
        field: {
            level: _bits(written.get(field, {}).get(level, bits), f"weights.{field}.{level}")
            for level, bits in of.items()
        }
        for field, of in DEFAULT.weights.items()
    }


def _thresholds(written: Mapping[str, Any]) -> Thresholds:
    _only(written, Thresholds.__slots__, "thresholds.")
    found = Thresholds(**{name: _bits(bits, f"thresholds.{name}") for name, bits in written.items()})
    if found.ask > found.link:
        name = "ask" if "ask" in written else "link"
        raise ValueError(f"thresholds.{name}: ask is more than link")
    if wrong := next((name for name in ("margin", "household") if getattr(found, name) < 0), None):
        raise ValueError(f"thresholds.{wrong}: less than 0")
    return found


def _frequency(written: Mapping[str, Any]) -> Frequency:
    usual = DEFAULT.frequency
    _only(written, ("average", "surnames", "given", "words"), "frequency.")
    shares = {part: _shares(_table(written, part), part) for part in ("surnames", "given", "words") if part in written}
    return Frequency(
        shares.get("surnames", usual.surnames),
        shares.get("given", usual.given),
        shares.get("words", usual.words),
        _bits(written.get("average", usual.average), "frequency.average"),
    )


def _shares(written: Mapping[str, Any], part: str) -> dict[str, float]:
    found = {name: _bits(share, f"frequency.{part}.{name}") for name, share in written.items()}
    if wrong := next((name for name, share in found.items() if not 0 < share <= 1), None):
        raise ValueError(f"frequency.{part}.{wrong}: a share between 0 and 1")
    return found


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = written.get(name, {})
    if not isinstance(found, Mapping):
        raise ValueError(f"{name}: a table")  # noqa: TRY004 - a file's mistake, not a caller's
    return found


def _bits(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -100 <= value <= 100:
        raise ValueError(f"{name}: a number between -100 and 100")
    return float(value)


def _only(written: object, known: Collection[str], where: str) -> None:
    if not isinstance(written, Mapping):
        raise ValueError(f"{where.rstrip('.')}: a table")  # noqa: TRY004 - a file's mistake, not a caller's
    if unknown := next((name for name in written if name not in known), None):
        raise ValueError(f"{where}{unknown}: nothing has this name")
