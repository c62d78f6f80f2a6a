"""What a sender is owed for a message, and when: original and enhanced mode (HL7 v2.5.1, 2.9.2 and 2.9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from hub import Payload, Receipt
    from plugins.hl7.head import Head

ALWAYS, NEVER, ON_ERROR, ON_SUCCESS = "AL", "NE", "ER", "SU"
_CONDITIONS = frozenset({ALWAYS, NEVER, ON_ERROR, ON_SUCCESS})
QUESTIONS = frozenset({"QBP", "QRY", "QCN", "QSB", "QSX", "QVR", "QCK", "EQQ", "VQQ", "SPQ", "RQQ", "VXQ"})
"""MSH-9.1 of messages that ask."""
QUESTION_FAULTS = frozenset({"query_not_allowed", "query_unknown", "bad_query"})
"""Why questions that are on disk are refused for what they ask: that is told, and noted, by the answer."""


class Owed(NamedTuple):
    """When each acknowledgement is given, in the words of table 0155; both empty in original mode."""

    accept: str = ""
    application: str = ""

    def accepts(self, *, good: bool) -> bool:
        """Whether the sender is told at once that its message is on disk, or that it is not."""
        return self.accept in (ALWAYS, ON_SUCCESS if good else ON_ERROR)

    def tells(self, *, good: bool) -> bool:
        """Whether the sender is told what became of its message."""
        return self.application in (ALWAYS, ON_SUCCESS if good else ON_ERROR)


ORIGINAL = Owed()
NOTHING = Owed(NEVER, NEVER)


def owed(head: Head) -> Owed:
    """By MSH-15 and MSH-16. Beside a filled one an empty one is NE, but a query is answered; an unknown word is AL."""
    accept, application = head.fields[15], head.fields[16]
    if head.fields[9].startswith("ACK") and head.type == "ACK":
        return NOTHING  # or two systems acknowledge each other's acknowledgements for ever
    if head.fields[0] != "MSH" or not (accept or application):
        return ORIGINAL
    return Owed(_condition(accept), _condition(application or (ALWAYS if asks(head) else NEVER)))


def _condition(written: str) -> str:
    word = written.strip().upper()
    if not word:
        return NEVER
    return word if word in _CONDITIONS else ALWAYS


class Question(NamedTuple):
    """A query that is on disk and waits for its answer."""

    payload: Payload
    head: Head
    receipt: Receipt
    address: str
    """Of the sender, for the audit log."""


class Questions(Protocol):
    """Answers queries; made once for a door (``MllpListener.questions``)."""

    async def answer(self, question: Question) -> bytes:
        """The whole answer as it goes over the wire, without its frame.

        A ``HubError`` is told to the sender as AE with its text; anything else as an internal error.
        """
        ...


def asks(head: Head) -> bool:
    """Whether a message is a query (MSH-9.1)."""
    return head.type in QUESTIONS
