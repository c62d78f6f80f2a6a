"""A claim as it is looked for, and what comparing it with the holders of its numbers said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hub.identity.agreement import Agreement
from hub.identity.claims import Known
from hub.identity.normalise import STRENGTH, Description, Number
from hub.identity.scoring import Candidate
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.stored import Cause


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing a claim with a holder of its number said."""

    number: Number
    holder: Known
    agreement: Agreement

    @property
    def system(self) -> str:
        return self.number[0]

    @property
    def is_settled(self) -> bool:
        """The number is one, and more than the name speaks against it: likeness does not overrule that.

        Whose ID number is told under another name may have been renamed, or be at home with its holder.
        """
        contradicted = set(self.agreement.contradicted)
        if self.system == ID_NUMBER_SYSTEM and "name" in contradicted:
            return False
        return bool(contradicted - {"name", "identifier"})


@dataclass(frozen=True, slots=True)
class Matched:
    """A claim as it is looked for."""

    known: Known
    description: Description
    cause: Cause
    kin: Sequence[Candidate] = ()
    """Children of the same mother."""
    fresh: bool = False
    """Not heard of before: no decision names it."""
    joined: Description | None = None
    """The claim that its number has joined it with; who is like that one was found when that one came."""
    asked: Collection[str] = ()
    """Persons whom its number joins it with or makes a question of: not looked at for likeness."""
    due: Collection[str] = ()
    """Persons who will be asked about for the number's sake: not for likeness, too."""


def strength(number: Number) -> tuple[int, Number]:
    """By what numbers are put in order, the strongest first."""
    system, _ = number
    return (STRENGTH.index(system) if system in STRENGTH else len(STRENGTH)), number
