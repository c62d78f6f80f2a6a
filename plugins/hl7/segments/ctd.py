"""CTD, whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import of_table
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.keeping import CONCEPT, PLACE
from plugins.hl7.rows import Room, keeps, takes

if TYPE_CHECKING:
    from typing import Any

    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return {"Patient": draft.patient}


def _asked(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """CTD-2 with what else it says: a contact of the patient."""
    found = [one for rep in segment.repetitions(2) for one in names(rep, draft)]
    if not found:
        return False
    given = {
        "relationship": [one for rep in segment.repetitions(1) if (one := _relation(rep, draft))],
        "name": found[0],
        "telecom": [one for rep in segment.repetitions(5) if (one := contact("")(rep, draft))],
        "address": next((one for rep in segment.repetitions(3) if (one := address(rep, draft))), None),
    }
    listed(targets["Patient"], "contact").append({name: value for name, value in given.items() if value})
    return True


def _with_name(at: int) -> Any:
    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del draft, targets
        return bool(segment.raw(2)) and len(segment.repetitions(at)) == 1

    return read


_relation = of_table("0131")


ROOM = Room(
    "CTD",
    "Contact Data",
    (
        takes(1, "Contact Role", "Patient.contact.relationship", _with_name(1)),
        takes(2, "Contact Name", "Patient.contact.name", _asked),
        takes(3, "Contact Address", "Patient.contact.address", _with_name(3)),
        keeps(4, "Contact Location", *PLACE),
        takes(5, "Contact Communication Information", "Patient.contact.telecom", _with_name(5)),
        keeps(6, "Preferred Method of Contact", *CONCEPT),
        keeps(7, "Contact Identifiers"),
    ),
    _open,
)
