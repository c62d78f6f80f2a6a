"""MSH, about the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.rows import Room, ignores

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return {"Patient": draft.patient}


ROOM = Room(
    "MSH",
    "Message Header",
    (
        ignores(1, "Field Separator", "about the message, not the person; the journal keeps it whole"),
        ignores(2, "Encoding Characters", "about the message, not the person; the journal keeps it whole"),
        ignores(3, "Sending Application", "about the message, not the person; the journal keeps it whole"),
        ignores(4, "Sending Facility", "about the message, not the person; the journal keeps it whole"),
        ignores(5, "Receiving Application", "about the message, not the person; the journal keeps it whole"),
        ignores(6, "Receiving Facility", "about the message, not the person; the journal keeps it whole"),
        ignores(7, "Date/Time of Message", "about the message, not the person; the journal keeps it whole"),
        ignores(8, "Security", "about the message, not the person; the journal keeps it whole"),
        ignores(9, "Message Type", "about the message, not the person; the journal keeps it whole"),
        ignores(10, "Message Control ID", "about the message, not the person; the journal keeps it whole"),
        ignores(11, "Processing ID", "about the message, not the person; the journal keeps it whole"),
        ignores(12, "Version ID", "about the message, not the person; the journal keeps it whole"),
        ignores(13, "Sequence Number", "about the message, not the person; the journal keeps it whole"),
        ignores(14, "Continuation Pointer", "about the message, not the person; the journal keeps it whole"),
        ignores(15, "Accept Acknowledgment Type", "about the message, not the person; the journal keeps it whole"),
        ignores(16, "Application Acknowledgment Type", "about the message, not the person; the journal keeps it whole"),
        ignores(17, "Country Code", "about the message, not the person; the journal keeps it whole"),
        ignores(18, "Character Set", "about the message, not the person; the journal keeps it whole"),
        ignores(19, "Principal Language of Message", "about the message, not the person; the journal keeps it whole"),
        ignores(
            20,
            "Alternate Character Set Handling Scheme",
            "about the message, not the person; the journal keeps it whole",
        ),
        ignores(21, "Message Profile Identifier", "about the message, not the person; the journal keeps it whole"),
        ignores(
            22, "Sending Responsible Organization", "about the message, not the person; the journal keeps it whole"
        ),
        ignores(
            23, "Receiving Responsible Organization", "about the message, not the person; the journal keeps it whole"
        ),
        ignores(24, "Sending Network Address", "about the message, not the person; the journal keeps it whole"),
        ignores(25, "Receiving Network Address", "about the message, not the person; the journal keeps it whole"),
    ),
    _open,
)
