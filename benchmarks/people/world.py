"""A world of invented residents: the same for the same seed."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from benchmarks.people.families import FIRST, Families, Manner
from benchmarks.people.names import GivenNames, surname_of
from benchmarks.people.numbers import check_digit
from benchmarks.people.residents import Resident, World

RENAMED, CORRECTED, TWICE = 0.015, 1 / 1500, 1 / 20_000


def world(residents: int, seed: int = 4711, manner: Manner = FIRST) -> World:
    """With so many registered residents, and the strangers, gone and newborns beside them."""
    random, found = Random(seed), World(seed)
    families = Families(found, random, manner, residents)
    registered = counted = at = 0
    while registered < residents:
        families.add(at)
        at += 1
        registered += sum(one.state == "registered" for one in found.residents[counted:])
        counted = len(found.residents)
    _live(found, random)
    return found


def _live(found: World, random: Random) -> None:
    """What happens to people: other names, corrected numbers, numbers given out twice."""
    given = GivenNames(0)
    for resident in found.residents:
        if random.random() < RENAMED and not resident.passport and "·" not in resident.name and resident.age > 2:
            resident.former_name = _another(found, resident, given, random)
        if resident.id_number and random.random() < CORRECTED:
            resident.former_id = _mistaken(resident, random)
    _give_twice(found, random)


def _another(found: World, resident: Resident, given: GivenNames, random: Random) -> str:
    surname, parents = surname_of(resident.name), found.parents(resident)
    if parents and "·" not in parents[0].name and random.random() < 0.25:
        return surname_of(parents[0].name) + resident.name[len(surname) :]
    return surname + given.draw(random, resident.born.year, resident.sex)


def _mistaken(resident: Resident, random: Random) -> str:
    """With another sequence (kind of correction 11) or birthday (12)."""
    number = resident.id_number
    if random.random() < 0.6:
        body = f"{number[:14]}{random.randrange(40, 50)}{number[16]}"
    else:
        body = f"{number[:12]}{random.randint(1, 28):02}{number[14:17]}"
    other = body + check_digit(body)
    return other if other != number else ""


def _give_twice(found: World, random: Random) -> None:
    """Two of one sex and birthday, from different households; at least one pair."""
    of_a_day = defaultdict(list)
    for resident in found.residents:
        if resident.state == "registered" and resident.id_number and resident.twin is None:
            of_a_day[resident.born, resident.sex].append(resident)
    pairs = [same for same in of_a_day.values() if len(same) > 1]
    wanted = max(1, round(len(found.residents) * TWICE))
    for same in random.sample(pairs, min(wanted, len(pairs))):
        one, other = same[:2]
        other.id_number, one.shares_id, other.shares_id = one.id_number, True, True
