"""Finds the words of each answer of a door: at once when a message is on disk, later when more is to be told."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING

from hub import HubError, JournalFailed, Receipt, RetryLater, Text
from plugins.hl7 import ack
from plugins.hl7.answering import ALWAYS, Owed, asks

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from hub import Receive, Refusal
    from plugins.hl7.ack import Leg
    from plugins.hl7.answering import Question, Questions
    from plugins.hl7.head import Head
    from plugins.hl7.settings import HL7Settings

logger = logging.getLogger(__name__)

_NOT_ANSWERED = Text("the question could not be answered")
_IN_FULL = Owed(application=ALWAYS)


class Wording:
    """What the connections of a door say. An answer is ``None`` when nothing true can be said."""

    def __init__(self, feed: str, settings: HL7Settings, receive: Receive, zone: ZoneInfo) -> None:
        self.questions: Questions | None = None
        self.original = ack.ORIGINAL._replace(orders=settings.order_replies)
        self.application = ack.APPLICATION._replace(orders=settings.order_replies)
        self._feed = feed
        self._receive = receive
        self._zone = zone
        self.decides = settings.acknowledge == "applied"
        """Whether the one answer of original mode says what became of the message."""
        self._seconds = settings.applied_seconds

    def is_question(self, head: Head) -> bool:
        return self.questions is not None and asks(head)

    def outcome(self, receipt: asyncio.Future[Receipt]) -> Receipt | RetryLater | None:
        """What the journal said, in the feed's time zone; None when nobody can know whether the message is on disk."""
        try:
            found = receipt.result()
        except RetryLater as error:
            return error
        except (JournalFailed, asyncio.CancelledError):
            return None
        except Exception:  # a sender is never told yes by mistake
            # Whatever went wrong, the message may not be on disk: the sender must send it again.
            logger.exception("%s: a message could not be received", self._feed)
            return None
        return Receipt(found.message_id, found.received_at.astimezone(self._zone), found.resent, found.refusal)

    def stored(self, head: Head, refusal: Refusal | None, receipt: asyncio.Future[Receipt]) -> bytes | None:
        """Original mode: AA once a message is on disk, AE or AR when it was refused or could not be kept."""
        found = self.outcome(receipt)
        if found is None:
            return None
        if isinstance(found, RetryLater):
            return self.unavailable(head, found, self.original)
        if refused := found.refusal or refusal:
            return ack.refuse(head, refused, found, self.original)
        return ack.accept(head, found, self.original)

    def unavailable(self, head: Head, error: RetryLater, leg: Leg) -> bytes:
        return ack.unavailable(head, error.text, datetime.now(self._zone), leg)

    async def decided(self, head: Head, receipt: Receipt) -> bytes | None:
        """Original mode, ``acknowledge = "applied"``: what became of the message, if that is known in time."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self.told(head, receipt, _IN_FULL, self.original)
        except TimeoutError:
            return None

    async def told(self, head: Head, receipt: Receipt, owed: Owed, leg: Leg) -> bytes | None:
        """What became of a message, once that is known; empty when the sender does not want to hear it."""
        try:
            settled = await self._receive.settled(receipt)
        except HubError:  # the hub stops before the message is settled
            return None
        if not owed.tells(good=settled.status != "parked"):
            return b""
        return ack.decide(head, settled, receipt, leg)

    async def answered(self, question: Question, leg: Leg, owed: Owed = _IN_FULL) -> bytes:
        """The answer to a question that is on disk; empty when the asker does not want to hear such a one."""
        answer = await self._answer(question, leg)
        good = answer.partition(b"\rMSA")[2][1:3] == b"AA"
        return answer if owed.tells(good=good) else b""

    async def _answer(self, question: Question, leg: Leg) -> bytes:
        assert self.questions is not None  # noqa: S101 - only then something is a question
        try:
            return await self.questions.answer(question)
        except HubError as error:
            return ack.failed(question.head, error.text, question.receipt, leg)
        except Exception as error:  # noqa: BLE001 - one question that cannot be answered must not end the connection
            # Not its text: it may hold what was asked.
            logger.error("%s: a question was not answered: %s", self._feed, type(error).__name__)  # noqa: TRY400 - a traceback may show a patient
            return ack.failed(question.head, _NOT_ANSWERED, question.receipt, leg)
