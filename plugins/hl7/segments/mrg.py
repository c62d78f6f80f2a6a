"""MRG, the numbers there were before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import identifier
from plugins.hl7.datatypes.named import names
from plugins.hl7.rows import Room, maps

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """Who was meant, where persons are merged or something is moved; else the account and the visit renumbered."""
    del segment
    event = draft.event
    draft.retired.append({"resourceType": "Patient"})
    targets = {"Patient": draft.retired[-1]} if event.merges or event.moves or not event.prior else {}
    if event.accounts and draft.account:
        targets["Account"] = draft.add("Account", draft.account)
    if event.visits and draft.visit:
        targets["Encounter"] = draft.add("Encounter", draft.visit)
    return targets or draft.home()


def _old(rep: Repetition, draft: Draft) -> Json | None:
    """CX -> an Identifier that was in use before."""
    found = identifier(rep, draft)
    return found and {"use": "old", **found}


ROOM = Room(
    "MRG",
    "Merge Patient Information",
    (
        maps(1, "Prior Patient Identifier List", "Patient.identifier[]", identifier),
        maps(2, "Prior Alternate Patient ID", "Patient.identifier[]", identifier),
        maps(3, "Prior Patient Account Number", "Account.identifier[]", _old),
        maps(4, "Prior Patient ID", "Patient.identifier[]", identifier),
        maps(5, "Prior Visit Number", "Encounter.identifier[]", _old),
        maps(6, "Prior Alternate Visit ID", "Encounter.identifier[]", _old),
        maps(7, "Prior Patient Name", "Patient.name[]", names),
    ),
    _open,
)
