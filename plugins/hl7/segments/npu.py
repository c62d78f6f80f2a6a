"""NPU, how a bed stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import one_coding
from plugins.hl7.rows import Room, takes
from plugins.hl7.segments.places import place_named

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_STATUS = "http://terminology.hl7.org/CodeSystem/v2-0116"


def _open(draft: Draft, segment: Segment) -> Targets:
    return place_named(draft, segment, 1)


def _placed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    del draft, targets
    return len(segment.repetitions(1)) == 1


def _stands(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """NPU-2: FHIR's operational status is of the same table."""
    found = one_coding(segment.repetitions(2)[0], draft)
    if not found or len(segment.repetitions(2)) > 1:
        return False
    targets["Location"]["operationalStatus"] = {"system": _STATUS, **found}
    return True


ROOM = Room(
    "NPU",
    "Bed Status Update",
    (
        takes(1, "Bed Location", "Location.name", _placed),
        takes(2, "Bed Status", "Location.operationalStatus", _stands),
    ),
    _open,
)
