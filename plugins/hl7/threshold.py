"""A TLS connection until its handshake is done, and the certificates a door shows."""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING, Protocol, cast

from hub import HubError
from plugins.hl7.connection import Connection, Door
from plugins.hl7.peers import Speaker
from plugins.hl7.tls import server_context

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

    from plugins.hl7.tls import TlsSettings

logger = logging.getLogger(__name__)

HANDSHAKE_S, GOODBYE_S = 10.0, 2.0
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


class Threshold(asyncio.Protocol):
    """Shakes hands, then leaves its place to a ``Connection``."""

    transport: asyncio.Transport
    is_idle = False

    def __init__(self, door: TlsDoor) -> None:
        self.address = ""
        self.heard_at = 0.0
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._early = bytearray()
        self._ended = False
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self.heard_at = self._loop.time()
        self.transport.pause_reading()
        if self._door.enter(self):
            self._task = self._loop.create_task(self._shake_hands())
        else:
            self.abort()

    def data_received(self, data: bytes) -> None:
        """What came right behind the handshake, before the connection stands."""
        self._early += data

    def eof_received(self) -> bool:
        self._ended = True
        return False

    def connection_lost(self, _: Exception | None) -> None:
        self._door.leave(self)

    def look(self, now: float) -> None:
        """The handshake has a limit of its own."""

    def finish(self) -> None:
        self.abort()

    def abort(self) -> None:
        self.transport.abort()

    async def _shake_hands(self) -> None:
        try:
            transport = await self._loop.start_tls(
                self.transport,
                self,
                self._door.credentials.context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=GOODBYE_S,
            )
        except (OSError, TimeoutError) as error:
            self._door.leave(self)
            self._note(error)
            self.abort()
            return
        self._door.leave(self)
        if transport is None or transport.is_closing():
            return
        self._hand_over(transport)

    def _hand_over(self, transport: asyncio.Transport) -> None:
        connection = Connection(self._door)
        certificate = transport.get_extra_info("ssl_object")
        if tls := self._door.settings.tls:
            connection.speaker = Speaker(tls.senders, certificate) if tls.senders else None
        transport.set_protocol(connection)
        connection.connection_made(transport)
        if self._early:
            connection.data_received(bytes(self._early))
        if self._ended:
            connection.eof_received()

    def _note(self, error: OSError) -> None:
        """Counted, and said once for each kind: whoever tries all doors of a network must not fill the log."""
        kind = _kind(error)
        self._door.counters[kind] += 1
        if self._door.counters[kind] == 1 and not self._door.stopping:
            logger.warning("%s: a TLS handshake failed: %s (%s)", self._door.feed, kind, self.address)


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
