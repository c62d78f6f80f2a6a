"""Weights from pairs whose true rates are known: they are found again, and where pairs are few, nothing is invented."""

from __future__ import annotations

import random
from collections import Counter
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.identity.scoring import Model
from hub.identity.scoring.learning import LEAST, MOST, Learned, Pattern, fit

SAME = {
    "id_number": {"equal": 0.93, "edit": 0.03, "other": 0.04},
    "name": {"exact": 0.95, "sound": 0.02, "near": 0.01, "surname": 0.01, "other": 0.01},
    "birth": {"equal": 0.97, "near": 0.02, "other": 0.01},
    "phone": {"equal": 0.6, "other": 0.4},
    "sex": {"equal": 0.995, "other": 0.005},
}
CHANCE = {
    "id_number": {"equal": 1e-6, "edit": 1e-5, "other": 0.999989},
    "name": {"exact": 0.002, "sound": 0.005, "near": 0.01, "surname": 0.06, "other": 0.923},
    "birth": {"equal": 0.0005, "near": 0.01, "other": 0.9895},
    "phone": {"equal": 0.0001, "other": 0.9999},
    "sex": {"equal": 0.5, "other": 0.5},
}
SHARING_A_KEY = {
    "id_number": {"equal": 0.001, "edit": 0.001, "other": 0.998},
    "name": {"exact": 0.3, "sound": 0.1, "near": 0.1, "surname": 0.2, "other": 0.3},
    "birth": {"equal": 0.35, "near": 0.05, "other": 0.6},
    "phone": {"equal": 0.1, "other": 0.9},
    "sex": {"equal": 0.55, "other": 0.45},
}
KNOWN = {"id_number": 0.7, "name": 1.0, "birth": 0.95, "phone": 0.6, "sex": 0.97}
START = Model(
    {
        "id_number": {"equal": 18.4, "edit": 8.0, "other": -6.0},
        "name": {"exact": 9.0, "sound": 6.0, "near": 1.0, "surname": -1.0, "other": -8.0},
        "birth": {"equal": 9.0, "near": 3.0, "other": -6.0},
        "phone": {"equal": 9.0, "other": -1.0},
        "sex": {"equal": 1.0, "other": -5.0},
    },
    population=500,
)
Rates = dict[str, dict[str, float]]


def drawn(chance: random.Random, rates: Rates) -> Pattern:
    return tuple(
        sorted(
            (field, chance.choices(list(levels), list(levels.values()))[0])
            for field, levels in rates.items()
            if chance.random() < KNOWN[field]
        )
    )


def learned(pairs: int, share: float, seed: int = 1, strangers: int = 60_000) -> Learned:
    chance = random.Random(seed)
    met = Counter(drawn(chance, SAME if chance.random() < share else SHARING_A_KEY) for _ in range(pairs))
    return fit(met, Counter(drawn(chance, CHANCE) for _ in range(strangers)), START)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_the_true_rates_are_found_again_whatever_the_share_of_pairs_of_one_person(share: float) -> None:
    found = learned(30_000, share)

    assert found.converged
    assert found.prior == pytest.approx(share, abs=0.01)
    for level in found.levels:
        assert level.m == pytest.approx(SAME[level.field][level.level], abs=0.035)
        assert level.u == pytest.approx(CHANCE[level.field][level.level], abs=0.01)
        true = log2(SAME[level.field][level.level] / CHANCE[level.field][level.level])
        if not level.kept:
            assert level.bits == pytest.approx(true, abs=1.0), (level.field, level.level)


def test_what_a_key_makes_agree_is_not_taken_for_what_strangers_agree_on() -> None:
    (name,) = (level for level in learned(30_000, 0.3).levels if (level.field, level.level) == ("name", "exact"))

    assert name.bits == pytest.approx(log2(0.95 / 0.002), abs=0.5)  # not log2(0.95 / 0.3)


def test_a_level_too_rare_to_be_counted_keeps_its_weight_as_far_as_the_pairs_allow() -> None:
    found = {(level.field, level.level): level for level in learned(30_000, 0.3).levels}

    assert found["id_number", "equal"].kept
    assert found["id_number", "equal"].bits == START.weights["id_number"]["equal"]
    assert found["phone", "equal"].kept
    assert found["phone", "equal"].bits > START.weights["phone"]["equal"]  # so seldom equal, it is worth more


def test_the_same_pairs_give_the_same_weights_and_the_same_version() -> None:
    one, other = learned(5_000, 0.3), learned(5_000, 0.3)

    assert one == other
    assert one.model.version == other.model.version != START.version
    assert learned(5_000, 0.3, seed=2).model.version != one.model.version


def test_no_pairs_teach_nothing() -> None:
    found = fit(Counter(), Counter(), START)

    assert not found.converged
    assert found.model == START


def test_pairs_that_are_all_strangers_teach_nothing_wrong() -> None:
    found = learned(5_000, 0.0)

    if found.converged:
        assert found.prior < 0.01
    for field, level in (("name", "exact"), ("birth", "equal"), ("id_number", "equal")):
        assert found.model.weights[field][level] > 0


patterns = some.dictionaries(
    some.tuples(*(some.sampled_from([(field, level) for level in levels]) for field, levels in SAME.items())),
    some.integers(1, 5_000),
    max_size=30,
)


@given(patterns, patterns)
def test_whatever_the_pairs_a_better_level_is_never_worth_less_and_no_weight_is_beyond_bounds(
    pairs: dict[Pattern, int], strangers: dict[Pattern, int]
) -> None:
    found = fit(pairs, strangers, START)

    assert found.model.weights.keys() == START.weights.keys()
    for field, before in START.weights.items():
        bits = [found.model.weights[field][level] for level in sorted(before, key=lambda name: -before[name])]
        assert bits == sorted(bits, reverse=True)
        assert all(LEAST <= one <= MOST for one in bits)
