"""A batch in one frame: each message is received by itself, and all are answered in one batch (HL7 v2.5.1, 2.10.3)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from hub import Receipt, Refusal, Text
from plugins.hl7.answering import asks
from plugins.hl7.arrivals import LARGE
from plugins.hl7.batch import split
from plugins.hl7.charset import encode
from plugins.hl7.door import Admission
from plugins.hl7.head import Head

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from plugins.hl7.settings import HL7Settings
    from plugins.hl7.wording import Wording

    Take = Callable[[Admission], asyncio.Future[Receipt]]

WINDOW = 64
"""Messages of one batch that wait for the journal at the same time."""
_BATCH_ID = 11
_ASKS = Refusal("batch", Text("a question cannot be asked in a batch: send it in a frame of its own"))


class Answer(NamedTuple):
    """What is said of one message, and in which batch it came."""

    text: bytes
    batch: str
    at: datetime
    of_batch: bool = False
    """Whether it is about the batch itself: it stands with the last of its messages."""


async def respond(body: bytes, settings: HL7Settings, wording: Wording, take: Take) -> bytes | None:
    """One answer for each message, in order, and one for what is wrong with the batch itself.

    None when nothing true can be said of one of them.
    """
    head = Head.read(body)
    answers: list[Answer] = []
    async for answer in _answers(body, head, settings, wording, take):
        if answer is None:
            return None
        with_others = answers and answer.of_batch
        answers.append(answer._replace(batch=answers[-1].batch) if with_others else answer)
    return b"".join(_enveloped(answers, head))


async def _answers(
    body: bytes, head: Head, settings: HL7Settings, wording: Wording, take: Take
) -> AsyncIterator[Answer | None]:
    waiting: deque[tuple[Admission, asyncio.Future[Receipt]]] = deque()
    admissions = _admissions(body, head, settings)
    large = len(body) > LARGE
    while admission := (await asyncio.to_thread(next, admissions, None) if large else next(admissions, None)):
        if len(waiting) >= WINDOW:
            yield await _answer(*waiting.popleft(), wording)
        waiting.append((admission, take(admission)))
    while waiting:
        yield await _answer(*waiting.popleft(), wording)


def _admissions(body: bytes, head: Head, settings: HL7Settings) -> Iterator[Admission]:
    """What is no message is answered as the batch."""
    for piece in split(BytesIO(body), settings, framed=True):
        for payload in piece.payloads:
            own = Head.read(payload.body)
            if own.fields[0] != "MSH":
                yield Admission(payload, _naming(payload.key, head))
            elif asks(own) and payload.refusal is None:
                yield Admission(replace(payload, refusal=_ASKS, lanes=()), own)
            else:
                yield Admission(payload, own)


def _naming(batch: str, head: Head) -> Head:
    """So that MSA-2 names the batch that is meant, where that is known."""
    fields = head.fields
    return replace(head, fields=(*fields[:_BATCH_ID], batch, *fields[_BATCH_ID + 1 :])) if batch else head


async def _answer(admission: Admission, receipt: asyncio.Future[Receipt], wording: Wording) -> Answer | None:
    (payload, head) = admission
    await asyncio.wait([receipt])
    known = wording.outcome(receipt)
    if wording.decides and isinstance(known, Receipt) and not (known.refusal or payload.refusal):
        text = await wording.decided(head, known)
    else:
        text = wording.stored(head, payload.refusal, receipt)
    if text is None:
        return None
    at = known.received_at if isinstance(known, Receipt) else datetime.now(UTC)
    of_batch = head.fields[0] != "MSH"
    return Answer(text, payload.key if of_batch else payload.notes.get("batch", ""), at, of_batch)


def _enveloped(answers: Sequence[Answer], head: Head) -> Iterator[bytes]:
    """In the envelopes they came in, each naming the one it answers."""
    at = answers[0].at if answers else datetime.now(UTC)
    batches = [(batch, list(group)) for batch, group in groupby(answers, key=lambda answer: answer.batch)]
    if not batches:
        batches = [("" if head.fields[0] == "FHS" else head.control_id, [])]
    if head.fields[0] == "FHS":
        yield _header("FHS", head, head.control_id, at)
    for batch, group in batches:
        yield _header("BHS", head, batch, at)
        yield from (answer.text for answer in group)
        yield f"BTS{head.delimiters.field}{len(group)}\r".encode(head.codec)
    if head.fields[0] == "FHS":
        yield f"FTS{head.delimiters.field}{len(batches)}\r".encode(head.codec)


def _header(name: str, head: Head, refers_to: str, at: datetime) -> bytes:
    """Back to where it came from; field 12 names what is answered."""
    mark, fields = head.delimiters.field, head.fields
    told = [
        name,
        fields[2],
        fields[5],
        fields[6],
        fields[3],
        fields[4],
        f"{at:%Y%m%d%H%M%S%z}",
        "",
        "",
        "",
        "",
        refers_to,
    ]
    return encode(mark.join(told).rstrip(mark) + "\r", head.codec)
