"""GP1, what an ambulatory visit is billed by."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import billed

ROOM = Room(
    "GP1",
    "Grouping/Reimbursement - Visit",
    (
        keeps(1, "Type of Bill Code", *CONCEPT),
        keeps(2, "Revenue Code", *CONCEPT),
        keeps(3, "Overall Claim Disposition Code", *CONCEPT),
        keeps(4, "OCE Edits Per Visit Code", *CONCEPT),
        keeps(5, "Outlier Cost"),
    ),
    billed,
)
