"""What one HTTP client may cost: sizes and times, kept by the protocol before the application sees a request.

What is refused here is answered with an OperationOutcome, whatever the path: it may not even be known yet.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.language import Text
from hub.web.outcome import TYPE, outcome, refusal

_REFUSALS = {
    400: (
        "Bad Request",
        "invalid",
        Text("this is no HTTP request that can be read; a URL is ASCII, and everything else in it is percent-encoded"),
    ),
    408: ("Request Timeout", "timeout", Text("the request did not end in time")),
    413: ("Content Too Large", "too-long", Text("the body of the request is too large")),
    431: ("Request Header Fields Too Large", "too-long", Text("the head of the request is too large")),
    503: ("Service Unavailable", "transient", Text("there are too many connections just now")),
}
"""By status: the phrase of HTTP, the issue code of FHIR, and what people read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and connections."""

    body: int = 1_000_000
    head: int = 65_536
    request_s: float = 30.0
    """From the first byte of a request to its last."""
    answer_s: float = 60.0
    """How long a client may take nothing of an answer."""
    idle_s: float = 75.0
    """Between two requests of one connection."""
    connections: int = 1_000
    drain_s: float = 10.0
    """How long answers under way may take when the server stops."""


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's own protocol has no limit on heads, bodies or slow clients."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.access_log = False  # uvicorn's own switch is overruled by any handler of the root logger
        self._sized = 0
        self._in_head = self._under_way = True
        self._request_timer: TimerHandle | None = None
        self._answer_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._watch_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._under_way = False
        self._watch_request()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._sized += len(data)
            if self._sized > self.limits.head:
                self._refuse(431)
        self._watch_request()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._sized = 0
        self._in_head = self._under_way = True

    def on_headers_complete(self) -> None:
        self._in_head, self._sized = False, 0
        app = self.app
        if status := self._fault():
            self.app = _refusal(status)
        super().on_headers_complete()
        self.app = app

    def _fault(self) -> int:
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > self.limits.head:
            return 431
        if max(len(self.connections), len(self.tasks)) >= self.limits.connections:
            return 503
        length = next((value for name, value in self.headers if name == b"content-length"), b"0")
        return 413 if len(length) > 18 or int(length) > self.limits.body else 0  # httptools lets only digits through

    def on_body(self, body: bytes) -> None:
        self._sized += len(body)
        if self._sized <= self.limits.body:
            super().on_body(body)
        elif not self.cycle.response_complete:
            self._refuse(413)

    def on_message_complete(self) -> None:
        self._under_way = False
        super().on_message_complete()

    def _watch_request(self) -> None:
        """A timer runs exactly while a request is expected to go on."""
        if self._under_way and self._request_timer is None:
            self._request_timer = self.loop.call_later(self.limits.request_s, self._refuse, 408)
        elif not self._under_way and self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def _refuse(self, status: int) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            phrase, code, text = _REFUSALS[status]
            body = outcome(code, text)
            head = f"HTTP/1.1 {status} {phrase}\r\nconnection: close\r\ncontent-type: {TYPE}\r\n"
            self.transport.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's signature
        self._refuse(400)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._answer_timer is None:
            self._answer_timer = self.loop.call_later(self.limits.answer_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None


def limited(limits: Limits) -> type[LimitedProtocol]:
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})


def _refusal(status: int) -> Any:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        _, code, text = _REFUSALS[status]
        await refusal(status, code, text, connection="close")(scope, receive, send)

    return app
