"""Invented people whose truth is known, and what careless feeds make of them: docs/reference/identity.md.

found = world(4_000)
for said in [*register(found), *feeds(found, DIRTY)]:
    said.feed, said.claim(), said.person, said.classes
"""

from benchmarks.people.families import FIRST, SECOND, Manner
from benchmarks.people.feeds import FEEDS, REGISTER, feeds, register
from benchmarks.people.profiles import CLASSES, DIRTY, LASTING, ORDINARY, PROFILES, UNSEEN, Profile
from benchmarks.people.residents import TODAY, Household, Resident, World
from benchmarks.people.said import Mother, Said
from benchmarks.people.world import world

__all__ = [
    "CLASSES",
    "DIRTY",
    "FEEDS",
    "FIRST",
    "LASTING",
    "ORDINARY",
    "PROFILES",
    "REGISTER",
    "SECOND",
    "TODAY",
    "UNSEEN",
    "Household",
    "Manner",
    "Mother",
    "Profile",
    "Resident",
    "Said",
    "World",
    "feeds",
    "register",
    "world",
]
