"""What agreement is worth at this site: weights learned from pairs of which nobody said whether they are one person.

Fellegi and Sunter's model with levels. How often strangers agree (u) is counted on pairs taken at random. How often two
descriptions of one person do (m) comes from pairs that share a key, most of them strangers all the same: expectation
and maximisation tell the two kinds apart, beginning with the weights there are. What a key makes agree is not taken for
what strangers agree on by chance: the strangers among the pairs have rates of their own, which are then left aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp2, isfinite, log2, sqrt

from hub.identity.normalise import Description
from hub.identity.scoring.comparison import Comparison, compare
from hub.identity.scoring.frequency import Frequency
from hub.identity.scoring.levels import HOUSEHOLD
from hub.identity.scoring.model import Model

Pattern = tuple[tuple[str, str], ...]
"""The level of each field that both know."""
Patterns = Mapping[Pattern, float]
Rates = dict[str, dict[str, float]]
"""A share by field and level; those of a field add up to 1."""

MOST, LEAST = 20.0, -14.0
"""Bits that no level exceeds: beyond them samples say nothing any more."""
ROUNDS, STILL = 200, 1e-6
FEW = 10.0
"""Of so few pairs no share is estimated: the weight that was there stays, as far as the pairs allow it."""
ENOUGH = 300.0
"""Pairs confirmed by other fields; from so many on, a field's m is counted on them alone."""
SMOOTH = 0.5
LONG_ODDS = -1000.0
"""Bits against, which a float can still hold."""
SURE = 1.96
"""Standard deviations to either side of a share."""
CONFIRMED_BY: Mapping[str, tuple[str, ...]] = {
    "id_number": ("name", "birth", "phone"),
    "birth": ("name", "phone"),
    "sex": ("name", "phone"),
}
"""The number says birth date and sex as well, so it confirms neither; all else it does."""
CONFIRMED = ("id_number",)
AS_GOOD = 1.0
"""Bits: levels so near to a field's best confirm as well as it does, such as the same name in another script."""
SAME_NAME = (("name", "exact"), ("name", "words_same"))
TOLD_ELSEWHERE = frozenset(("told_by_number",))
"""Levels that only say that another field has said it."""
NOT_TAUGHT_BY = frozenset(("twin", "birth_order", "sex_of_newborn", "order_unknown"))
"""Children of one birth are alike in everything but what tells them apart: nothing is learned from them."""


@dataclass(frozen=True, slots=True)
class Level:
    """What the pairs say of one level of one field; counts are of pairs in which both know the field."""

    field: str
    level: str
    before: float
    """Bits in the model learning began with."""
    bits: float
    m: float
    """Its share among descriptions of one person."""
    u: float
    """Its share among strangers."""
    same: float
    """How many pairs of one person ``m`` was counted on, in all levels of the field."""
    strangers: float
    kept: bool
    """Too rare to be estimated: the bits are those of before, or as near to them as the pairs allow."""


@dataclass(frozen=True, slots=True)
class Learned:
    model: Model
    levels: tuple[Level, ...]
    prior: float
    """The share of pairs of one person among those that share a key."""
    rounds: int
    converged: bool
    """If not, the model is the one learning began with."""
    pairs: int
    strangers: int


def learn(
    pairs: Iterable[tuple[Description, Description]],
    strangers: Iterable[tuple[Description, Description]],
    start: Model,
) -> Learned:
    """The same pairs give the same weights. ``strangers`` are taken at random; ``pairs`` share a key.

    How common names are (``counted``) is part of ``start``.
    """
    return fit(count(pairs, start), count(strangers, start), start)


def count(pairs: Iterable[tuple[Description, Description]], model: Model) -> Counter[Pattern]:
    """How many pairs show each pattern: all that learning needs of them, whatever their number."""
    compared = (compare(one, other, model) for one, other in pairs)
    return Counter(pattern(each) for each in compared if not NOT_TAUGHT_BY.intersection(each.vetoes))


def pattern(comparison: Comparison) -> Pattern:
    found = comparison.findings
    return tuple(sorted((one.field, one.level) for one in found if one.level not in TOLD_ELSEWHERE))


