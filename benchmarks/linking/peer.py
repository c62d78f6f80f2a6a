"""splink beside us: the same claims, the same normalised values, its own weights learned by itself.

Configured for Chinese as well as we could: pinyin with term frequencies, levels for homophones, other surnames and
dropped characters, ID numbers with typing errors, mothers. Of ``THRESHOLDS`` the one that is best for its F1 counts.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.linking.counting import Told
from hub.identity.normalise import Description

THRESHOLDS = (-4.0, -2.0, 0.0, 3.3, 6.6, 10.0, 14.0)
"""Match weights, in bits."""
LEAST = -4.0
STRANGERS = 4e5
"""Pairs at random to learn from: with five times as many it takes five times as long and finds the same."""
_TRAINING = (("id_number",), ("sound", "birth"), ("birth", "village"))
_BLOCKING = (
    ("id_number",),
    ("id_serial",),
    ("paper",),
    ("name", "birth_year"),
    ("sound", "birth_year"),
    ("sound", "village"),
    ("given", "birth"),
    ("surname", "birth"),
    ("birth", "phone"),
    ("surname", "phone"),
    ("birth", "village", "sex"),
    ("mother_id", "birth"),
    ("mother_sound", "birth"),
)


class Missing(Exception):
    """The package is not installed here."""


@dataclass(frozen=True, slots=True)
class Linked:
    threshold: float
    wrong: int
    links: int
    due: int
    seconds: float

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        return (self.links - self.wrong) / self.due if self.due else 1.0

    @property
    def f1(self) -> float:
        return 2 * (self.links - self.wrong) / (self.links + self.due) if self.due else 1.0


Claims = Sequence[tuple[Told, Description]]


def splink_links(claims: Claims) -> Linked:
    """Each claim of a feed to the one of the register that is most like it. Raises ``Missing``."""
    begin = time.perf_counter()
    best = _best(claims)
    seconds = time.perf_counter() - begin
    truth = {told.claim: told.person for told, _ in claims}
    registered = {told.person for told, _ in claims if told.registered}
    due = sum(told.person in registered for told, _ in claims if not told.registered)
    found = []
    for threshold in THRESHOLDS:
        links = [(claim, other) for claim, (other, weight) in best.items() if weight >= threshold]
        wrong = sum(truth[claim] != truth[other] for claim, other in links)
        found.append(Linked(threshold, wrong, len(links), due, seconds))
    return max(found, key=lambda one: one.f1)


def _best(claims: Claims) -> dict[str, tuple[str, float]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _predicted(claims)
    except ModuleNotFoundError as missing:
        raise Missing(f"{missing.name} is not installed: pip install 'huitong[bench]'") from None


def _predicted(claims: Claims) -> dict[str, tuple[str, float]]:
    from pyarrow import Table
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    database = DuckDBAPI()
    frames = [
        database.register(Table.from_pylist([_columns(*one) for one in claims if one[0].registered is side]))
        for side in (True, False)
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=_comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _BLOCKING],
        retain_matching_columns=False,
    )
    linker = Linker(frames, settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("id_number"), block_on("name", "birth", "sex")], 0.95
    )
    training.estimate_u_using_random_sampling(max_pairs=STRANGERS, seed=1)
    for rule in _TRAINING:
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule), record_sample_proportion=1.0)
    said = linker.inference.predict(threshold_match_weight=LEAST)
    pairs = said.as_duckdbpyrelation().select("unique_id_l, unique_id_r, match_weight").fetchall()
    return _strongest(pairs, {told.claim for told, _ in claims if told.registered})


def _strongest(pairs: Iterable[tuple[str, str, float]], registered: set[str]) -> dict[str, tuple[str, float]]:
    best: dict[str, tuple[str, float]] = {}
    for one, other, weight in pairs:
        claim, register = (other, one) if one in registered else (one, other)
        if claim not in best or (weight, register) > (best[claim][1], best[claim][0]):
            best[claim] = register, weight
    return best


def _comparisons() -> list[Any]:
    import splink.comparison_level_library as levels
    from splink.comparison_library import CustomComparison, ExactMatch

    def compared(name: str, *found: Any) -> Any:
        return CustomComparison([levels.NullLevel(name), *found, levels.ElseLevel()], output_column_name=name)

    def custom(sql: str) -> Any:
        return levels.CustomLevel(sql)

    return [
        compared(
            "id_number",
            levels.ExactMatchLevel("id_number"),
            levels.DamerauLevenshteinLevel("id_number", 1),
            levels.DamerauLevenshteinLevel("id_number", 2),
        ),
        compared(
            "name",
            levels.ExactMatchLevel("name", term_frequency_adjustments=True),
            levels.ExactMatchLevel("sound", term_frequency_adjustments=True),
            custom("given_l = given_r and length(given_l) > 1"),
            custom("sorted_l = sorted_r"),
            custom("starts_with(name_l, name_r) or starts_with(name_r, name_l)"),
            custom("surname_l = surname_r and levenshtein(name_l, name_r) <= 1 and length(name_l) > 2"),
            levels.ExactMatchLevel("surname"),
        ),
        compared(
            "birth",
            levels.ExactMatchLevel("birth"),
            custom("left(birth_l, 4) = left(birth_r, 4) and (birth_l like '%-01-01' or birth_r like '%-01-01')"),
            custom(
                "left(birth_l, 4) = left(birth_r, 4) and substr(birth_l, 6, 2) = substr(birth_r, 9, 2)"
                " and substr(birth_l, 9, 2) = substr(birth_r, 6, 2)"
            ),
            levels.DamerauLevenshteinLevel("birth", 1),
            custom("abs(date_diff('day', try_cast(birth_l as date), try_cast(birth_r as date))) <= 55"),
        ),
        ExactMatch("sex"),
        ExactMatch("paper"),
        compared("phone", levels.ExactMatchLevel("phone"), levels.DamerauLevenshteinLevel("phone", 1)),
        compared(
            "village",
            custom("village_l = village_r and doors_l = doors_r"),
            levels.ExactMatchLevel("village"),
            levels.ExactMatchLevel("town"),
        ),
        compared("mother_sound", levels.ExactMatchLevel("mother_id"), levels.ExactMatchLevel("mother_sound")),
    ]


def _columns(told: Told, of: Description) -> dict[str, str | None]:
    """Our normalised values, None where there is none."""
    name = "" if of.nameless or not of.names else of.names[0].text
    sounds = of.names[0].sound.split() if name else []
    number = next(iter((*of.id_numbers, *of.doubtful)), "")
    address = of.addresses[0] if of.addresses else None
    mother = of.mother
    found = {
        "id_number": number,
        "id_serial": number[6:17],
        "paper": next((value for system, value in of.papers if system == "birth_certificate"), ""),
        "name": name,
        "sorted": "".join(sorted(name)),
        "surname": name[:1],
        "given": name[1:],
        "sound": " ".join(sounds),
        "birth": of.birth,
        "birth_year": of.birth[:4],
        "sex": of.sex,
        "phone": next(iter(of.phones), ""),
        "village": address.village if address else "",
        "town": "/".join(address.units[-1:]) if address else "",
        "doors": "-".join(address.numbers) if address else "",
        "mother_id": next((value for system, value in mother.numbers if len(value) == 18), "") if mother else "",
        "mother_sound": mother.names[0].sound if mother and mother.names else "",
    }
    return {"unique_id": told.claim, **{column: value or None for column, value in found.items()}}
