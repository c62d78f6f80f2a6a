"""Whether a sender could connect: looked at from outside, without sending anything."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from hub import Finding, Text

if TYPE_CHECKING:
    from plugins.hl7.settings import HL7Settings

PATIENCE_S = 5.0
STAYS_S = 0.3
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a door that is open to all


def check(settings: HL7Settings) -> Iterator[Finding]:
    """A connection is opened, seen to stay, and closed: no byte is sent, so nothing is kept."""
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
        connection.settimeout(STAYS_S)
        try:
            closed = connection.recv(1) == b""
        except TimeoutError:
            closed = False
        except OSError:
            closed = True
    wrong = Text("it was closed at once: is the number of connections at its limit, or does another program listen?")
    yield Finding(Text("the connection stays open"), not closed, wrong if closed else None)


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
