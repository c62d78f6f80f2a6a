"""One sender's connection: frames in, answers out in the same order."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from hub import HubError, Payload, Receipt, Refusal, RetryLater, Text
from plugins.hl7 import ack
from plugins.hl7.answering import NEVER, ORIGINAL, QUESTION_FAULTS, Question, owed
from plugins.hl7.arrivals import Arrivals
from plugins.hl7.batch import is_batch
from plugins.hl7.door import Admission, admit, refused
from plugins.hl7.framing import END, START, Frame, Framer
from plugins.hl7.head import Head
from plugins.hl7.peers import WRONG_SENDER
from plugins.hl7.pending import Pending, forget, said
from plugins.hl7.promises import Promises
from plugins.hl7.responding import respond

if TYPE_CHECKING:
    from collections.abc import Callable

    from plugins.hl7.head import Head
    from plugins.hl7.hosting import Door
    from plugins.hl7.peers import Speaker
    from plugins.hl7.promises import Words

    Greet = Callable[[asyncio.BaseTransport], Speaker | None]

MOST_PENDING, MOST_PROMISED, MOST_ELSEWHERE = 64, 1_000, 10_000
"""Messages of one sender that may wait for the journal, or for the worker, before no more are read; and of all senders
of a feed that are told on a connection of its own what became of them."""

_REFUSALS = {
    "too_large": Text("the message is larger than this feed allows; only its beginning is kept"),
    "incomplete": Text("the message is incomplete"),
    "too_slow": Text("the message took too long to arrive"),
}


class Connection(asyncio.Protocol):
    """Reads while the journal keeps up, and while the sender reads its answers."""

    transport: asyncio.Transport

    def __init__(self, door: Door, greet: Greet = lambda _: None) -> None:
        """``greet`` says whom the other side may speak for; none where everybody may send."""
        self.address = ""
        self.heard_at = 0.0
        self._greet = greet
        self._speaker: Speaker | None = None
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._framer = Framer(door.settings.frame_bytes, door.counters)
        self._frame_began_at = 0.0
        self._pending: deque[Pending] = deque()
        self._arrivals = Arrivals(door.settings, self._take, self._go_on, self.abort)
        self._promises = Promises(self._keep_promises)
        self._paused = self._stuffed = self._ending = self._tells_elsewhere = False

    @property
    def is_idle(self) -> bool:
        """Nothing has begun and nothing is owed."""
        return not self._framer.open and not self._owes

    @property
    def _encrypted(self) -> bool:
        return self.transport.get_extra_info("sslcontext") is not None

    @property
    def _owes(self) -> bool:
        return bool(self._pending or self._promises.owed or self._arrivals.busy)

    # --- what asyncio calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self.heard_at = self._loop.time()
        self._speaker = self._greet(transport)
        if not self._door.enter(self):
            self.abort()

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        now = self.heard_at = self._loop.time()
        was_open = self._framer.open
        frames = self._framer.feed(data)
        self._arrivals.add(frames)
        if frames or not was_open:
            self._frame_began_at = now
        if self._framer.hopeless:
            self._door.counters["hopeless"] += 1
            self._door.counters["tls_on_plain"] += self._framer.speaks_tls
            self.finish()
        self._breathe()

    def eof_received(self) -> bool:
        """The sender has said all; it may still read answers."""
        self._ending = True
        return self._owes and not self._encrypted  # TLS has no half of a connection

    def pause_writing(self) -> None:
        self._stuffed = True
        self._breathe()

    def resume_writing(self) -> None:
        self._stuffed = False
        self._breathe()

    def connection_lost(self, _: Exception | None) -> None:
        self._door.leave(self)
        self._door.counters["unanswered"] += len(self._pending) + self._arrivals.busy
        self._door.counters["acks_undelivered"] += self._promises.give_up()
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
        elif self._paused and not self._stuffed:
            self.heard_at = now  # it is the hub that does not listen
            self._breathe()
        elif (self.is_idle or self._stuffed) and now - self.heard_at > settings.idle_seconds:
            self._door.counters["idle"] += 1
            self.abort()

    def finish(self) -> None:
        """Reads no more, and closes once everything owed is answered."""
        self._ending = True
        if not self._owes:
            self.transport.close()
        elif not self.transport.is_closing():
            self.transport.pause_reading()

    def abort(self) -> None:
        self.transport.abort()

    # --- messages and answers ---

    def _take(self, frame: Frame, admission: Admission | None) -> None:
        if frame.fault == "incomplete":
            self._keep(frame)
        elif frame.fault:
            self._owe(refused(frame.body, Refusal(frame.fault, _REFUSALS[frame.fault])))
        elif is_batch(frame.body):
            self._owe_batch(frame.body)
        else:
            self._owe(self._permitted(admission or admit(frame.body, self._door.settings)))

    def _permitted(self, admission: Admission) -> Admission:
        if self._speaker is None or self._speaker.may_send(admission.payload):
            return admission
        self._door.counters["wrong_sender"] += 1
        return Admission(replace(admission.payload, refusal=WRONG_SENDER, lanes=()), admission.head)

    def _owe(self, admission: Admission) -> None:
        (payload, head), wording = admission, self._door.wording
        receipt = self._journal(payload)
        question = payload if wording.is_question(head) else None
        pending = Pending(head, payload.refusal, receipt, owed(head), question)
        if pending.owed is ORIGINAL and (question or wording.decides):
            pending = pending._replace(words=self._loop.create_task(self._at_length(pending)))
        self._pending.append(pending)
        (pending.words or receipt).add_done_callback(self._answer)

    def _owe_batch(self, body: bytes) -> None:
        door = self._door
        words = self._loop.create_task(respond(body, door.settings, door.wording, self._take_of_batch))
        self._pending.append(Pending(Head.read(body), None, self._loop.create_future(), ORIGINAL, words=words))
        words.add_done_callback(self._answer)

    def _take_of_batch(self, admission: Admission) -> asyncio.Future[Receipt]:
        return self._journal(self._permitted(admission).payload)

    def _keep(self, frame: Frame) -> None:
        """What never was a message is kept as refused; the sender waits for no answer to it."""
        refusal = Refusal(frame.fault, _REFUSALS[frame.fault])
        self._journal(refused(frame.body, refusal).payload).add_done_callback(forget)

    def _journal(self, payload: Payload) -> asyncio.Future[Receipt]:
        try:
            return asyncio.ensure_future(self._door.receive.soon(payload))
        except HubError as error:
            failed: asyncio.Future[Receipt] = self._loop.create_future()
            failed.set_exception(error)
            return failed

    def _answer(self, _: asyncio.Future[Receipt] | asyncio.Task[bytes | None]) -> None:
        """Writes every answer whose turn it is."""
        answers: list[bytes] = []
        while self._pending and self._pending[0].known:
            answer = self._worded(self._pending.popleft())
            if answer is None:
                self._write(answers)
                self._fall_silent()
                return
            answers.append(answer)
        self._write(answers)
        self._go_on()

    def _keep_promises(self, answers: list[bytes]) -> None:
        self._write(answers)
        self._go_on()

    def _write(self, answers: list[bytes]) -> None:
        framed = [part for answer in answers if answer for part in (START, answer, END)]
        if framed and not self.transport.is_closing():
            self.transport.write(b"".join(framed))

    def _go_on(self) -> None:
        if self._ending and not self._owes:
            self.transport.close()
        else:
            self._breathe()

    def _worded(self, pending: Pending) -> bytes | None:
        """The bytes of an answer, empty for none; None when nothing true can be said."""
        if pending.words:
            return None if pending.words.cancelled() else pending.words.result()
        if pending.owed is ORIGINAL:
            return self._door.wording.stored(pending.head, pending.refusal, pending.receipt)
        return self._accepted(pending)

    def _accepted(self, pending: Pending) -> bytes | None:
        """Enhanced mode: CA, CE or CR now if the sender wants to hear it, and a promise of what follows."""
        head, owes, wording = pending.head, pending.owed, self._door.wording
        receipt = wording.outcome(pending.receipt)
        if receipt is None:
            return None
        if isinstance(receipt, RetryLater):
            leg = ack.ACCEPT if owes.accepts(good=False) else wording.application
            heard = owes.accepts(good=False) or owes.tells(good=False)
            return wording.unavailable(head, receipt, leg) if heard else None
        refusal = receipt.refusal or pending.refusal
        if refusal and pending.question and refusal.code in QUESTION_FAULTS:
            self._promise(self._in_the_end(pending, receipt))  # which also notes who may not ask
            if owes.tells(good=False):
                return ack.accept(head, receipt, ack.ACCEPT) if owes.accepts(good=True) else b""
        if refusal:
            if owes.accepts(good=False):
                return ack.refuse(head, refusal, receipt, ack.ACCEPT)
            if owes.tells(good=False):
                self._promise(said(ack.refuse(head, refusal, receipt, wording.application)))
            return b""
        if owes.application != NEVER:
            self._promise(self._in_the_end(pending, receipt))
        return ack.accept(head, receipt, ack.ACCEPT) if owes.accepts(good=True) else b""

    def _promise(self, words: Words) -> None:
        if self._door.elsewhere is not None:
            self._tells_elsewhere = True
            self._door.elsewhere.add(words)
        elif self.transport.is_closing():
            words.close()
            self._door.counters["acks_undelivered"] += 1
        else:
            self._promises.add(words)

    def _in_the_end(self, pending: Pending, receipt: Receipt) -> Words:
        wording = self._door.wording
        if pending.question:
            question = Question(pending.question, pending.head, receipt, self.address)
            return wording.answered(question, wording.application, pending.owed)
        return wording.told(pending.head, receipt, pending.owed, wording.application)

    async def _at_length(self, pending: Pending) -> bytes | None:
        """The one answer of original mode, when it needs more than the commit."""
        wording = self._door.wording
        await asyncio.wait([pending.receipt])
        receipt = wording.outcome(pending.receipt)
        if not isinstance(receipt, Receipt) or ((receipt.refusal or pending.refusal) and not pending.question):
            return wording.stored(pending.head, pending.refusal, pending.receipt)
        if pending.question:
            question = Question(pending.question, pending.head, receipt, self.address)
            return await wording.answered(question, wording.original)
        answer = await wording.decided(pending.head, receipt)
        self._door.counters["undecided"] += answer is None
        return answer

    def _fall_silent(self) -> None:
        self._ending = True
        self._drop_pending()
        self._door.counters["acks_undelivered"] += self._promises.give_up()
        self.transport.close()

    def _drop_pending(self) -> None:
        for pending in self._pending:
            waited = pending.words or pending.receipt
            waited.remove_done_callback(self._answer)
            waited.add_done_callback(forget)
            if pending.words:
                pending.words.cancel()
        self._pending.clear()

    def _breathe(self) -> None:
        """Stops reading when too much is owed, and goes on when it is not."""
        if self._ending or self.transport.is_closing():
            return
        full = self._full
        if full and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        elif self._paused and not full:
            self._paused = False
            self._frame_began_at = self._loop.time()
            self.transport.resume_reading()

    @property
    def _full(self) -> bool:
        behind = len(self._door.elsewhere.owed) if self._tells_elsewhere and self._door.elsewhere else 0
        return (
            self._stuffed
            or self._arrivals.busy
            or len(self._pending) >= MOST_PENDING
            or len(self._promises.owed) >= MOST_PROMISED
            or behind >= MOST_ELSEWHERE
        )
