"""One connection to a receiver, kept open; what came back is told apart by what it means for the message."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
import time
from collections import Counter
from typing import TYPE_CHECKING

from hub import ConfigError, RetryLater, Text, Uncertain
from plugins.hl7.framing import END, START, Framer
from plugins.hl7.sending import answers
from plugins.hl7.sending.answers import Answer

if TYPE_CHECKING:
    from plugins.hl7.sending.settings import HL7Destination

READ, WRITTEN_AT_ONCE = 65_536, 262_144
LONGEST_ANSWER = 1_000_000
WATCHED_S = 0.2
"""After its first answer a receiver may hang up, as some do each time: a message written into that is in doubt."""
WELCOMED_S, LOOK_S = 0.5, 0.02
"""How long a receiver may take to refuse our certificate before it is spoken to, and how often that is looked at."""
MOST_REMEMBERED = 10_000
"""Control ids of one connection; a second answer that comes so late is for nobody."""
NOTHING_YET = (BlockingIOError, TimeoutError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_REFUSES_US = re.compile("ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)")
"""What OpenSSL calls the alerts of a receiver that does not take our certificate, or misses one."""


class MllpClient:
    """Used by one thread."""

    def __init__(self, settings: HL7Destination) -> None:
        self.counters: Counter[str] = Counter()
        self._settings = settings
        self._socket: socket.socket | None = None
        self._framer = Framer(LONGEST_ANSWER, self.counters)
        self._told: dict[bytes, None] = {}
        """Control ids this connection is done with, the oldest first: a late answer names one of them."""
        self._heard = False
        """Whether anything came back over this connection."""
        self._watched_until = 0.0

    def connect(self) -> None:
        """A connection that the other side has not closed meanwhile. Raises ``RetryLater``."""
        if self._socket is not None and not self._is_open(self._socket):
            self.counters["closed_by_peer"] += 1
            self.close()
        if self._socket is None:
            self._socket = self.secured(self.reached())
            self._framer = Framer(LONGEST_ANSWER, self.counters)
            self._heard, self._watched_until = False, 0.0
            self.counters["connected"] += 1

    def close(self) -> None:
        self._told.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def reached(self) -> socket.socket:
        """A TCP connection."""
        settings = self._settings
        try:
            found = socket.create_connection((settings.host, settings.port), settings.connect_seconds)
        except OSError as error:
            raise _unreachable(settings.connect, error) from error
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return found

    def secured(self, plain: socket.socket) -> socket.socket:
        """With TLS where that is set, once the receiver has taken our certificate too."""
        tls = self._settings.tls
        if tls is None:
            return plain
        try:
            found = tls.context().wrap_socket(plain, server_hostname=tls.name or self._settings.host)
        except (OSError, ValueError, ConfigError) as error:
            plain.close()
            raise _unreachable(self._settings.connect, error) from error
        try:
            _assert_welcome(found)
        except OSError as error:
            found.close()
            raise _unreachable(self._settings.connect, error) from error
        return found

    def exchange(self, body: bytes, control_id: bytes, *, silent: bool = False) -> tuple[Answer | None, bytes]:
        """Sends a message; the answer that names it, also as it came. ``silent``: the message asks for none.

        Raises ``RetryLater`` when it cannot have arrived whole, ``Uncertain`` when it may have.
        """
        if control_id in self._told:  # a late answer to the one before would be taken for this one's
            self.close()
        self.connect()
        assert self._socket is not None  # noqa: S101 - connect has seen to it
        self._write(self._socket, START + body + END)
        if silent:
            self._remember(control_id)
            return None, b""
        is_first = not self._heard
        found = self._answer(self._socket, control_id)
        if is_first:
            self._watched_until = time.monotonic() + WATCHED_S
        self._remember(control_id)
        return found

    def _remember(self, control_id: bytes) -> None:
        self._told[control_id] = None
        if len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]

    def _is_open(self, connection: socket.socket) -> bool:
        """Whether the other side still listens; takes what it has said unasked."""
        connection.settimeout(max(0.0, self._watched_until - time.monotonic()))
        try:
            while data := connection.recv(READ):
                for frame in self._framer.feed(data):
                    self._late(answers.read(frame.body))
                if self._framer.hopeless:
                    return False
        except NOTHING_YET:
            return not self._framer.open
        except OSError:
            return False
        return False

    def _write(self, connection: socket.socket, frame: bytes) -> None:
        connection.settimeout(self._settings.ack_seconds)
        sent, view = 0, memoryview(frame)
        try:
            while sent < len(frame):
                sent += connection.send(view[sent : sent + WRITTEN_AT_ONCE])
        except OSError as error:
            self.close()
            reason = _reason(error)
            if sent <= len(frame) - len(END):  # without its end no receiver takes it for a message
                raise RetryLater("the connection was lost before all was sent: {reason}", reason=reason) from error
            raise Uncertain("the connection was lost while the message was sent: {reason}", reason=reason) from error

    def _answer(self, connection: socket.socket, control_id: bytes) -> tuple[Answer, bytes]:
        end = time.monotonic() + self._settings.ack_seconds
        while (left := end - time.monotonic()) > 0:
            if found := self._found(self._read(connection, left), control_id):
                return found
        self.close()
        raise Uncertain("there was no answer within {seconds} s", seconds=f"{self._settings.ack_seconds:g}")

    def _found(self, bodies: list[bytes], control_id: bytes) -> tuple[Answer, bytes] | None:
        """The answer to a message; one that came together with it, behind it, is late like any that comes later."""
        found: tuple[Answer, bytes] | None = None
        for body in bodies:
            if found is not None:
                self._late(answers.read(body))
            elif body == answers.COMMIT_NAK:
                raise RetryLater("the receiver could not keep the message (MLLP NAK)")
            elif body != answers.COMMIT_ACK and (answer := self._judged(body, control_id)):
                found = answer, body
        return found

    def _read(self, connection: socket.socket, seconds: float) -> list[bytes]:
        connection.settimeout(seconds)
        try:
            data = connection.recv(READ)
        except TimeoutError:
            return []
        except OSError as error:
            self.close()
            if not self._heard and _refuses_us(error):
                raise _unreachable(self._settings.connect, error) from error
            raise Uncertain("the connection was lost before an answer came: {reason}", reason=_reason(error)) from error
        if not data:
            half = self._framer.take_rest()
            self.close()
            raise Uncertain("the receiver closed the connection instead of answering", answer=half)
        self._heard = True
        frames = self._framer.feed(data)
        if self._framer.hopeless and not frames:
            self.close()
            raise Uncertain("what answers there does not speak MLLP", answer=data[:1_000])
        return [frame.body for frame in frames]

    def _judged(self, body: bytes, control_id: bytes) -> Answer | None:
        answer = answers.read(body)
        if answer is not None and answer.control_id == control_id:
            return answer
        if answer is not None and answer.control_id in self._told:
            self._late(answer)
            return None
        self.close()
        if answer is None:
            raise Uncertain("what came back is no acknowledgement", answer=body)
        self.counters["mismatched"] += 1
        raise Uncertain("the answer names another message (MSA-2)", answer=body)

    def _late(self, answer: Answer | None) -> None:
        """A second answer to what was answered before: in enhanced mode the application's own."""
        refused = answer is not None and answer.code[1:] in {"E", "R"}
        self.counters["late_refusals" if refused else "late_answers"] += 1


def _assert_welcome(secured: ssl.SSLSocket) -> None:
    """Under TLS 1.3 our side of the handshake is over before the receiver has seen our certificate.

    A ticket says that it takes it, an alert that it does not; one that gives no tickets is waited for a moment.
    """
    if secured.version() != "TLSv1.3":
        return
    secured.settimeout(LOOK_S)
    end = time.monotonic() + WELCOMED_S
    while time.monotonic() < end and not (secured.session and secured.session.has_ticket):
        try:
            if not secured.recv(READ):
                raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        except NOTHING_YET:
            continue


def _refuses_us(error: Exception) -> bool:
    return isinstance(error, ssl.SSLError) and bool(_REFUSES_US.search(error.reason or ""))


def _unreachable(address: str, error: Exception) -> RetryLater:
    return RetryLater("{address} cannot be reached: {reason}", address=address, reason=_reason(error))


def _reason(error: Exception) -> Text | str:
    """In the system's own words, which a reader's catalogue may know."""
    if isinstance(error, ConfigError):
        return error.text
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or "TLS").replace("_", " ").lower()
    if isinstance(error, TimeoutError):
        return Text("Connection timed out")
    return Text(getattr(error, "strerror", None) or type(error).__name__)
