"""AFF, a professional body a member of the staff belongs to."""

from __future__ import annotations

from plugins.hl7.keeping import ADDRESS, ORGANIZATION, PERIOD
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.staff import in_office, of_staff

ROOM = Room(
    "AFF",
    "Professional Affiliation",
    (
        ignores(1, "Set ID AFF", "a counter within the message"),
        keeps(2, "Professional Organization", *ORGANIZATION),
        keeps(3, "Professional Organization Address", *ADDRESS),
        keeps(4, "Professional Organization Affiliation Date Range", *PERIOD),
        keeps(5, "Professional Affiliation Additional Information"),
    ),
    of_staff,
    in_office,
)
