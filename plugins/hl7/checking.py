"""Whether a sender could connect: looked at from outside, without sending anything."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from hub import Finding, Text

if TYPE_CHECKING:
    from plugins.hl7.settings import HL7Settings
    from plugins.hl7.tls import TlsSettings

PATIENCE_S = 5.0
STAYS_S = 0.3
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a door that is open to all


def check(settings: HL7Settings) -> Iterator[Finding]:
    """A connection is opened, seen to stay, and closed: no byte is sent, so nothing is kept."""
    if settings.tls is not None:
        yield from _certificate(settings.tls)
    about = {"address": settings.listen}
    host = ANYWHERE.get(settings.host, settings.host)
    try:
        connection = socket.create_connection((host, settings.port), PATIENCE_S)
    except OSError as error:
        reason = Text(os.strerror(error.errno)) if error.errno else Text(str(error))
        yield Finding(Text("{address} answers", about), False, Text("{reason}", {"reason": reason}))
        yield _is_free(settings)
        return
    with closing(connection):
        yield Finding(Text("{address} answers", about), True)
        yield _stays_open(connection)
        if settings.tls is not None:
            yield from _encrypts(connection, settings.tls)


def _stays_open(connection: socket.socket) -> Finding:
    connection.settimeout(STAYS_S)
    try:
        closed = connection.recv(1, socket.MSG_PEEK) == b""
    except TimeoutError:
        closed = False
    except OSError:
        closed = True
    wrong = Text("it was closed at once: is the number of connections at its limit, or does another program listen?")
    return Finding(Text("the connection stays open"), not closed, wrong if closed else None)


def _certificate(tls: TlsSettings) -> Iterator[Finding]:
    """What a sender would hold against the hub's certificate, and what a sender soon will."""
    step = Text("the certificate can be used")
    faults = list(tls.faults())
    if faults:
        yield from (Finding(step, False, Text("{key}: {reason}", {"key": key, "reason": why})) for key, why in faults)
        return
    yield Finding(step, True, Text("it holds until {day}", {"day": f"{tls.ends:%Y-%m-%d}"}))
    for key, why in tls.doubts():
        yield Finding(step, True, Text("{key}: {reason}", {"key": key, "reason": why}))


def _encrypts(connection: socket.socket, tls: TlsSettings) -> Iterator[Finding]:
    """As far as whoever shows no certificate comes: whether it is trusted, each sender decides for itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection.settimeout(PATIENCE_S)
    step = Text("the connection can be encrypted")
    try:
        with context.wrap_socket(connection) as encrypted:
            shown = Text("a sender must show a certificate; none was shown here") if tls.client_ca else None
            yield Finding(step, True, shown or Text("{version}", {"version": encrypted.version() or "?"}))
    except OSError as error:
        yield Finding(step, False, Text("{reason}", {"reason": getattr(error, "reason", None) or str(error)}))


def _is_free(settings: HL7Settings) -> Finding:
    step = Text("the address can be had")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with closing(socket.socket(family)) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((settings.host, settings.port))
    except OSError as error:
        return Finding(step, False, Text(os.strerror(error.errno)) if error.errno else Text(str(error)))
    return Finding(step, True, Text("nobody listens there; hub run or hub reload opens it"))
