"""DRG, the group a stay is paid by."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import billed

ROOM = Room(
    "DRG",
    "Diagnosis Related Group",
    (
        keeps(1, "Diagnostic Related Group", *CONCEPT),
        keeps(2, "DRG Assigned Date/Time", *MOMENT),
        keeps(3, "DRG Approval Indicator"),
        keeps(4, "DRG Grouper Review Code", *CONCEPT),
        keeps(5, "Outlier Type", *CONCEPT),
        keeps(6, "Outlier Days", *NUMBER),
        keeps(7, "Outlier Cost"),
        keeps(8, "DRG Payor", *CONCEPT),
        keeps(9, "Outlier Reimbursement"),
        keeps(10, "Confidential Indicator"),
        keeps(11, "DRG Transfer Type", *CONCEPT),
        keeps(12, "Name of Coder"),
        keeps(13, "Grouper Status", *CONCEPT),
        keeps(14, "PCCL Value Code", *CONCEPT),
        keeps(15, "Effective Weight", *NUMBER),
        keeps(16, "Monetary Amount"),
        keeps(17, "Status Patient", *CONCEPT),
        keeps(18, "Grouper Software Name"),
        keeps(19, "Grouper Software Version"),
        keeps(20, "Status Financial Calculation", *CONCEPT),
        keeps(21, "Relative Discount Surcharge"),
        keeps(22, "Basic Charge"),
        keeps(23, "Total Charge"),
        keeps(24, "Discount Surcharge"),
        keeps(25, "Calculated Days", *NUMBER),
        keeps(26, "Status Gender", *CONCEPT),
        keeps(27, "Status Age", *CONCEPT),
        keeps(28, "Status Length of Stay", *CONCEPT),
        keeps(29, "Status Same Day Flag", *CONCEPT),
        keeps(30, "Status Separation Mode", *CONCEPT),
        keeps(31, "Status Weight at Birth", *CONCEPT),
        keeps(32, "Status Respiration Minutes", *CONCEPT),
        keeps(33, "Status Admission", *CONCEPT),
    ),
    billed,
)
