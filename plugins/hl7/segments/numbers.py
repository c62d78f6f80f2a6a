"""What an order is known by: the numbers in its ORC, else in its detail segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Segment


def order_number(draft: Draft, common: Segment | None, detail: Segment | None) -> str:
    """The placer's number, else the filler's, with whose it is; empty without either."""
    for at in (2, 3):
        for segment in (common, detail):
            value = segment.get(at) if segment else ""
            if segment and value and value != '""':
                authority = authority_system(draft, *(segment.get(at, level) for level in (2, 3, 4)))
                return f"{authority}|{value}"
    return ""
