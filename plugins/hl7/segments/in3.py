"""IN3, what the insurer certifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.keeping import CONCEPT, CONTACT, IDENTIFIER, MOMENT, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.coverage or draft.home()


ROOM = Room(
    "IN3",
    "Insurance Additional Information, Certification",
    (
        ignores(1, "Set ID IN3", "a counter within the message"),
        keeps(2, "Certification Number", *IDENTIFIER),
        keeps(3, "Certified by", *PRACTITIONER),
        keeps(4, "Certification Required"),
        keeps(5, "Penalty"),
        keeps(6, "Certification Date/Time", *MOMENT),
        keeps(7, "Certification Modify Date/Time", *MOMENT),
        keeps(8, "Operator", *PRACTITIONER),
        keeps(9, "Certification Begin Date", *MOMENT),
        keeps(10, "Certification End Date", *MOMENT),
        keeps(11, "Days"),
        keeps(12, "Non Concur Code Description", *CONCEPT),
        keeps(13, "Non Concur Effective Date/Time", *MOMENT),
        keeps(14, "Physician Reviewer", *PRACTITIONER),
        keeps(15, "Certification Contact"),
        keeps(16, "Certification Contact Phone Number", *CONTACT),
        keeps(17, "Appeal Reason", *CONCEPT),
        keeps(18, "Certification Agency", *CONCEPT),
        keeps(19, "Certification Agency Phone Number", *CONTACT),
        keeps(20, "Pre Certification Requirement"),
        keeps(21, "Case Manager"),
        keeps(22, "Second Opinion Date", *MOMENT),
        keeps(23, "Second Opinion Status", *CONCEPT),
        keeps(24, "Second Opinion Documentation Received", *CONCEPT),
        keeps(25, "Second Opinion Physician", *PRACTITIONER),
        keeps(26, "Certification Type", *CONCEPT),
        keeps(27, "Certification Category", *CONCEPT),
    ),
    _open,
)
