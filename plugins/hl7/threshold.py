"""TLS connections until their handshake is done, and the certificates a door shows."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from hub import HubError
from plugins.hl7.connection import Connection
from plugins.hl7.hosting import Door
from plugins.hl7.peers import Speaker
from plugins.hl7.tls import server_context

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from plugins.hl7.tls import TlsSettings

logger = logging.getLogger(__name__)

BACKLOG = 512
HANDSHAKE_S, GOODBYE_S, BREATH_S = 10.0, 2.0, 0.05
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "RECORD_LAYER_FAILURE"})
_NO_CERTIFICATE = frozenset({"PEER_DID_NOT_RETURN_A_CERTIFICATE", "CERTIFICATE_REQUIRED"})


class Credentials:
    """What a door shows; read again when its files have changed. New files that cannot be used change nothing."""

    def __init__(self, feed: str, settings: TlsSettings, counters: Counter[str]) -> None:
        self.context = server_context(settings)
        self._feed = feed
        self._settings = settings
        self._counters = counters
        self._stamps = self._look()

    def refresh(self) -> None:
        stamps = self._look()
        if stamps == self._stamps:
            return
        self._stamps = stamps
        try:
            self.context = server_context(self._settings)
        except (HubError, OSError) as error:
            self._counters["certificate_not_renewed"] += 1
            reason = error if isinstance(error, HubError) else type(error).__name__
            logger.warning("%s: new certificates cannot be used, the old ones stay: %s", self._feed, reason)
        else:
            self._counters["certificate_renewed"] += 1
            logger.warning("%s: certificates were read again", self._feed)

    def _look(self) -> list[tuple[int, int, int] | None]:
        settings = self._settings
        return [_stamp(file) for file in (settings.certificate, settings.key, settings.client_ca) if file]


class TlsDoor(Door, Protocol):
    """One where who comes in must first shake hands."""

    feed: str
    credentials: Credentials


class Threshold:
    """A guest who shakes hands; then a ``Connection`` takes the place."""

    is_idle = False

    def __init__(self, door: TlsDoor, met: socket.socket, address: str) -> None:
        loop = asyncio.get_running_loop()
        self.address = address
        self.heard_at = loop.time()
        self._door = door
        self._socket = met
        self._task = loop.create_task(self._shake_hands()) if door.enter(self) else None
        if self._task is None:
            met.close()

    def look(self, now: float) -> None:
        """The handshake has a limit of its own."""

    def finish(self) -> None:
        self.abort()

    def abort(self) -> None:
        with suppress(OSError):  # it may be gone already
            self._socket.shutdown(socket.SHUT_RDWR)  # which ends the handshake

    async def _shake_hands(self) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connection,
                self._socket,
                ssl=self._door.credentials.context,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=GOODBYE_S,
            )
        except OSError as error:
            self._note(error)
            self._socket.close()
        finally:
            self._door.leave(self)

    def _connection(self) -> Connection:
        return Connection(self._door, self._greet)

    def _greet(self, transport: asyncio.BaseTransport) -> Speaker | None:
        """Whom the certificate that was shown may speak for; everybody where none is bound to anybody."""
        self._door.leave(self)
        tls = self._door.settings.tls
        return Speaker(tls.senders, transport.get_extra_info("ssl_object")) if tls and tls.senders else None

    def _note(self, error: OSError) -> None:
        """Counted, and said once for each kind: whoever tries all doors of a network must not fill the log."""
        kind = _kind(error)
        self._door.counters[kind] += 1
        if self._door.counters[kind] == 1 and not self._door.stopping:
            logger.warning("%s: a TLS handshake failed: %s (%s)", self._door.feed, kind, self.address)


class TlsServer:
    """Accepts connections and shakes hands with each by itself, so that who fails is seen and counted."""

    def __init__(self, door: TlsDoor) -> None:
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None

    async def start(self, host: str, port: int) -> str:
        """The port it listens on; raises ``OSError`` when the address cannot be had."""
        family, *_, address = (await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
        self._socket = socket.create_server(address[:2], family=family, backlog=BACKLOG)
        self._socket.setblocking(False)
        self._listen()
        return str(self._socket.getsockname()[1])

    def close(self) -> None:
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _listen(self) -> None:
        if self._socket is not None:
            self._loop.add_reader(self._socket, self._accept, self._socket)

    def _accept(self, listening: socket.socket) -> None:
        try:
            met, address = listening.accept()
        except (BlockingIOError, ConnectionError):  # it hung up at once
            return
        except OSError:  # out of file descriptors for a moment
            self._loop.remove_reader(listening)
            self._loop.call_later(BREATH_S, self._listen)
            return
        met.setblocking(False)
        met.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Threshold(self._door, met, str(address[0]))


def _kind(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "tls_bad_certificate"
    reason = str(getattr(error, "reason", "") or "")
    if reason in _NO_CERTIFICATE:
        return "tls_no_certificate"
    return "plain_on_tls" if reason in _NO_TLS else "tls_failed"


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