def fit(pairs: Mapping[Pattern, int], strangers: Mapping[Pattern, int], start: Model) -> Learned:
    known = _known(pairs, start)
    home = start.thresholds.household
    chance = _counts({seen: many for seen, many in _known(strangers, start).items() if not _likely(seen, start)})
    state = _maximised(known, {seen: _first_guess(seen, start) for seen in known}, start)
    rounds, converged = 0, False
    while rounds < ROUNDS and not converged and 0 < state.prior < 1:
        rounds += 1
        before, state = state, _maximised(known, {seen: state.posterior(seen, home) for seen in known}, start)
        converged = abs(before.prior - state.prior) < STILL and _furthest(before.same, state.same) < sqrt(STILL)
    levels = tuple(
        level
        for field, bits in sorted(start.weights.items())
        for level in _levels(field, bits, state.counted_same(known, field, start), chance.get(field, {}))
    )
    converged = converged and _tells_apart(levels)
    model = _model(levels, start) if converged else start
    return Learned(model, levels, state.prior, rounds, converged, sum(pairs.values()), sum(strangers.values()))


@dataclass(frozen=True, slots=True)
class _State:
    """What one round believes."""

    prior: float
    same: Rates
    others: Rates
    """Of strangers that share a key."""

    def posterior(self, seen: Pattern, home: float) -> float:
        """How likely a pair with this pattern is one person; what they share at home says ``home`` bits at most."""
        if not 0 < self.prior < 1:
            return self.prior
        odds = log2(self.prior / (1 - self.prior))
        said = [(field, log2(self.same[field][level] / self.others[field][level])) for field, level in seen]
        return _likelihood(odds + _together(said, home))

    def counted_same(self, known: Patterns, field: str, start: Model) -> dict[str, float]:
        """How many pairs of one person show each level: of the confirmed ones if there are enough, else of all."""
        confirming = [_best(by, start.weights.get(by, {})) for by in CONFIRMED_BY.get(field, CONFIRMED)]
        confirmed: dict[str, float] = dict.fromkeys(start.weights[field], 0.0)
        everyone = dict(confirmed)
        for seen, weight in known.items():
            level = dict(seen).get(field)
            if level is not None:
                likely = weight * self.posterior(seen, start.thresholds.household)
                everyone[level] += likely
                if all(best.intersection(seen) for best in confirming):
                    confirmed[level] += likely
        return confirmed if sum(confirmed.values()) >= ENOUGH else everyone


def _known(patterns: Mapping[Pattern, int], start: Model) -> Patterns:
    """Without the fields and levels that the model does not weigh."""
    kept: Counter[Pattern] = Counter()
    for seen, number in patterns.items():
        kept[tuple(one for one in seen if one[1] in start.weights.get(one[0], ()))] += number
    return {seen: float(number) for seen, number in kept.items() if seen}


def _counts(patterns: Patterns) -> Rates:
    counts: Rates = {}
    for seen, weight in patterns.items():
        for field, level in seen:
            found = counts.setdefault(field, {})
            found[level] = found.get(level, 0.0) + weight
    return counts


def _first_guess(seen: Pattern, start: Model) -> float:
    """By the weights there are: even odds halfway between what is asked about and what is joined."""
    said = [(field, start.weights[field][level]) for field, level in seen]
    limits = start.thresholds
    return _likelihood(start.prior + _together(said, limits.household) - (limits.link + limits.ask) / 2)


def _likely(seen: Pattern, start: Model) -> bool:
    """Two taken at random are one person now and then: of those nothing is learned about strangers."""
    said = [(field, start.weights[field][level]) for field, level in seen]
    return start.prior + _together(said, start.thresholds.household) >= start.thresholds.ask


def _together(said: Iterable[tuple[str, float]], home: float) -> float:
    """Bits of all fields; of those at home no more than ``home`` in favour."""
    bits = at_home = 0.0
    for field, worth in said:
        bits += worth
        at_home += worth if field in HOUSEHOLD and worth > 0 else 0.0
    return bits - max(0.0, at_home - home)


def _likelihood(odds: float) -> float:
    return 1 / (1 + exp2(-odds)) if odds > LONG_ODDS else 0.0


