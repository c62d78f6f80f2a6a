"""GP2, what a procedure is billed by."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import billed

ROOM = Room(
    "GP2",
    "Grouping/Reimbursement - Procedure Line Item",
    (
        keeps(1, "Revenue Code", *CONCEPT),
        keeps(2, "Number of Service Units", *NUMBER),
        keeps(3, "Charge"),
        keeps(4, "Reimbursement Action Code", *CONCEPT),
        keeps(5, "Denial or Rejection Code", *CONCEPT),
        keeps(6, "OCE Edit Code", *CONCEPT),
        keeps(7, "Ambulatory Payment Classification Code", *CONCEPT),
        keeps(8, "Modifier Edit Code", *CONCEPT),
        keeps(9, "Payment Adjustment Code", *CONCEPT),
        keeps(10, "Packaging Status Code", *CONCEPT),
        keeps(11, "Expected CMS Payment Amount"),
        keeps(12, "Reimbursement Type Code", *CONCEPT),
        keeps(13, "Co Pay Amount"),
        keeps(14, "Pay Rate Per Service Unit", *NUMBER),
    ),
    billed,
)
