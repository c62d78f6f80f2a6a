"""Whose child a claim says it is: its mother's claims, what they know of her, and her other children.

A newborn has neither name nor number, but a mother: one sender gives her number on its wards, another her ID number.
Where both lead to one woman, they lead to one child.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from hub.database import Connection
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims, Known
from hub.identity.graph import BY_RULE, Component, Kind, Ruling, component, decide
from hub.identity.normalise import Description, Mother, Number
from hub.identity.scoring import Candidate
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.ids import claim_id
from hub.records.stored import Cause

MOTHER_OF: Kind = "mother_of"
CHILD_OF = "mother/"
"""Before the system of a number that a claim holds because its mother has it."""
_OWN = f"{CHILD_OF}claim"


class Newborns:
    def __init__(self, connection: Connection, claims: Claims, candidates: Candidates, at: int) -> None:
        self._connection = connection
        self._claims = claims
        self._candidates = candidates
        self._at = at

    def numbers(self, feed: str, description: Description) -> Iterable[Number]:
        """By what the claim is found when its mother is heard of after it."""
        if description.mother is None:
            return
        for system, value in description.mother.numbers:
            yield CHILD_OF + system, value
            for claim in _claims_of(feed, system, value):
                yield _OWN, claim

    def asked(self, claim: str, description: Description) -> Iterator[Number]:
        """Numbers by which its mother and its children are looked for."""
        yield from _hers(claim, description)
        if description.mother is not None:
            yield from description.mother.numbers

    def mothers(self, feed: str, description: Description) -> Iterator[str]:
        """Claims that the sender may know its mother by."""
        if description.mother is not None:
            for number in description.mother.numbers:
                yield from _claims_of(feed, *number)

    def raised(self, known: Known, description: Description, cause: Cause) -> Description:
        """With all ID numbers of the mother, where she is known; that she is the mother is a decision of its own."""
        said = description.mother
        if said is None or not said.numbers:
            return description
        mothers = self._mothers(known, said)
        if not mothers:
            return description
        hers = [component(self._connection, mother.id) for mother in mothers]
        for mother, one in zip(mothers, hers, strict=True):
            self._record(mother, one, known, cause)
        described = self._candidates.described({claim for one in hers for claim in one.claims})
        told = {(ID_NUMBER_SYSTEM, number) for each in described.values() for number in each.id_numbers}
        numbers = (*said.numbers, *sorted(told.difference(said.numbers)))
        return replace(description, mother=replace(said, numbers=numbers))

    def kin(self, known: Known) -> list[Candidate]:
        """The other children of its mother."""
        hers = component(self._connection, known.id)
        mothers = {said.one for said in hers.decisions if said.kind == MOTHER_OF and said.other in hers.claims}
        children = {child for mother in mothers for child in self._children(component(self._connection, mother))}
        described = self._candidates.described(children - hers.claims)
        claims = {one.id: one for one in self._claims.each(described)}
        return [Candidate(id_, claims[id_].person, said) for id_, said in described.items() if id_ in claims]

    def waiting(self, known: Known, description: Description) -> list[Known]:
        """Children who named this mother before she was known."""
        found = self._claims.held(_hers(known.id, description))
        return self._claims.each(set[str]().union(*found.values()) - {known.id})

    def of_mother(self, hers: Component) -> list[Known]:
        """The children of a person."""
        return self._claims.each(self._children(hers))

    def _children(self, hers: Component) -> set[str]:
        return {said.other for said in hers.decisions if said.kind == MOTHER_OF and said.one in hers.claims}

    def _mothers(self, known: Known, said: Mother) -> list[Known]:
        own = {claim for number in said.numbers for claim in _claims_of(known.feed, *number)}
        ids = own.union(*self._claims.held(said.numbers).values()) - {known.id}
        described = self._candidates.described(ids) if ids else {}
        return [one for one in self._claims.each(ids) if one.id in described and _may_be(said, described[one.id])]

    def _record(self, mother: Known, hers: Component, child: Known, cause: Cause) -> None:
        """Once for the two persons."""
        if child.id in self._children(hers):
            return
        ruling = Ruling(BY_RULE, self._at, {"rule": "the child names its mother's number", "version": 1}, cause.entry)
        decide(self._connection, MOTHER_OF, mother.id, child.id, ruling)


def _hers(claim: str, description: Description) -> list[Number]:
    """What her children hold for her sake."""
    numbers = [(CHILD_OF + ID_NUMBER_SYSTEM, number) for number in description.id_numbers]
    return [*numbers, *((CHILD_OF + system, value) for system, value in description.papers), (_OWN, claim)]


def _may_be(said: Mother, woman: Description) -> bool:
    """Not a man, and no woman of quite another name: guardians' numbers are given for mothers' too."""
    if woman.sex == "male":
        return False
    if not (said.names and woman.names):
        return True
    told, known = said.names, woman.names
    return any(one.text == other.text or one.sound == other.sound for one in told for other in known)


def _claims_of(feed: str, system: str, value: str) -> tuple[str, ...]:
    """Claims that the sender may know her by: its adapters key them by the number, or by its system and the number."""
    prefix = f"{feed} "
    if not system.startswith(prefix):
        return ()
    return claim_id(feed, value), claim_id(feed, f"{system.removeprefix(prefix)}|{value}")