def _maximised(known: Patterns, likely: Mapping[Pattern, float], start: Model) -> _State:
    total = sum(known.values())
    same = sum(weight * likely[seen] for seen, weight in known.items())
    return _State(
        same / total if total else 0.0,
        _shares(_counts({seen: weight * likely[seen] for seen, weight in known.items()}), start),
        _shares(_counts({seen: weight * (1 - likely[seen]) for seen, weight in known.items()}), start),
    )


def _shares(counts: Rates, start: Model) -> Rates:
    return {field: _smoothed(dict.fromkeys(bits, 0.0) | counts.get(field, {})) for field, bits in start.weights.items()}


def _smoothed(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values()) + SMOOTH * len(counts)
    return {level: (number + SMOOTH) / total for level, number in counts.items()}


def _furthest(one: Rates, other: Rates) -> float:
    return max((abs(share - other[field][level]) for field in one for level, share in one[field].items()), default=0.0)


def _levels(
    field: str, bits: Mapping[str, float], same: Mapping[str, float], chance: Mapping[str, float]
) -> list[Level]:
    """The levels of a field, the best first; a better level is never worth less than the next."""
    counted = dict.fromkeys(bits, 0.0) | dict(chance)
    m, u = _smoothed(same), _smoothed(counted)
    totals = sum(same.values()), sum(counted.values())
    found = []
    for level in sorted(bits, key=lambda name: (-bits[name], name)):
        rare = min(same[level], counted[level]) < FEW
        raw = _nearest(bits[level], same[level], counted[level], totals) if rare else log2(m[level] / u[level])
        raw = min(MOST, max(LEAST, raw))
        found.append(Level(field, level, bits[level], raw, m[level], u[level], *totals, kept=rare))
    return [replace(one, bits=round(worth, 2)) for one, worth in zip(found, _falling(found, same), strict=True)]


def _nearest(before: float, same: float, strangers: float, totals: tuple[float, float]) -> float:
    """The bits of before, or the nearest that the two shares can be."""
    (m_low, m_high), (u_low, u_high) = bounds(same, totals[0]), bounds(strangers, totals[1])
    low = log2(m_low / u_high) if m_low > 0 else -float("inf")
    high = log2(m_high / u_low) if u_low > 0 else float("inf")
    return min(max(before, low), high)


def bounds(number: float, total: float) -> tuple[float, float]:
    """Between what a share lies in 95 of 100 cases (Wilson)."""
    if total <= 0:
        return 0.0, 1.0
    share, square = number / total, SURE * SURE
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = SURE * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - spread) if number else 0.0, min(1.0, middle + spread)


def _falling(levels: Sequence[Level], same: Mapping[str, float]) -> list[float]:
    """Neighbours in the wrong order share their average, by how many pairs each rests on."""
    blocks: list[tuple[float, float, int]] = []
    for one in levels:
        weight = SMOOTH if one.kept else SMOOTH + min(same[one.level], one.u * one.strangers)
        blocks.append((one.bits, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (bits, of_bits, many), (above, of_above, more) = blocks.pop(), blocks.pop()
            share = of_bits + of_above
            blocks.append(((bits * of_bits + above * of_above) / share, share, many + more))
    return [bits for bits, _, many in blocks for _ in range(many)]


def _tells_apart(levels: Sequence[Level]) -> bool:
    """Some field's best level still speaks for one person: the two kinds were not mixed up."""
    return any(level.bits > 0 and not level.kept for level in levels) and all(isfinite(one.bits) for one in levels)


def _model(levels: Sequence[Level], start: Model) -> Model:
    weights: dict[str, dict[str, float]] = {field: dict(bits) for field, bits in start.weights.items()}
    for one in levels:
        weights[one.field][one.level] = one.bits
    return replace(start, weights=weights, frequency=_centred(levels, start.frequency))


def _centred(levels: Sequence[Level], frequency: Frequency) -> Frequency:
    """A rare name says more than the same name does on average, a common one less: the average is that of here."""
    found = [one for one in levels if (one.field, one.level) in SAME_NAME and not one.kept]
    if not found:
        return frequency
    commonest = max(found, key=lambda one: one.u)
    return replace(frequency, average=round(-log2(commonest.u), 2))


def _best(field: str, bits: Mapping[str, float]) -> frozenset[tuple[str, str]]:
    most = max(bits.values(), default=0.0)
    return frozenset((field, level) for level, worth in bits.items() if worth >= most - AS_GOOD)
