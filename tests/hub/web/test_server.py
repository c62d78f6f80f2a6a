"""The HTTP server's limits, from the wrong end of a real socket."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hub.errors import ConfigError
from hub.web.limits import Limits
from hub.web.server import WebServer

LIMITS = Limits(body=1_000, head=2_000, request_s=0.4, answer_s=0.4, idle_s=1, connections=20, drain_s=2)
LARGE = 30_000_000


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """How long the body was; a large answer where one is asked for."""
    request = Request(scope, receive)
    body = await request.body()
    answer: Response = PlainTextResponse(str(len(body)))
    if scope["path"] == "/large":
        answer = Response(b"x" * LARGE)
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    server = WebServer(echo, "127.0.0.1:0", LIMITS)
    server.start()
    yield server
    server.stop()


@contextmanager
def connected(server: WebServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as opened:
        yield opened


def answer_to(server: WebServer, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """All that comes back until the server closes."""
    with connected(server) as opened:
        for part in parts:
            opened.sendall(part)
            time.sleep(pause_s)
        return rest_of(opened)


def rest_of(opened: socket.socket) -> bytes:
    received = b""
    try:
        while more := opened.recv(65_536):
            received += more
    except ConnectionResetError:
        pass  # it had more to say than the server wanted to hear
    return received


def status(received: bytes) -> int:
    return int(received.split(b" ", 2)[1])


def refused(received: bytes, expected: int) -> bool:
    """Whether it is that status, with an OperationOutcome that says why."""
    head, _, body = received.partition(b"\r\n\r\n")
    outcome = json.loads(body)
    assert b"application/fhir+json" in head.lower()
    assert (outcome["resourceType"], outcome["issue"][0]["severity"]) == ("OperationOutcome", "error")
    assert outcome["issue"][0]["details"]["text"]
    return status(received) == expected


def still_serves(server: WebServer) -> bool:
    return httpx.get(f"http://127.0.0.1:{server.port}/").text == "0"


def request(*headers: str, method: str = "GET", body: bytes = b"") -> bytes:
    head = "".join(f"{header}\r\n" for header in ("Host: x", "Connection: close", *headers))
    return f"{method} / HTTP/1.1\r\n{head}\r\n".encode() + body


@pytest.mark.parametrize(("size", "expected"), [(999, 200), (1_000, 200), (1_001, 413)])
def test_a_body_is_taken_up_to_its_limit(server: WebServer, size: int, expected: int) -> None:
    received = answer_to(server, request(f"Content-Length: {size}", method="POST", body=b"x" * size))
    assert status(received) == expected
    if expected == 200:
        assert received.endswith(str(size).encode())
    else:
        assert refused(received, expected)


@pytest.mark.parametrize(("chunks", "expected"), [(10, 200), (11, 413), (500, 413)])
def test_a_body_in_chunks_has_the_same_limit(server: WebServer, chunks: int, expected: int) -> None:
    body = b"".join(b"64\r\n" + b"x" * 100 + b"\r\n" for _ in range(chunks)) + b"0\r\n\r\n"
    assert status(answer_to(server, request("Transfer-Encoding: chunked", method="POST", body=body))) == expected


@pytest.mark.parametrize("length", ["99999999999999999999999999", "1000000000000"])
def test_a_body_nobody_could_send_is_refused_before_it_comes(server: WebServer, length: str) -> None:
    received = answer_to(server, request(f"Content-Length: {length}", method="POST"))
    assert status(received) in (400, 413)


@pytest.mark.parametrize("length", ["-1", "abc", "1, 2", "0x10", "+1"])
def test_a_length_that_is_none_is_a_bad_request(server: WebServer, length: str) -> None:
    assert status(answer_to(server, request(f"Content-Length: {length}", method="POST"))) == 400
    assert still_serves(server)


def test_length_and_chunks_together_are_a_bad_request(server: WebServer) -> None:
    smuggled = request("Content-Length: 5", "Transfer-Encoding: chunked", method="POST", body=b"0\r\n\r\nGET /")
    assert status(answer_to(server, smuggled)) == 400


@pytest.mark.parametrize(("size", "expected"), [(1_800, 200), (2_100, 431), (100_000, 431)])
def test_a_head_is_taken_up_to_its_limit(server: WebServer, size: int, expected: int) -> None:
    assert status(answer_to(server, request(f"X-Padding: {'x' * size}"))) == expected


def test_a_head_that_never_ends_is_cut_off(server: WebServer) -> None:
    assert refused(answer_to(server, b"GET / HTTP/1.1\r\n", *[b"X: y\r\n" * 100] * 5), 431)


def test_a_url_counts_as_head(server: WebServer) -> None:
    assert status(answer_to(server, f"GET /{'x' * 3_000} HTTP/1.1\r\nHost: x\r\n\r\n".encode())) == 431


@pytest.mark.parametrize(
    "parts",
    [(b"",), (b"GET / HT",), (b"GET / HTTP/1.1\r\nHost: x\r\n",), (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",)],
)
def test_a_request_that_does_not_end_in_time_is_ended(server: WebServer, parts: tuple[bytes, ...]) -> None:
    begun = time.monotonic()
    received = answer_to(server, *parts)
    assert refused(received, 408)
    assert LIMITS.request_s - 0.05 < time.monotonic() - begun < LIMITS.request_s + 2


def test_a_slow_drip_does_not_buy_time(server: WebServer) -> None:
    begun = time.monotonic()
    with connected(server) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\n")
        try:
            while time.monotonic() - begun < 5:
                opened.sendall(b"X: y\r\n")
                time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert time.monotonic() - begun < 2


def test_a_client_that_takes_no_answer_is_let_go(server: WebServer) -> None:
    with connected(server) as opened:
        opened.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(LIMITS.answer_s + 0.5)
        assert len(rest_of(opened)) < LARGE
    assert still_serves(server)


def test_a_client_that_reads_gets_a_large_answer_whole(server: WebServer) -> None:
    assert len(httpx.get(f"http://127.0.0.1:{server.port}/large").content) == LARGE


def test_a_connection_serves_many_requests_and_ends_when_idle(server: WebServer) -> None:
    with connected(server) as opened:
        for _ in range(3):
            opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert status(opened.recv(4_096)) == 200
        begun = time.monotonic()
        assert rest_of(opened) == b""
    assert time.monotonic() - begun < LIMITS.idle_s + 2


def test_requests_sent_at_once_are_answered_in_order(server: WebServer) -> None:
    received = answer_to(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + request())
    assert received.count(b"200 OK") == 3


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01",
        b"SSH-2.0-x\r\n",
        b"\x0bMSH|^~\\&|\x1c\r",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
    ],
)
def test_garbage_is_a_bad_request(server: WebServer, garbage: bytes) -> None:
    assert status(answer_to(server, garbage)) in (400, 408)
    assert still_serves(server)


@pytest.mark.parametrize(
    "line", ["GET /fhir/Patient?name=王 HTTP/1.1", "NONSENSE /fhir/Patient HTTP/1.1", "GET / HTTP/9.9", "hello"]
)
def test_what_is_no_http_is_told_so_in_an_outcome(server: WebServer, line: str) -> None:
    assert refused(answer_to(server, f"{line}\r\nHost: x\r\n\r\n".encode()), 400)
    assert still_serves(server)


@pytest.mark.parametrize(
    "headers",
    [
        ("Connection: Upgrade", "Upgrade: websocket"),
        ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"),
        ("Expect: 100-continue",),
    ],
)
def test_what_a_client_would_rather_speak_changes_nothing(server: WebServer, headers: tuple[str, ...]) -> None:
    head = "".join(f"{header}\r\n" for header in ("Host: x", *headers))
    with connected(server) as opened:
        opened.sendall(f"GET / HTTP/1.1\r\n{head}\r\n".encode())
        received = opened.recv(4_096)
        while b"200 OK" not in received and (more := opened.recv(4_096)):
            received += more
    assert b"200 OK" in received
    assert still_serves(server)


def test_more_connections_than_allowed_are_told_so(server: WebServer) -> None:
    opened = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(LIMITS.connections)]
    try:
        opened[-1].sendall(request())
        assert refused(rest_of(opened[-1]), 503)
    finally:
        for one in opened:
            one.close()
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and httpx.get(f"http://127.0.0.1:{server.port}/").status_code != 200:
        time.sleep(0.05)
    assert still_serves(server)


def test_an_address_that_is_taken_is_said_in_words(server: WebServer) -> None:
    with pytest.raises(ConfigError) as refused:
        WebServer(echo, f"127.0.0.1:{server.port}").start()
    assert str(server.port) in str(refused.value)


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "no.such.host.invalid:1", "127.0.0.1:x"])
def test_an_address_that_is_none_is_said_in_words(listen: str) -> None:
    with pytest.raises(ConfigError):
        WebServer(echo, listen).start()


def test_it_can_be_started_and_stopped_and_lets_answers_finish() -> None:
    server = WebServer(echo, "127.0.0.1:0", LIMITS)
    assert not server.healthy
    server.start()
    assert server.healthy
    assert still_serves(server)
    server.stop()
    assert not server.healthy
    with pytest.raises(OSError):  # noqa: PT011 - whichever way the system refuses
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
