"""How often each error happens: fixed before any weight was learned from what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "I_MISS": "ID number missing (doubled for vaccination, halved for old health-record files)",
        "I_DIGIT": "one digit of the ID number wrong: the check digit tells",
        "I_VALID": "one digit wrong, and the check digit was worked out anew: nothing tells",
        "I_SWAP": "two neighbouring digits of the ID number transposed",
        "I_15": "ID number of 15 digits (of those born before 2000; five times as often in old files)",
        "I_LOWER": "lower-case x (of those that end in X)",
        "I_KIN": "a relative's ID number: a parent's for a child, a husband's, wife's, sister's or brother's",
        "I_PLACE": "a placeholder: all ones, 123456789012345678, 无",
        "I_CUT": "ID number cut off",
        "I_BLANK": "blanks, hyphens or full-width digits in the ID number",
        "N_HOMO": "a character written as another that sounds the same: 伟, 玮",
        "N_NEAR": "… as one that sounds nearly the same: 静, 锦",
        "N_DIAL": "the surname as the dialect has it: 王, 黄; 吴, 胡",
        "N_VIS": "… as one that looks alike: 晴, 睛",
        "N_TRAD": "traditional characters (of names that have any)",
        "N_VAR": "a variant: 付, 傅; 闫, 阎; 昇, 升 (of names that have any)",
        "N_DROP": "a character of the given name left out (of names of three)",
        "N_ORDER": "characters swapped",
        "N_PINYIN": "pinyin alone, in capitals",
        "N_ALIAS": "another given name: what the neighbours call her",
        "N_JUNK": "something after the name: 1, *, (已故), 先生",
        "N_RARE": "a rare character as ?, □ or a similar one (of names that have any)",
        "N_DOT": "another dot, a blank, or none (of names with ·)",
        "B_MISS": "birth date missing",
        "B_LUNAR": "birth date by the lunar calendar (of those born before 1978)",
        "B_YEAR": "a year off",
        "B_SWAP": "day and month swapped (where the day can be a month)",
        "B_DAY": "a day off",
        "B_JAN1": "first of January: only the year was known",
        "S_FLIP": "the other sex",
        "S_MISS": "sex missing",
        "T_MISS": "phone missing",
        "T_OLD": "a number given up since (of those who had another)",
        "T_KIN": "a relative's number (a parent's for every child)",
        "T_TYPO": "one digit of the phone wrong",
        "T_LAND": "the household's landline",
        "C_MISS": "health card missing",
        "C_KIN": "a relative's health card",
        "A_MISS": "address missing",
        "A_OLD": "where the household lived before (of those who moved)",
        "A_COLL": "in the neighbours' words: only the estate, 3-2-502",
        "A_CUT": "cut off, or only as far as the town",
    }
)
"""Of one record. Others belong to the person or to the feed; see ``LASTING``."""

LASTING: Mapping[str, str] = MappingProxyType(
    {
        "TWIN": "the person is a twin: 3.0 % of deliveries, two thirds of one sex, most with a character in common",
        "N_BABY": "a newborn recorded under the mother before it has a name: 某某之子, 某某之女; no ID number",
        "NEWBORN": "born in the last two months; has a name, no ID number in the feeds yet",
        "N_OLD": "renamed; the record has the former name (1.5 % of people; two in five of their records)",
        "I_OLD": "the police corrected the ID number; a record has the former one (1 in 1,500; half their records)",
        "I_TWICE": "the police gave the same ID number to two people (1 pair in 20,000)",
        "GONE": "dead or moved away long ago, still in old records, no longer in the register",
        "STRANGER": "not in the register: a visitor, a migrant, a foreigner",
    }
)
_ORDINARY = (
    9.0, 1.0, 0.1, 0.3, 0.8, 30, 0.6, 0.4, 0.2, 1.0,
    0.8, 0.3, 0.15, 0.3, 0.8, 2.0, 0.25, 0.1, 0.15, 0.3, 0.5, 40, 50,
    0.8, 1.0, 0.5, 0.5, 0.4, 0.6, 0.4, 0.5,
    8, 12, 9, 0.8, 4, 45, 0.2, 6, 40, 25, 10,
)  # fmt: skip
_DIRTY = (
    18, 2.2, 0.3, 0.8, 2.0, 60, 1.2, 1.0, 0.5, 3.0,
    1.8, 0.7, 0.3, 0.7, 2.0, 5.0, 0.6, 0.3, 0.4, 0.6, 1.2, 60, 70,
    2.0, 2.0, 1.0, 1.5, 0.9, 1.5, 1.0, 1.5,
    15, 25, 12, 1.6, 6, 60, 0.5, 12, 60, 35, 16,
)  # fmt: skip
_UNSEEN = (
    13, 0.7, 0.15, 0.6, 1.5, 80, 0.8, 1.2, 0.4, 2.0,
    1.2, 0.5, 0.25, 0.5, 0.4, 6.0, 0.2, 0.05, 0.05, 0.4, 0.9, 70, 30,
    0.5, 1.6, 0.7, 0.2, 0.6, 1.0, 0.3, 0.2,
    14, 20, 6, 0.5, 9, 30, 0.3, 12, 55, 40, 8,
)  # fmt: skip


class Carelessness(NamedTuple):
    """A record in ``share`` of all is careless; the others make ``careful`` times the errors of the table.

    The careless ones make so many more that the table holds on average: several at once.
    """

    share: float
    careful: float = 0.5

    def times(self, careless: bool) -> float:
        return (1 - (1 - self.share) * self.careful) / self.share if careless else self.careful


@dataclass(frozen=True)
class Profile:
    name: str
    rates: Mapping[str, float]
    """Of a record to which the class can happen."""
    careless: Carelessness
    other_ways: bool = False
    """Other placeholders, suffixes and ways to write a number of a house than those of the first world."""


def _rates(per_cent: tuple[float, ...]) -> Mapping[str, float]:
    return MappingProxyType({name: rate / 100 for name, rate in zip(CLASSES, per_cent, strict=True)})


ORDINARY = Profile("ordinary", _rates(_ORDINARY), Carelessness(0.10))
DIRTY = Profile("dirty", _rates(_DIRTY), Carelessness(0.20))
UNSEEN = Profile("unseen", _rates(_UNSEEN), Carelessness(0.12, 0.4), other_ways=True)
"""Weights are learned and thresholds chosen on the others; this one only judges."""
PROFILES = {profile.name: profile for profile in (ORDINARY, DIRTY, UNSEEN)}
ALWAYS = frozenset({"I_LOWER", "N_RARE", "N_DOT", "T_OLD", "C_MISS", "A_OLD", "A_COLL", "T_KIN", "T_LAND"})
"""Habits, not carelessness: as often in every record."""


def table() -> str:
    """The error model as documentation has it; per cent."""
    rows = [
        f"| `{name}` | {what} | "
        + " | ".join(f"{100 * profile.rates[name]:.3g}" for profile in PROFILES.values())
        + " |"
        for name, what in CLASSES.items()
    ]
    head = f"| class | is | {' | '.join(PROFILES)} |"
    return "\n".join([head, "| --- | --- |" + " --- |" * len(PROFILES), *rows])
