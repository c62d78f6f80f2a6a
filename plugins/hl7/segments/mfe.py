"""MFE, what becomes of an entry of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.keeping import MOMENT, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, reads

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_IN_USE = {"MAD": True, "MUP": True, "MAC": True, "MDC": False, "MDL": False}
"""MFE-1 (HL7 table 0180): add, update, reactivate; deactivate, delete. Nothing is deleted: it is no longer in use."""


def _open(draft: Draft, segment: Segment) -> Targets:
    """Says of the entry, before its own segments do, whether it is in use."""
    known = _IN_USE.get(segment.get(1).strip())
    if known is None:
        raise ParseError(
            "the entry does not say what becomes of it: MAD, MUP, MAC, MDC or MDL is needed",
            place=f"MFE({segment.occurrence})-1" if segment.occurrence > 1 else "MFE-1",
        )
    if place := draft.base.get("Location"):
        place["status"] = "active" if known else "inactive"
    elif staff := draft.base.get("Practitioner"):
        staff["active"] = known
    return draft.home()


def _done(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft
    if segment.get(1).strip() == "MDL":
        return False
    return not targets.keys().isdisjoint({"Location", "Practitioner"})


ROOM = Room(
    "MFE",
    "Master File Entry",
    (
        reads(1, "Record Level Event Code", "Practitioner.active", _done, also="Location.status"),
        ignores(2, "MFN Control ID", "a number for the answer"),
        keeps(3, "Effective Date/Time", *MOMENT),
        ignores(4, "Primary Key Value MFE", "says again what STF-1 or LOC-1 says"),
        ignores(5, "Primary Key Value Type", "the datatype of MFE-4"),
        keeps(6, "Entered Date/Time", *MOMENT),
        keeps(7, "Entered by", *PRACTITIONER),
    ),
    _open,
)
