"""The kind of system this plugin can tell of messages: anything that takes HL7 v2 over MLLP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from hub import Declined, Finding, HubError, RetryLater, Sender, Text, Uncertain
from plugins.hl7.charset import encode
from plugins.hl7.framing import END, START
from plugins.hl7.sending.client import MllpClient
from plugins.hl7.sending.routing import lexed_of, wanted
from plugins.hl7.sending.settings import HL7Destination, HL7Route

if TYPE_CHECKING:
    from hub import Delivery, IdentityChange, Message, Settings
    from plugins.hl7.lexer import Lexed, Segment
    from plugins.hl7.sending.answers import Answer
    from plugins.hl7.sending.settings import Policy

POSITIVE, BUSY = {"AA", "CA"}, "unavailable"
PROMISED = {"AL", "SU"}
"""MSH-15 and 16 that promise an answer to a message that is taken (table 0155)."""


class HL7Sender(Sender[HL7Destination]):
    """HL7 v2 over MLLP."""

    name: ClassVar[str] = "hl7"
    Settings: ClassVar[type[Settings]] = HL7Destination
    Route: ClassVar[type[BaseModel]] = HL7Route
    hears_of_persons: ClassVar[bool] = True

    def __init__(self, destination: str, settings: HL7Destination, routes: Sequence[Any] = ()) -> None:
        super().__init__(destination, settings, routes)
        self._client = MllpClient(settings)

    @property
    def deduplicates(self) -> bool:
        return self.settings.deduplicates

    @property
    def counters(self) -> Mapping[str, int]:
        return self._client.counters

    def wants(self, message: Message) -> bool:
        return wanted(message, self.routes)

    def connect(self) -> None:
        self._client.connect()

    def close(self) -> None:
        self._client.close()

    def send(self, delivery: Delivery) -> bytes:
        lexed, codec = lexed_of(delivery.message)
        body, control_id = self._written(delivery.message, lexed, codec)
        return self._exchange(body, control_id.strip(), silent=_asks_for_nothing(lexed.header))

    def tell(self, change: IdentityChange) -> bytes:
        """In as many messages as pairs of persons are concerned; what the last was answered."""
        from plugins.hl7.sending.persons import messages

        answers = [self._exchange(body, control_id) for body, control_id in messages(change, self.settings)]
        return answers[-1] if answers else b""

    def _exchange(self, body: bytes, control_id: bytes, *, silent: bool = False) -> bytes:
        answer, said = self._client.exchange(body, control_id, silent=silent)
        if answer is not None and answer.code not in POSITIVE:
            self._refused(answer, said)
        return said

    def check(self) -> Iterator[Finding]:
        """Each step rests on the one before."""
        settings, client = self.settings, MllpClient(self.settings)
        reaching = Text("connecting to {address}", {"address": settings.connect})
        try:
            plain = client.reached()
        except RetryLater as error:
            yield Finding(reaching, ok=False, detail=error.text)
            return
        yield Finding(reaching, ok=True)
        try:
            secured = client.secured(plain)
        except RetryLater as error:
            yield Finding(Text("TLS"), ok=False, detail=error.text)
            return
        with secured:
            if settings.tls is not None:
                yield Finding(Text("TLS"), ok=True, detail=Text("{version}", {"version": secured.version()}))  # type: ignore[attr-defined] # an SSLSocket

    def check_answer(self) -> Iterator[Finding]:
        for finding in self.check():
            yield finding
            if not finding.ok:
                return
        step, client = Text("a test message is answered"), MllpClient(self.settings)
        control_id = f"HUBTEST{datetime.now().astimezone():%y%m%d%H%M%S%f}"
        try:
            answer, _ = client.exchange(_test_message(control_id), control_id.encode())
        except HubError as error:
            yield Finding(step, ok=False, detail=error.text)
        else:
            code = answer.code if answer else ""
            yield Finding(step, ok=True, detail=Text("it answered {code}", {"code": code}))
        finally:
            client.close()

    def _written(self, message: Message, lexed: Lexed, codec: str) -> tuple[bytes, bytes]:
        """What goes out, and the control id it is answered by."""
        if not lexed.header.raw(10).strip():
            raise Declined("the message has no control id, so no answer could name it", place="MSH-10")
        if self.settings.mode == "rebuilt":
            from plugins.hl7.sending.rebuilding import rebuilt

            body, control_id = rebuilt(lexed, codec, self.settings.rebuilt)
        else:
            body, control_id = message.body, encode(lexed.header.raw(10), codec)
        if END in body or body.startswith(START):
            raise Declined("the message holds the bytes that frame a message, so it cannot be sent over MLLP")
        return body, control_id

    def _refused(self, answer: Answer, said: bytes) -> None:
        """By MSA-1, and by what the site says about it."""
        facts = {"code": answer.code, "error": answer.error or "-"}
        policies: dict[str, Policy] = {
            "CE": "retry",
            "AE": "retry" if answer.detail == BUSY else self.settings.on_error,
            "AR": self.settings.on_reject,
            "CR": self.settings.on_reject,
        }
        if answer.code not in policies:
            raise Uncertain("the receiver answered {code}, which means nothing", answer=said, code=answer.code)
        if policies[answer.code] == "retry":
            raise RetryLater("the receiver answered {code} (error {error})", **facts)
        raise Declined("the receiver answered {code} (error {error})", answer=said, place=answer.place, **facts)


def _asks_for_nothing(header: Segment) -> bool:
    """Enhanced mode in which neither answer is promised."""
    asked = {header.get(15).strip(), header.get(16).strip()}
    return bool(asked - {""}) and not asked & PROMISED


def _test_message(control_id: str) -> bytes:
    now = f"{datetime.now().astimezone():%Y%m%d%H%M%S%z}"
    return f"MSH|^~\\&|HUB|HUB|||{now}||NMQ^N01^NMQ_N01|{control_id}|T|2.5.1\r".encode()
