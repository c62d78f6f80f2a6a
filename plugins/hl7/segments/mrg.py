"""MRG, the number the sender retires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import identifier
from plugins.hl7.datatypes.named import names
from plugins.hl7.keeping import IDENTIFIER
from plugins.hl7.rows import Room, keeps, maps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    draft.retired.append({"resourceType": "Patient"})
    return {"Patient": draft.retired[-1]}


ROOM = Room(
    "MRG",
    "Merge Patient Information",
    (
        maps(1, "Prior Patient Identifier List", "Patient.identifier[]", identifier),
        maps(2, "Prior Alternate Patient ID", "Patient.identifier[]", identifier),
        keeps(3, "Prior Patient Account Number", *IDENTIFIER),
        maps(4, "Prior Patient ID", "Patient.identifier[]", identifier),
        keeps(5, "Prior Visit Number", *IDENTIFIER),
        keeps(6, "Prior Alternate Visit ID", *IDENTIFIER),
        maps(7, "Prior Patient Name", "Patient.name[]", names),
    ),
    _open,
)
