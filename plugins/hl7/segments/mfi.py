"""MFI, which directory is told about."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, MOMENT
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.accounts import at_home

ROOM = Room(
    "MFI",
    "Master File Identification",
    (
        ignores(1, "Master File Identifier", "says again what MSH-9 says"),
        keeps(2, "Master File Application Identifier"),
        ignores(3, "File Level Event Code", "each MFE says what becomes of its entry; entries not named stay"),
        keeps(4, "Entered Date/Time", *MOMENT),
        keeps(5, "Effective Date/Time", *MOMENT),
        keeps(6, "Response Level Code", *CONCEPT),
    ),
    at_home,
)
