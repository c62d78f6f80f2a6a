"""What PRB, GOL and PTH say alike: what was done to them, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def instance_key(draft: Draft, segment: Segment, number: int, code: int, since: int) -> str:
    """The number of a problem, goal or pathway with its authority; else the person, what it is and since when."""
    if value := segment.get(number).strip():
        authority = authority_system(draft, *(segment.get(number, level) for level in (2, 3, 4)))
        return f"{authority}|{value}"
    return f"{draft.person}|{segment.name}|{segment.get(code) or segment.get(code, 2)}|{segment.get(since)}"


def is_deleted(draft: Draft, segment: Segment) -> bool:
    """By the action code (HL7 table 0287), or because the message is there to delete problems (PC3)."""
    return segment.get(1).strip().upper() == "DE" or (segment.name == "PRB" and draft.event.deletes == "problems")


def deleted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """The action code, where it says that the thing was entered in error; written when the segment is closed."""
    del draft, targets
    return segment.get(1).strip().upper() == "DE"
