"""Why a question is not answered, in HL7's own terms."""

from __future__ import annotations

from typing import Literal

from hub import Text

SEQUENCE, MISSING, DATA, VALUE, TYPE, UNKNOWN_KEY, DUPLICATE, INTERNAL = (
    "100", "101", "102", "103", "200", "204", "205", "207",
)  # fmt: skip
MEANINGS = {
    SEQUENCE: "Segment sequence error",
    MISSING: "Required field missing",
    DATA: "Data type error",
    VALUE: "Table value not found",
    TYPE: "Unsupported message type",
    UNKNOWN_KEY: "Unknown key identifier",
    DUPLICATE: "Duplicate key identifier",
    INTERNAL: "Application internal error",
}
"""HL7 table 0357, as far as questions need it."""


class QueryFault(Exception):
    """AE: something in the question is wrong. AR: such questions are not answered here."""

    def __init__(
        self, code: str, text: Text, *places: str, answer: Literal["AE", "AR"] = "AE", reason: str = "bad_query"
    ) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.places = places
        self.answer = answer
        self.reason = reason
        """A stable word for counting, as a refusal has one."""
