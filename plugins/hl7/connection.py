"""One sender's connection: frames in, answers out in the same order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from hub import HubError, JournalFailed, Payload, Receipt, Refusal, RetryLater, Text
from plugins.hl7 import ack
from plugins.hl7.door import Admission, admit, refused
from plugins.hl7.framing import END, START, Frame, Framer

if TYPE_CHECKING:
    from collections import Counter
    from zoneinfo import ZoneInfo

    from hub import Receive
    from plugins.hl7.head import Head
    from plugins.hl7.settings import HL7Settings

logger = logging.getLogger(__name__)

MOST_PENDING = 64
"""Messages of one sender that may wait for the journal before no more are read."""

_REFUSALS = {
    "too_large": Text("the message is larger than this feed allows; only its beginning is kept"),
    "incomplete": Text("the message is incomplete"),
    "too_slow": Text("the message took too long to arrive"),
}


class Pending(NamedTuple):
    """An answer that is owed."""

    head: Head
    refusal: Refusal | None
    receipt: asyncio.Future[Receipt]


class Door(Protocol):
    """What a connection came in by, and shares with the others."""

    feed: str
    settings: HL7Settings
    receive: Receive
    zone: ZoneInfo
    counters: Counter[str]
    stopping: bool

    def enter(self, connection: Connection) -> bool: ...
    def leave(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """Reads while the journal keeps up, and while the sender reads its answers."""

    transport: asyncio.Transport

    def __init__(self, door: Door) -> None:
        self.address = ""
        self.heard_at = 0.0
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._framer = Framer(door.settings.frame_bytes, door.counters)
        self._frame_began_at = 0.0
        self._pending: deque[Pending] = deque()
        self._paused = self._stuffed = self._ending = False

    @property
    def is_idle(self) -> bool:
        """Nothing has begun and nothing is owed."""
        return not self._framer.open and not self._pending

    # --- what asyncio calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self.heard_at = self._loop.time()
        if not self._door.enter(self):
            self.abort()

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        now = self.heard_at = self._loop.time()
        was_open = self._framer.open
        frames = self._framer.feed(data)
        for frame in frames:
            self._take(frame)
        if frames or not was_open:
            self._frame_began_at = now
        if self._framer.hopeless:
            self._door.counters["hopeless"] += 1
            self.finish()
        self._breathe()

    def eof_received(self) -> bool:
        """The sender has said all; it may still read answers."""
        self._ending = True
        return bool(self._pending)

    def pause_writing(self) -> None:
        self._stuffed = True
        self._breathe()

    def resume_writing(self) -> None:
        self._stuffed = False
        self._breathe()

    def connection_lost(self, _: Exception | None) -> None:
        self._door.leave(self)
        self._door.counters["unanswered"] += len(self._pending)
        if (rest := self._framer.take_rest()) and not self._door.stopping:
            self._door.counters["incomplete"] += 1
            self._keep(Frame(rest, "incomplete"))

    # --- what the listener calls ---

    def look(self, now: float) -> None:
        """Ends a frame that takes too long, and a connection that says or hears nothing."""
        settings = self._door.settings
        if self._framer.open and not self._paused and now - self._frame_began_at > settings.frame_seconds:
            self._door.counters["too_slow"] += 1
            if body := self._framer.take_rest():
                self._owe(refused(body, Refusal("too_slow", _REFUSALS["too_slow"])))
            self.finish()
        elif (self.is_idle or self._stuffed) and now - self.heard_at > settings.idle_seconds:
            self._door.counters["idle"] += 1
            self.abort()

    def finish(self) -> None:
        """Reads no more, and closes once everything owed is answered."""
        self._ending = True
        if not self._pending:
            self.transport.close()
        elif not self.transport.is_closing():
            self.transport.pause_reading()

    def abort(self) -> None:
        self.transport.abort()

    # --- messages and answers ---

    def _take(self, frame: Frame) -> None:
        if frame.fault == "incomplete":
            self._keep(frame)
        elif frame.fault:
            self._owe(refused(frame.body, Refusal(frame.fault, _REFUSALS[frame.fault])))
        else:
            self._owe(admit(frame.body, self._door.settings))

    def _owe(self, admission: Admission) -> None:
        receipt = self._journal(admission.payload)
        self._pending.append(Pending(admission.head, admission.payload.refusal, receipt))
        receipt.add_done_callback(self._answer)

    def _keep(self, frame: Frame) -> None:
        """What never was a message is kept as refused; the sender waits for no answer to it."""
        refusal = Refusal(frame.fault, _REFUSALS[frame.fault])
        self._journal(refused(frame.body, refusal).payload).add_done_callback(_forget)

    def _journal(self, payload: Payload) -> asyncio.Future[Receipt]:
        try:
            return asyncio.ensure_future(self._door.receive.soon(payload))
        except HubError as error:
            failed: asyncio.Future[Receipt] = self._loop.create_future()
            failed.set_exception(error)
            return failed

    def _answer(self, _: asyncio.Future[Receipt]) -> None:
        """Writes every answer whose turn it is."""
        answers: list[bytes] = []
        while self._pending and self._pending[0].receipt.done():
            answer = self._worded(self._pending.popleft())
            if answer is None:
                self._fall_silent()
                return
            answers += (START, answer, END)
        if answers and not self.transport.is_closing():
            self.transport.write(b"".join(answers))
        if self._ending and not self._pending:
            self.transport.close()
        else:
            self._breathe()

    def _worded(self, pending: Pending) -> bytes | None:
        """The bytes of an answer; none when nothing true can be said."""
        zone = self._door.zone
        try:
            receipt = pending.receipt.result()
        except RetryLater as error:
            return ack.unavailable(pending.head, error.text, datetime.now(zone))
        except (JournalFailed, asyncio.CancelledError):
            return None
        except Exception:  # a sender is never told yes by mistake
            # Whatever went wrong, the message may not be on disk: the sender must send it again.
            logger.exception("%s: a message could not be received", self._door.feed)
            return None
        receipt = Receipt(receipt.message_id, receipt.received_at.astimezone(zone), receipt.resent, receipt.refusal)
        refusal = receipt.refusal or pending.refusal
        return ack.refuse(pending.head, refusal, receipt) if refusal else ack.accept(pending.head, receipt)

    def _fall_silent(self) -> None:
        self._ending = True
        for pending in self._pending:
            pending.receipt.remove_done_callback(self._answer)
            pending.receipt.add_done_callback(_forget)
        self._pending.clear()
        self.transport.close()

    def _breathe(self) -> None:
        """Stops reading when too much is owed, and goes on when it is not."""
        if self._ending or self.transport.is_closing():
            return
        full = self._stuffed or len(self._pending) >= MOST_PENDING
        if full and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        elif self._paused and not full:
            self._paused = False
            self._frame_began_at = self._loop.time()
            self.transport.resume_reading()


def _forget(receipt: asyncio.Future[Receipt]) -> None:
    """Nobody is told; a failure must not be reported as one that nobody looked at."""
    if not receipt.cancelled():
        receipt.exception()
