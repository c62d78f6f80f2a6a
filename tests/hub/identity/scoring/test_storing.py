"""The weights as a file that people read."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from hub.identity.scoring import DEFAULT, Model
from hub.identity.scoring.storing import dump, load, read

SHIPPED = Path(__file__).parents[4] / "config" / "identity" / "weights.toml"


def test_what_is_shipped_is_what_is_built_in() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == dump(DEFAULT)
    assert load(SHIPPED).version == DEFAULT.version


def test_an_empty_file_changes_nothing() -> None:
    assert read({}) == DEFAULT


def test_a_model_reads_back_as_it_was_written() -> None:
    other = replace(DEFAULT, population=5_000_000, weights={**DEFAULT.weights, "sex": {"same": 1.0, "other": -3.5}})
    assert read(tomllib.loads(dump(other))) == other


def test_the_version_changes_with_any_weight() -> None:
    other = Model(weights={**DEFAULT.weights, "sex": {"same": 1.0, "other": -3.5}})
    assert other.version != DEFAULT.version
    assert replace(other, population=7).version != other.version


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"weight": {}}, "weight: nothing has this name"),
        ({"weights": {"name": {"exakt": 1}}}, "weights.name.exakt: nothing has this name"),
        ({"weights": {"name": {"exact": "much"}}}, "weights.name.exact: a number"),
        ({"weights": {"name": 3}}, "weights.name: a table"),
        ({"thresholds": {"link": True}}, "thresholds.link: a number"),
        ({"population": 0}, "population"),
        ({"frequency": {"surnames": {"王": 7}}}, "frequency.surnames.王: a share"),
    ],
)
def test_what_cannot_be_used_is_said(written: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(written)
