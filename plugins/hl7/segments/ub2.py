"""UB2, what the bill of 1992 says."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.accounts import billed

ROOM = Room(
    "UB2",
    "Uniform Billing Data",
    (
        ignores(1, "Set ID UB2", "a counter within the message"),
        keeps(2, "Co Insurance Days"),
        keeps(3, "Condition Code", *CONCEPT),
        keeps(4, "Covered Days"),
        keeps(5, "Non Covered Days"),
        keeps(6, "Value Amount and Code"),
        keeps(7, "Occurrence Code and Date"),
        keeps(8, "Occurrence Span Code Dates"),
        keeps(9, "Uniform Billing Locator 2"),
        keeps(10, "Uniform Billing Locator 11"),
        keeps(11, "Uniform Billing Locator 31"),
        keeps(12, "Document Control Number"),
        keeps(13, "Uniform Billing Locator 49"),
        keeps(14, "Uniform Billing Locator 56"),
        keeps(15, "Uniform Billing Locator 57"),
        keeps(16, "Uniform Billing Locator 78"),
        keeps(17, "Special Visit Count", *NUMBER),
    ),
    billed,
)
