"""RXC, a component of a mixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import mixed, put_together, with_number

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """Each component is one of the mixture's, and what is kept of it stays with it."""
    del segment
    return {"Ingredient": {}} if draft.medicine else draft.under or draft.home()


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if draft.medicine:
        default(targets["Ingredient"], "itemCodeableConcept", {"text": "unknown"})
        listed(draft.medicine["Medication"], "ingredient").append(targets["Ingredient"])
        put_together(draft)


def _amount(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = mixed(draft, segment)
    if found is None or "Ingredient" not in targets:
        return False
    targets["Ingredient"]["strength"] = found
    return True


ROOM = Room(
    "RXC",
    "Pharmacy/Treatment Component Order",
    (
        keeps(1, "RX Component Type"),
        maps(2, "Component Code", "Ingredient.itemCodeableConcept", concept),
        reads(3, "Component Amount", "Ingredient.strength", _amount),
        takes(4, "Component Units", "Ingredient.strength", with_number(3)),
        keeps(5, "Component Strength", *NUMBER),
        keeps(6, "Component Strength Units", *CONCEPT),
        keeps(7, "Supplementary Code", *CONCEPT),
        keeps(8, "Component Drug Strength Volume", *NUMBER),
        keeps(9, "Component Drug Strength Volume Units", *CONCEPT),
        keeps(10, "Dispense Amount", *NUMBER),
        keeps(11, "Dispense Units", *CONCEPT),
    ),
    _open,
    _close,
)
