"""An answer that waits for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import asyncio

    from hub import Payload, Receipt, Refusal
    from plugins.hl7.answering import Owed
    from plugins.hl7.head import Head


class Pending(NamedTuple):
    """An answer that is owed in its turn. Without the message, which may be large, unless it is a question."""

    head: Head
    refusal: Refusal | None
    receipt: asyncio.Future[Receipt]
    owed: Owed
    question: Payload | None = None
    words: asyncio.Task[bytes | None] | None = None
    """The answer of original mode, when that takes longer than the commit."""

    @property
    def known(self) -> bool:
        return (self.words or self.receipt).done()


async def said(answer: bytes) -> bytes:
    """An answer that is known already, in its turn."""
    return answer


def forget(receipt: asyncio.Future[Any]) -> None:
    """Nobody is told; a failure must not be reported as one that nobody looked at."""
    if not receipt.cancelled():
        receipt.exception()
