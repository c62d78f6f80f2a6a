"""CTI, the clinical trial an order is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import entity
from plugins.hl7.keeping import CONCEPT, extension
from plugins.hl7.rows import Room, keeps, maps

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

_STUDIED = "ServiceRequest.extension[] MedicationRequest.extension[] MedicationDispense.extension[]"


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.order or draft.under or draft.home()


def _study(rep: Repetition, draft: Draft) -> Json | None:
    found = entity(rep, draft)
    return found and {"type": "ResearchStudy", "identifier": found}


ROOM = Room(
    "CTI",
    "Clinical Trial Identification",
    (
        maps(1, "Sponsor Study ID", _STUDIED, extension("workflow-researchStudy", "valueReference", _study)),
        keeps(2, "Study Phase ID", *CONCEPT),
        keeps(3, "Study Scheduled Time Point", *CONCEPT),
    ),
    _open,
)
