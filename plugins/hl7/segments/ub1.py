"""UB1, what the bill of 1982 says."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER
from plugins.hl7.rows import Room, ignores, keeps
from plugins.hl7.segments.accounts import billed

ROOM = Room(
    "UB1",
    "Uniform Billing 1982",
    (
        ignores(1, "Set ID UB1", "a counter within the message"),
        keeps(2, "Blood Deductible", *NUMBER),
        keeps(3, "Blood Furnished Pints"),
        keeps(4, "Blood Replaced Pints"),
        keeps(5, "Blood Not Replaced Pints"),
        keeps(6, "Co Insurance Days"),
        keeps(7, "Condition Code"),
        keeps(8, "Covered Days"),
        keeps(9, "Non Covered Days"),
        keeps(10, "Value Amount and Code"),
        keeps(11, "Number of Grace Days"),
        keeps(12, "Special Program Indicator", *CONCEPT),
        keeps(13, "PSRO UR Approval Indicator", *CONCEPT),
        keeps(14, "PSRO UR Approved Stay From", *MOMENT),
        keeps(15, "PSRO UR Approved Stay To", *MOMENT),
        keeps(16, "Occurrence"),
        keeps(17, "Occurrence Span", *CONCEPT),
        keeps(18, "Occurrence Span Start Date", *MOMENT),
        keeps(19, "Occurrence Span End Date", *MOMENT),
        keeps(20, "UB 82 Locator 2"),
        keeps(21, "UB 82 Locator 9"),
        keeps(22, "UB 82 Locator 27"),
        keeps(23, "UB 82 Locator 45"),
    ),
    billed,
)
