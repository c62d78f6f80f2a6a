"""The hospital's day: visits as stories, each in its own order, all of them under one clock."""

from __future__ import annotations

import heapq
import random
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from hub.demo.district import Registry, Resident
from hub.demo.hospitals import FIRST_DAY
from hub.sandbox.facts import Letter
from hub.sandbox.ward import Visit, Ward

if TYPE_CHECKING:
    Story = Iterator[tuple[Letter | None, float]]
    """Each time it is asked it says something or not, and how many minutes later it wants to be asked again."""

AREA = "990101"
"""No county has it, so nobody has these ID numbers."""
BETWEEN_ARRIVALS_MIN = 6.0
OFTEN = 4.0
"""A visit has about that many messages: faults of whole visits come as often as those of messages."""


class Day:
    """Goes on for as long as somebody reads; the same seed always gives the same bytes."""

    def __init__(self, seed: int, residents: int, faults: Collection[str] = (), share: float = 0.0) -> None:
        self._chance = random.Random(f"{seed} day")  # noqa: S311 - invents visits, keeps no secret
        self._ward = Ward(seed)
        self._residents = _invented(residents, seed)
        self._inside: set[int] = set()
        """Who is in the hospital, or has a story that is not over."""
        self._now = FIRST_DAY
        self._late = share * OFTEN if "late" in faults else 0.0
        self._merges = share * OFTEN if "merges" in faults else 0.0

    def letters(self) -> Iterator[Letter]:
        """By the hospital's clock, which runs on its own: how fast they are sent is the sender's affair."""
        turns: list[tuple[datetime, int, Story]] = []
        ticket = count()
        heapq.heappush(turns, (self._now, next(ticket), self._arrivals(turns, ticket)))
        while turns:
            self._now, _, story = heapq.heappop(turns)
            self._ward.set_clock(self._now)
            told = next(story, None)
            if told is None:
                continue
            letter, minutes = told
            if letter is not None:
                yield letter
            later = self._now + timedelta(seconds=max(1, round(minutes * 60)))
            heapq.heappush(turns, (later, next(ticket), story))

    def _arrivals(self, turns: list[tuple[datetime, int, Story]], ticket: Iterator[int]) -> Story:
        while True:
            who = self._chance.randrange(len(self._residents))
            if who not in self._inside:
                heapq.heappush(turns, (self._now, next(ticket), self._whole(who)))
            yield None, self._chance.expovariate(1 / BETWEEN_ARRIVALS_MIN)

    def _whole(self, who: int) -> Story:
        self._inside.add(who)
        person = self._residents[who]
        kinds = (self._outpatient, self._inpatient, self._vaccination, self._appointment)
        if self._chance.random() < self._merges:
            yield from self._twice(person)
        else:
            (kind,) = self._chance.choices(kinds, (50, 22, 13, 15))
            yield from kind(person)
        if self._chance.random() < self._late:
            yield None, self._minutes(60, 600)
            self._residents[who], letter = self._ward.corrects(person)
            yield letter, 1
        self._inside.discard(who)

    def _outpatient(self, person: Resident) -> Story:
        visit, letter = self._ward.arrives(person, inpatient=False)
        yield letter, self._minutes(5, 30)
        if self._chance.random() < 0.6:
            yield from self._laboratory(person, visit)
        if self._chance.random() < 0.5:
            yield self._ward.prescribes(person, visit), self._minutes(2, 10)
        yield self._ward.charges(person, visit), self._minutes(1, 5)

    def _inpatient(self, person: Resident) -> Story:
        visit, letter = self._ward.arrives(person, inpatient=True)
        yield letter, self._minutes(10, 40)
        yield from self._laboratory(person, visit)
        yield self._ward.prescribes(person, visit), self._minutes(10, 60)
        if self._chance.random() < 0.4:
            yield self._ward.moves(person, visit), self._minutes(30, 200)
        yield from self._laboratory(person, visit)
        yield self._ward.charges(person, visit), self._minutes(5, 20)
        yield self._ward.writes(person, visit), self._minutes(5, 20)
        yield self._ward.leaves(person, visit), 1

    def _laboratory(self, person: Resident, visit: Visit) -> Story:
        order, letter = self._ward.asks_laboratory(person, visit)
        yield letter, self._minutes(20, 90)
        values = self._ward.measured()
        yield self._ward.finds(person, visit, order, values), self._minutes(5, 30)
        if self._chance.random() < self._late:
            values[0] += 1
            yield None, self._minutes(30, 120)
            yield self._ward.finds(person, visit, order, values, "C"), self._minutes(1, 10)

    def _vaccination(self, person: Resident) -> Story:
        yield self._ward.vaccinates(person, self._chance.randrange(3)), 1

    def _appointment(self, person: Resident) -> Story:
        when = (self._now + timedelta(minutes=self._minutes(60, 240))).replace(second=0, minute=0)
        booking, letter = self._ward.books(person, when)
        yield letter, self._minutes(30, 300)
        fate = self._chance.random()
        if fate < 0.3:
            _, letter = self._ward.books(person, when, booking, "S15" if fate < 0.2 else "S26")
            yield letter, 1
        else:
            yield from self._outpatient(person)

    def _twice(self, person: Resident) -> Story:
        """Comes without papers, is registered as somebody new, and is recognised later."""
        stranger = replace(person, id_number="", phone="", address=f"急诊{self._minutes(1, 999):.0f}号", mother="")
        _, letter = self._ward.arrives(stranger, inpatient=False, stranger=True)
        yield replace(letter, person=self._ward.number(person)), self._minutes(10, 60)
        _, letter = self._ward.arrives(person, inpatient=False)
        yield letter, self._minutes(5, 30)
        for event in self._chance.choice((("A40",), ("A40",), ("A24",), ("A24", "A37"))):
            yield self._ward.joins(person, stranger, event), self._minutes(10, 60)

    def _minutes(self, least: float, most: float) -> float:
        return self._chance.uniform(least, most)


def _invented(count: int, seed: int) -> list[Resident]:
    registry = Registry(seed, AREA)
    residents: list[Resident] = []
    while len(residents) < count:
        residents += registry.family()
    return residents[:count]
